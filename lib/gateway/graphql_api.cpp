// SPDX-License-Identifier: Apache-2.0
#include "gateway/graphql_api.hpp"

#include "base/crypto.hpp"
#include "base/entity_lookup.hpp"

#include <algorithm>

namespace sluice {
namespace {

/// A digest of all that makes the API what it is. Fragments and named values are none of it.
std::string version_of(const Api& api) {
  std::string all;
  const auto add = [&](std::string_view text) { all.append(std::to_string(text.size())).append(":").append(text); };
  add(api.path);
  add(api.version);
  add(api.service_url);
  add(api.subscription_required ? "key" : "");
  for (const Schema& schema : api.schemas) add(schema.text);
  for (const Resolver& resolver : api.resolvers) {
    add(resolver.path);
    add(resolver.policy.text);
  }
  add(api.policy ? api.policy->text : "");
  for (const Operation& operation : api.operations) add(operation.policy ? operation.policy->text : "");
  return std::string(digest(HashAlgorithm::sha256, all).view());
}

class Maker {
 public:
  Maker(const Api& api, DocumentSet& documents, const ConstantRoots& roots, Diagnostics& diagnostics)
      : api_(api), documents_(documents), roots_(roots), diagnostics_(diagnostics) {}

  std::optional<GraphqlApi> run() {
    read_schema();
    if (made_.schema != nullptr) {
      for (const Resolver& resolver : api_.resolvers) add(resolver);
      stand_for_implementations();
    }
    made_.key = entity_key(api_) + ";rev=" + api_.revision;
    made_.version = version_of(api_);
    return is_complete_ ? std::optional(std::move(made_)) : std::nullopt;
  }

 private:
  void error(std::string_view code, const std::string& file, std::string message) {
    is_complete_ = false;
    diagnostics_.add(
        {.severity = Severity::error, .code = std::string(code), .file = file, .message = std::move(message)});
  }

  void read_schema() {
    const auto source = std::find_if(api_.schemas.begin(), api_.schemas.end(),
                                     [](const Schema& each) { return each.kind == Schema::Kind::graphql; });
    if (source == api_.schemas.end())
      return error("SL5008", api_.file, "the API '" + api_.id + "' has resolvers and no GraphQL schema");
    std::vector<graphql::Fault> faults;
    const SchemaLimits& limits = documents_.limits().schema;
    made_.schema = graphql::Schema::make(source->text, limits.bytes, limits.depth, faults);
    for (const graphql::Fault& fault : faults) {
      const graphql::Place place = graphql::place_of(source->text, fault.offset);
      is_complete_ = false;
      diagnostics_.add({.severity = Severity::error,
                        .code = "SL2124",
                        .file = source->file,
                        .pos = {static_cast<std::uint32_t>(place.line), static_cast<std::uint32_t>(place.column)},
                        .message = "the GraphQL schema of the API '" + api_.id + "' cannot be used: " + fault.message});
    }
  }

  void add(const Resolver& resolver) {
    const graphql::Field* field = field_of(resolver);
    auto steps = compile_resolver(documents_, resolver.policy, roots_, diagnostics_);
    if (steps == nullptr) is_complete_ = false;  // Its own errors have been reported.
    if (field == nullptr || steps == nullptr) return;
    if (!made_.fields.emplace(field, made_.resolvers.size()).second)
      return error("SL5006", resolver.policy.file, "the field '" + resolver.path + "' has two resolvers");
    made_.resolvers.push_back(std::move(steps));
  }

  const graphql::Field* field_of(const Resolver& resolver) {
    const std::string_view path = resolver.path;
    const std::size_t slash = std::min(path.find('/'), path.size());
    const graphql::TypeDefinition* type = made_.schema->type(path.substr(0, slash));
    const std::string_view name = path.substr(std::min(slash + 1, path.size()));
    const bool has_fields = type != nullptr && !name.starts_with("__") && !type->name.starts_with("__");
    const graphql::Field* field = has_fields ? made_.schema->field(*type, name) : nullptr;
    if (field == nullptr) {
      error("SL5005", resolver.policy.file,
            "the schema of the API '" + api_.id + "' has no field '" + resolver.path + "' for a resolver");
    } else if (type == made_.schema->root(graphql::OperationKind::subscription)) {
      error("SL5003", resolver.policy.file,
            "the subscription '" + resolver.path + "' must have no resolver: publish-event tells of its values");
      return nullptr;
    }
    if (field != nullptr && type->kind == graphql::TypeKind::interface) interfaces_.emplace_back(type, field);
    return field;
  }

  /// A resolver of an interface's field is one of all types that implement it and have no resolver of their own.
  void stand_for_implementations() {
    for (const auto& [interface, field] : interfaces_) {
      const auto resolver = made_.fields.find(field);
      if (resolver == made_.fields.end()) continue;
      for (const auto& [name, type] : made_.schema->types()) {
        if (type.kind != graphql::TypeKind::object || !made_.schema->may_be(*interface, type)) continue;
        made_.fields.emplace(made_.schema->field(type, field->name), resolver->second);
      }
    }
  }

  const Api& api_;
  DocumentSet& documents_;
  const ConstantRoots& roots_;
  Diagnostics& diagnostics_;
  GraphqlApi made_;
  std::vector<std::pair<const graphql::TypeDefinition*, const graphql::Field*>> interfaces_;
  bool is_complete_ = true;
};

}  // namespace

std::optional<GraphqlApi> make_graphql_api(const Api& api, DocumentSet& documents, const ConstantRoots& roots,
                                           Diagnostics& diagnostics) {
  return Maker(api, documents, roots, diagnostics).run();
}

}  // namespace sluice
