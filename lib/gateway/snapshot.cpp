// SPDX-License-Identifier: Apache-2.0
// Snapshot: compiling. Every document is compiled for every place it applies to, except that places whose documents
// cannot come out differently share one pipeline: an API's thousand operations without own policies cost one.
#include "gateway/snapshot.hpp"

#include "base/backend_url.hpp"
#include "base/entity_lookup.hpp"
#include "gateway/backend_tls.hpp"
#include "gateway/request_log.hpp"
#include "gateway/service_documents.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace sluice {

/// Makes pipelines, each combination of documents and of what they depend on once.
class Snapshot::Compiler {
 public:
  Compiler(Snapshot& snapshot, const GatewayParts& parts, Diagnostics& diagnostics)
      : snapshot_(snapshot),
        deployment_(parts.options.deployment),
        subscriptions_(parts.subscriptions),
        documents_(snapshot.model, parts.policies, parts.options.behaviour, parts.options.limits),
        diagnostics_(diagnostics) {}
  ~Compiler() { snapshot_.views_ = documents_.take_views(); }
  Compiler(const Compiler&) = delete;
  Compiler& operator=(const Compiler&) = delete;

  const Workspace* workspace(std::string_view id) const { return documents_.workspace(id); }

  const Pipeline* compile(const Api* api, const Operation* operation, const Product* product) {
    const PipelineInput input = documents_.input_of(deployment_, api, operation, product);
    const DocumentDependence on = dependence(documents_.service(), input);
    const Key key{input.sources, on.on_api ? api : nullptr, on.on_operation ? operation : nullptr,
                  on.on_product ? product : nullptr, operation == nullptr};
    const auto [found, is_new] = made_.try_emplace(key, nullptr);
    if (is_new) {
      Diagnostics found_here;
      if (auto pipeline = compile_pipeline(documents_.service(), input, found_here)) {
        found->second = pipeline.get();
        snapshot_.owned_.push_back(std::move(pipeline));
      }
      add(found_here);
    }
    return found->second;
  }

  /// All pipelines of an API have been made: its documents have done their work.
  void forget_documents(const Api& api) {
    if (api.policy) documents_.forget(api.workspace_id, *api.policy);
    for (const Operation& operation : api.operations) {
      if (operation.policy) documents_.forget(api.workspace_id, *operation.policy);
    }
    for (const Resolver& resolver : api.resolvers) documents_.forget(api.workspace_id, resolver.policy);
  }

  /// The resolvers of a GraphQL API. Nothing is known of the operation and product that they run for.
  void compile_resolvers(const Api& api) {
    if (api.type != ApiType::graphql || api.resolvers.empty()) return;
    const ConstantRoots roots{.deployment = &deployment_, .api_known = true, .api = &api};
    Diagnostics found_here;
    if (auto made = make_graphql_api(api, documents_.set_of(api.workspace_id), roots, found_here)) {
      made->subscriptions = &subscriptions_;
      snapshot_.graphql.emplace(&api, std::move(*made));
    }
    add(found_here);
  }

  /// Documents that no request can reach are checked all the same.
  void check_the_rest() {
    const ServiceModel& model = snapshot_.model;
    for (const Product& product : model.products) {
      if (product.policy) compile(nullptr, nullptr, &product);
    }
    for (const Workspace& each : model.workspaces) {
      Diagnostics found;
      if (each.policy) compile_pipeline(documents_.service(), documents_.input_of(each), found);
      add(found);
    }
    documents_.for_each_set([&](DocumentSet& documents) {
      for (const PolicyFragment& fragment : documents.model()->fragments) documents.fragment(fragment.id);
      add(documents.diagnostics());
    });
  }

 private:
  /// The last part keeps apart what is compiled without an operation, where matched parameters are unknown.
  using Key = std::tuple<std::array<const PolicySource*, 5>, const Api*, const Operation*, const Product*, bool>;

  /// A document that is part of a thousand pipelines has its mistakes once.
  void add(const Diagnostics& found) {
    for (const Diagnostic& one : found) {
      if (seen_.insert({one.file, one.pos.line, one.pos.column, one.code, one.message}).second) diagnostics_.add(one);
    }
  }

  Snapshot& snapshot_;
  const Deployment& deployment_;
  GraphqlSubscriptions& subscriptions_;
  ServiceDocuments documents_;
  Diagnostics& diagnostics_;
  std::map<Key, const Pipeline*> made_;
  std::set<std::tuple<std::string, std::uint32_t, std::uint32_t, std::string, std::string>> seen_;
};

Snapshot::Snapshot(ServiceModel from, const std::vector<bool>& served, const GatewayParts& parts,
                   Diagnostics& diagnostics)
    : model(std::move(from)),
      router(model, served),
      subscriptions(model),
      backends(model.backends, parts.states,
               tls_of(model.backends, {parts.certificates, model.certificates, parts.options.backend_authorities},
                      diagnostics)),
      selection(backends, parts.origins, parts.certificates, model.certificates, graphql),
      services{parts.clock,          parts.random,
               parts.counters,       parts.cache,
               parts.transport,      selection,
               parts.concurrency,    parts.telemetry,
               parts.tokens,         parts.authorizations,
               parts.open_id_keys,   parts.events,
               parts.vectors,        parts.queues,
               parts.options.limits, parts.options.behaviour,
               parts.options.ai},
      apis_(model.apis.size()),
      api_keys_(model.apis),
      product_keys_(model.products) {
  compile(parts, diagnostics);
}

void Snapshot::compile(const GatewayParts& parts, Diagnostics& diagnostics) {
  Compiler compiler(*this, parts, diagnostics);
  global_ = compiler.compile(nullptr, nullptr, nullptr);
  for (std::uint32_t i = 0; i < model.apis.size(); ++i) {
    const Api& api = model.apis[i];
    ServedApi& its = apis_[i];
    its.workspace = compiler.workspace(api.workspace_id);
    its.diagnostics = diagnostics_of(api, model);
    its.products.push_back(nullptr);
    for (std::uint32_t product : subscriptions.products_of(i)) its.products.push_back(&model.products[product]);
    its.pipelines.reserve((api.operations.size() + 1) * its.products.size());
    for (const Product* product : its.products) {
      its.pipelines.push_back(compiler.compile(&api, nullptr, product));
    }
    for (const Operation& operation : api.operations) {
      for (const Product* product : its.products) {
        its.pipelines.push_back(compiler.compile(&api, &operation, product));
      }
    }
    compiler.compile_resolvers(api);
    compiler.forget_documents(api);
    if (const auto url = parse_backend_url(api.service_url, memory_)) its.service_url = memory_.make<Url>(*url);
  }
  compiler.check_the_rest();
  diagnostics.sort();
}

const Pipeline* Snapshot::pipeline(std::uint32_t api, std::uint32_t operation, const Product* product) const {
  const ServedApi& its = apis_[api];
  const auto context = std::find(its.products.begin(), its.products.end(), product);
  const std::size_t column = static_cast<std::size_t>(context - its.products.begin()) % its.products.size();
  const std::size_t row = operation == Route::none ? 0 : operation + std::size_t{1};
  return its.pipelines[row * its.products.size() + column];
}

std::string Snapshot::explain(std::uint32_t api, std::uint32_t operation, const Product* product,
                              const GatewayParts& parts) const {
  ServiceDocuments documents(model, parts.policies, parts.options.behaviour, parts.options.limits);
  const Api& its = model.apis[api];
  return print_outline(outline_of(
      documents.service(), documents.input_of(parts.options.deployment, &its, &its.operations[operation], product)));
}

}  // namespace sluice
