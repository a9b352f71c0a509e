// SPDX-License-Identifier: Apache-2.0
// Snapshot: a model with everything that is computed from it once: routes, keys, backends, pipelines. Immutable; a
// request keeps the snapshot it began with. What moves stands beside it (GatewayParts, BackendStates).
#pragma once

#include <sluice/gateway.hpp>

#include "base/entity_lookup.hpp"
#include "gateway/backend_selection.hpp"
#include "gateway/backend_table.hpp"
#include "gateway/router.hpp"
#include "gateway/subscription_check.hpp"
#include "pipeline/pipeline.hpp"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// The parts that all snapshots of a gateway share.
struct GatewayParts {
  const GatewayOptions& options;
  const PolicyRegistry& policies;
  const OriginMap& origins;
  BackendStates& states;
  CertificateStore& certificates;
  Clock& clock;
  Random& random;
  CounterStore& counters;
  CacheStore& cache;
  Transport& transport;
  ConcurrencyLimiter& concurrency;
  Telemetry& telemetry;
  TokenSource& tokens;
  AuthorizationSource& authorizations;
  OpenIdKeys& open_id_keys;
  Events& events;
  GraphqlSubscriptions& subscriptions;
  VectorStore& vectors;
  PriorityQueues& queues;
};

class Snapshot {
 public:
  /// Compiles; findings go to `diagnostics`. With an error among them the snapshot must not serve.
  /// `served`: for each API of the model whether this gateway serves it; empty: all.
  Snapshot(ServiceModel from, const std::vector<bool>& served, const GatewayParts& parts, Diagnostics& diagnostics);
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

  /// Never changed once the snapshot is made; the const parts below refer to it.
  const ServiceModel model;
  const Router router;
  const SubscriptionCheck subscriptions;
  const BackendTable backends;
  GraphqlApis graphql;
  /// Without state of its own; a Services refers to it without const.
  mutable BackendSelection selection;
  const Services services;

  /// The pipeline of an operation (`Route::none`: of the API without one), in the context of a product (null: none).
  const Pipeline* pipeline(std::uint32_t api, std::uint32_t operation, const Product* product) const;
  /// What the policies of an operation come to, and what was left out of them, as text.
  std::string explain(std::uint32_t api, std::uint32_t operation, const Product* product,
                      const GatewayParts& parts) const;
  /// Of requests that no API takes.
  const Pipeline* global_pipeline() const { return global_; }
  /// What each request of an API needs of it, in one place.
  struct ServedApi {
    const Workspace* workspace = nullptr;           ///< Null: it is in none.
    std::vector<const ApiDiagnostic*> diagnostics;  ///< What its requests leave in the log.
    const Url* service_url = nullptr;               ///< Null: it has none.
    std::vector<const Product*> products;           ///< Contexts of its pipelines; the first is null.
    /// (operation + 1) * products.size() + context; the first row: no operation.
    std::vector<const Pipeline*> pipelines;
  };
  const ServedApi& served(std::uint32_t api) const { return apis_[api]; }
  /// `entity_key` of one of the model's APIs or products, always the same text; empty for null.
  std::string_view key(const Api* api) const { return api_keys_.of(api); }
  std::string_view key(const Product* product) const { return product_keys_.of(product); }

 private:
  class Compiler;

  void compile(const GatewayParts& parts, Diagnostics& diagnostics);

  Arena memory_;
  std::vector<std::unique_ptr<const ServiceModel>> views_;  ///< What documents were compiled with.
  std::vector<ServedApi> apis_;
  const EntityKeys<Api> api_keys_;
  const EntityKeys<Product> product_keys_;
  const Pipeline* global_ = nullptr;
  std::vector<std::shared_ptr<const Pipeline>> owned_;
};

}  // namespace sluice
