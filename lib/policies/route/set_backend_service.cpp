// SPDX-License-Identifier: Apache-2.0
// <set-backend-service>: chooses where the request goes: another base URL, or a backend entity (single or pool).
// Sections: inbound, backend; outbound and on-error as the policy toolkit has it. All scopes.
// Source: API Management policy reference, set-backend-service.
#include <sluice/policy.hpp>

#include "base/backend_url.hpp"
#include "base/dapr_parts.hpp"
#include "base/document_workspace.hpp"
#include "base/fabric_parts.hpp"
#include "base/forwarding_state.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <memory>
#include <string>

namespace sluice::policies {
namespace {

constexpr AttributeSpec attributes[] = {
    {.name = "base-url", .expressions = true, .doc = "New base URL; path and query of the request follow it."},
    {.name = "backend-id", .expressions = true, .doc = "Id of a backend, single or pool."},
    {.name = "sf-resolve-condition",
     .type = ValueType::boolean,
     .expressions = true,
     .doc = "Whether the request is sent again to where its partition is then; looked at after each attempt."},
    {.name = "sf-service-instance-name",
     .expressions = true,
     .doc = "Name of a service of the cluster, in place of the backend's."},
    {.name = "sf-partition-key",
     .expressions = true,
     .doc = "A number or a name, by which the service's partition is found."},
    {.name = "sf-listener-name", .expressions = true, .doc = "Which of a replica's listeners is called."},
    {.name = "sf-replica-type",
     .expressions = true,
     .one_of = parts::fabric_replica_types,
     .doc = "Which replica of a stateful service is called."},
    {.name = "dapr-app-id", .expressions = true, .doc = "Dapr, with backend-id=\"dapr\"."},
    {.name = "dapr-method", .expressions = true, .doc = "Dapr, with backend-id=\"dapr\"."},
    {.name = "dapr-namespace", .expressions = true, .doc = "Dapr, with backend-id=\"dapr\"."}};

class SetBaseUrl final : public Step {
 public:
  SetBaseUrl(Template url, Scope scope) : url_(std::move(url)), scope_(scope) {
    if (const auto text = url_.constant_text()) {
      if (const auto parsed = parse_backend_url(*text, *memory_)) {
        constant_ = *parsed;
        is_constant_ = true;
      }
    }
  }

  Outcome run(RequestContext& context) const override {
    BackendTarget& target = context.target;
    // A backend that a broader scope has chosen gives way to another backend only.
    if (!target.backend_id.empty() && target.backend_scope < scope_) return Outcome::next();
    if (is_constant_) {
      target.base = constant_;
    } else {
      const auto text = url_.text(context);
      if (!text) return Outcome::fail(text.error());
      auto parsed = parse_backend_url(*text, context.arena);
      if (!parsed) return Outcome::fail(std::move(parsed.error()));
      target.base = *parsed;
    }
    target.has_base = true;
    target.backend_id = {};
    return Outcome::next();
  }

 private:
  Template url_;
  Scope scope_;
  std::unique_ptr<Arena> memory_ = std::make_unique<Arena>(256);
  Url constant_;  ///< In `memory_`.
  bool is_constant_ = false;
};

std::string not_a_cluster(std::string_view id) {
  return "attributes sf-… of <set-backend-service> belong to a backend of a Service Fabric cluster, which '" +
         std::string(id) + "' is not";
}

class SetBackend final : public Step {
 public:
  SetBackend(Template id, parts::FabricPart fabric, parts::DocumentWorkspace workspace, Scope scope)
      : id_(std::move(id)), fabric_(std::move(fabric)), workspace_(std::move(workspace)), scope_(scope) {}

  Outcome run(RequestContext& context) const override {
    const auto id = id_.text(context);
    if (!id) return Outcome::fail(id.error());
    const std::string_view key = workspace_.key(*id, context.arena);
    if (!context.services.backends.contains(key)) {
      return Outcome::fail(
          Error(ErrorCode::backend_not_found, "The backend '" + std::string(*id) + "' does not exist."));
    }
    const Backend* backend = context.model != nullptr ? find_entity(context.model->backends, key) : nullptr;
    if (backend != nullptr && backend->cluster) {
      const auto choice = fabric_.choose(context);
      if (!choice) return Outcome::fail(choice.error());
      context.state<ForwardingState>().fabric = *choice;
    } else if (fabric_.is_set) {
      return Outcome::fail(Error(ErrorCode::policy_value_invalid, "The " + not_a_cluster(*id) + "."));
    }
    BackendTarget& target = context.target;
    target.backend_id = context.arena.copy(key);
    target.backend_scope = scope_;
    if (backend == nullptr || backend->url.empty()) return Outcome::next();
    // For context.Request.Url: the entity's own URL.
    if (const auto parsed = parse_backend_url(backend->url, context.arena)) {
      target.base = *parsed;
      target.has_base = true;
    }
    return Outcome::next();
  }

 private:
  Template id_;
  parts::FabricPart fabric_;
  parts::DocumentWorkspace workspace_;
  Scope scope_;
};

/// Calls a method of a service by way of the Dapr sidecar. With a method the URL is whole; without one the request's
/// path is the method.
class InvokeDapr final : public Step {
 public:
  InvokeDapr(Template app, Template name_space, Template method, Scope scope)
      : app_(std::move(app)), name_space_(std::move(name_space)), method_(std::move(method)), scope_(scope) {}

  Outcome run(RequestContext& context) const override {
    auto base = parts::dapr_invoke_url(app_, name_space_, method_, context);
    if (!base) return Outcome::fail(std::move(base.error()));
    BackendTarget& target = context.target;
    target.base = *base;
    target.has_base = true;
    target.backend_id = {};
    target.backend_scope = scope_;
    if (method_.is_set()) target.path = {};
    return Outcome::next();
  }

 private:
  Template app_, name_space_, method_;
  Scope scope_;
};

bool names_dapr(const PolicyElement& element) {
  return element.has("dapr-app-id") || element.has("dapr-method") || element.has("dapr-namespace");
}

StepPtr compile_dapr(const PolicyElement& element, CompileContext& context) {
  const PolicyAttribute* id = element.attribute("backend-id");
  if (id == nullptr || id->value.text != "dapr" || element.has("base-url")) {
    context.error(element, "SL2115", "the attributes dapr-… of <set-backend-service> belong to backend-id=\"dapr\"");
    return {};
  }
  if (!element.has("dapr-app-id")) {
    context.error(element, "SL2105", "<set-backend-service backend-id=\"dapr\"> needs attribute 'dapr-app-id'");
    return {};
  }
  return make_step<InvokeDapr>(context.value(element, "dapr-app-id"), context.value(element, "dapr-namespace"),
                               context.value(element, "dapr-method"), context.scope());
}

void check_backend(const PolicyElement& element, std::string_view id, CompileContext& context) {
  if (context.model() == nullptr) {
    context.warning(element, "SL2119",
                    "the backend '" + std::string(id) + "' of <set-backend-service> is not known here",
                    "check the folder that the document belongs to");
    return;
  }
  const parts::DocumentWorkspace workspace(context);
  if (const Backend* backend = find_entity(context.model()->backends, workspace.id(), id)) {
    if (!backend->cluster && parts::names_fabric(element)) {
      context.error(*element.attribute("backend-id"), "SL2115", "the " + not_a_cluster(id),
                    "give the backend 'properties.serviceFabricCluster'");
    }
    return;
  }
  const std::vector<std::string_view> known = ids_in(context.model()->backends, workspace.id());
  const std::string_view near = nearest_name(id, known);
  context.error(*element.attribute("backend-id"), "SL2119",
                "the backend '" + std::string(id) + "' of <set-backend-service> does not exist",
                near.empty() ? std::string() : "did you mean '" + std::string(near) + "'?");
}

/// Documents that stand alone may hold marks that are replaced before they are deployed: `https://#host#/v1`.
void check_url(const PolicyElement& element, const std::string& url, CompileContext& context) {
  Arena arena(256);
  const auto parsed = parse_backend_url(url, arena);
  if (parsed) return;
  const std::string message = "attribute 'base-url' of <set-backend-service>: " + std::string(parsed.error().message());
  if (context.model() == nullptr) {
    context.warning(element, "SL2106", message);
  } else {
    context.error(*element.attribute("base-url"), "SL2106", message);
  }
}

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  const bool is_fabric = parts::names_fabric(element);
  if (is_fabric && (element.has("base-url") || names_dapr(element))) {
    context.error(element, "SL2115", "the attributes sf-… of <set-backend-service> belong to a backend-id alone");
    return {};
  }
  if (names_dapr(element)) return compile_dapr(element, context);
  if (element.has("base-url") == element.has("backend-id")) {
    context.error(element, "SL2115", "<set-backend-service> needs exactly one of 'base-url' and 'backend-id'");
    return {};
  }
  if (element.has("backend-id")) {
    Template id = context.value(element, "backend-id");
    const auto literal = id.constant_text();
    if (literal && literal->find("{{") == std::string::npos) {
      check_backend(element, *literal, context);
    }
    return make_step<SetBackend>(std::move(id), parts::compile_fabric(element, context),
                                 parts::DocumentWorkspace(context), context.scope());
  }
  Template url = context.value(element, "base-url");
  if (const auto literal = url.constant_text()) check_url(element, *literal, context);
  return make_step<SetBaseUrl>(std::move(url), context.scope());
}

}  // namespace

SLUICE_POLICY(set_backend_service){
    .elements = "set-backend-service",
    .sections = Sections::all,
    .scopes = Scopes::all | Scopes::resolver,
    .attributes = attributes,
    .compile = compile,
    .summary = "Chooses the backend that the request goes to.",
    .differs =
        "Service Fabric: a partition key that is an integer of 64 bits means Int64Range, any other text Named, none or "
        "an "
        "empty one a singleton. A listener that is not named is the one without a name, else the first of http or "
        "https; a "
        "replica whose type is not given is the primary, and any instance of a stateless service. A partition is "
        "looked up "
        "anew, and the request sent again, when no connection could be made or sf-resolve-condition is true, at most "
        "maxPartitionResolutionRetries times (5 when the backend says nothing), as long as its body is at hand "
        "(buffer-request-body). With Dapr (dapr-…) the sidecar is "
        "http://localhost:3500; the host's setting `origins` sends its calls elsewhere; without dapr-method the "
        "request's path is the method."};

}  // namespace sluice::policies
