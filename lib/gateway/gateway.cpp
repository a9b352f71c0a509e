// SPDX-License-Identifier: Apache-2.0
// Gateway: holds what all snapshots share, loads models into snapshots, and starts requests.
#include <sluice/gateway.hpp>

#include <sluice/memory_stores.hpp>

#include "ai/priority_queues.hpp"
#include "base/entity_lookup.hpp"
#include "gateway/event_delivery.hpp"
#include "gateway/generated_keys.hpp"
#include "gateway/graphql_subscriptions.hpp"
#include "gateway/own_identity.hpp"
#include "gateway/running_request.hpp"
#include "gateway/served_apis.hpp"
#include "gateway/snapshot.hpp"
#include "gateway/snapshot_slots.hpp"
#include "pipeline/run/executor.hpp"

#include <mutex>
#include <optional>

namespace sluice {
namespace {

/// The transport of a gateway that has none.
class NoTransport final : public Transport {
 public:
  Task<Result<Response>> send(OutgoingRequest&, Arena&, Cancellation&) override {
    return Result<Response>(fail(ErrorCode::backend_connection_failure, "The gateway has no transport."));
  }
};

/// Calls of the gateway's own, which origins that stand for others apply to as well.
class OriginTransport final : public Transport {
 public:
  OriginTransport(Transport& inner, const OriginMap& origins) : inner_(inner), origins_(origins) {}
  Task<Result<Response>> send(OutgoingRequest& request, Arena& arena, Cancellation& cancellation) override {
    origins_.apply(request.url, arena);
    return inner_.send(request, arena, cancellation);
  }

 private:
  Transport& inner_;
  const OriginMap& origins_;
};

/// `given`, or the default that is made in `own`.
template <class Interface, class Default, class... Args>
Interface& choose(Interface* given, std::optional<Default>& own, Args&&... args) {
  return given != nullptr ? *given : own.emplace(std::forward<Args>(args)...);
}

}  // namespace

class Gateway::State {
 public:
  explicit State(GatewayOptions from)
      : options_(std::move(from)),
        policies_(options_.policies != nullptr ? *options_.policies : PolicyRegistry::with_builtins()),
        origins_(options_.origins),
        states_(options_.limits.service_fabric, options_.ai),
        certificates_(options_.deployment.certificates),
        queues_(options_.limits.ai.queued_requests),
        clock_(choose<Clock>(options_.clock, own_clock_)),
        random_(choose<Random>(options_.random, own_random_)),
        transport_(choose<Transport>(options_.transport, own_transport_)),
        telemetry_(choose<Telemetry>(options_.telemetry, own_telemetry_)),
        calls_(transport_, origins_),
        own_identity_(make_own_identity(calls_, clock_, telemetry_, options_.limits.identity, options_.identity)),
        parts_{options_,
               policies_,
               origins_,
               states_,
               certificates_,
               clock_,
               random_,
               choose<CounterStore>(options_.counters, own_counters_, clock_, options_.limits.counter_keys),
               choose<CacheStore>(options_.cache, own_cache_, clock_),
               transport_,
               own_limiter_,
               telemetry_,
               options_.tokens != nullptr ? *options_.tokens : *own_identity_.tokens,
               options_.authorizations != nullptr ? *options_.authorizations : *own_identity_.authorizations,
               *own_identity_.open_id_keys,
               events_,
               subscriptions_,
               choose<VectorStore>(options_.vectors, own_vectors_, clock_, options_.limits.ai.vector_bytes,
                                   options_.limits.ai.vector_dimensions),
               queues_},
        subscriptions_(options_.limits),
        events_({options_.limits.events, origins_, transport_, clock_, telemetry_}) {}

  Diagnostics load(ServiceModel model);
  Task<Response> handle(Request& request);
  std::shared_ptr<const Snapshot> current() const { return slots_.load(SnapshotSlots::own_slot()); }
  std::size_t running() const { return slots_.running(); }
  const GatewayParts& parts() const { return parts_; }

  GeneratedKeys keys;

 private:
  static Response refuse_unloaded(Request& request);

  const GatewayOptions options_;
  const PolicyRegistry policies_;
  const OriginMap origins_;
  BackendStates states_;
  CertificateStore certificates_;
  PriorityQueues queues_;
  std::optional<SystemClock> own_clock_;
  std::optional<SystemRandom> own_random_;
  std::optional<MemoryCounterStore> own_counters_;
  std::optional<MemoryCacheStore> own_cache_;
  std::optional<MemoryVectorStore> own_vectors_;
  std::optional<NoTransport> own_transport_;
  std::optional<NullTelemetry> own_telemetry_;
  MemoryConcurrencyLimiter own_limiter_;
  Clock& clock_;
  Random& random_;
  Transport& transport_;
  Telemetry& telemetry_;
  OriginTransport calls_;
  const OwnIdentity own_identity_;
  const GatewayParts parts_;
  GraphqlSubscriptions subscriptions_;
  EventDelivery events_;
  std::mutex loading_;
  SnapshotSlots slots_;
};

Diagnostics Gateway::State::load(ServiceModel model) {
  std::lock_guard lock(loading_);
  Diagnostics diagnostics;
  resolve_backend_values(model);
  validate_model(model, diagnostics);
  keys.fill_in(model, random_);
  note_certificates(model.certificates, certificates_, diagnostics);
  for (Api& api : model.apis) {
    SubscriptionKeyParameterNames& names = api.subscription_key_parameter_names;
    names.header_hash = header_hash(names.header);
  }
  const std::vector<bool> served = served_apis(model, options_.deployment.gateway_id, diagnostics);
  auto snapshot = std::make_shared<const Snapshot>(std::move(model), served, parts_, diagnostics);
  if (diagnostics.has_errors()) return diagnostics;
  states_.keep_only(snapshot->model.backends);
  keys.keep_only(snapshot->model);
  GraphqlSubscriptions::Versions versions;
  for (const auto& [api, graphql] : snapshot->graphql) versions.emplace(graphql.key, graphql.version);
  // First: a WebSocket that begins with the new snapshot finds its API there.
  subscriptions_.loaded(std::move(versions));
  slots_.store(std::move(snapshot));
  return diagnostics;
}

Response Gateway::State::refuse_unloaded(Request& request) {
  Response response(request.arena);
  response.status = 503;
  response.headers.append_view({"Content-Type"}, "application/json");
  response.body = Body::bytes(error_body(request.arena, 503, "No configuration has been loaded."));
  return response;
}

Task<Response> Gateway::State::handle(Request& request) {
  const std::size_t slot = SnapshotSlots::own_slot();
  auto snapshot = slots_.load(slot);
  if (!snapshot) return refuse_unloaded(request);
  return request.arena.make<RunningRequest>(request, std::move(snapshot), slots_, slot, options_)->serve();
}

Gateway::Gateway(GatewayOptions options) : state_(std::make_unique<State>(std::move(options))) {}
Gateway::~Gateway() = default;

Diagnostics Gateway::load(ServiceModel model) { return state_->load(std::move(model)); }
bool Gateway::is_loaded() const { return state_->current() != nullptr; }

Task<Response> Gateway::handle(Request& request) { return state_->handle(request); }
Response Gateway::handle_and_wait(Request& request) { return wait(state_->handle(request)); }
void Gateway::handle(Request& request, std::function<void(Response)> done) {
  spawn(state_->handle(request), std::move(done));
}

std::vector<Gateway::GeneratedKey> Gateway::generated_keys() const { return state_->keys.all(); }
std::size_t Gateway::running() const { return state_->running(); }

std::string Gateway::explain(std::string_view api_id, std::string_view operation_id,
                             std::string_view product_id) const {
  const auto snapshot = state_->current();
  if (!snapshot) return {};
  const ServiceModel& model = snapshot->model;
  const Product* product = nullptr;
  if (!product_id.empty()) product = find_entity(model.products, product_id);
  if (product == nullptr && !product_id.empty()) return {};
  for (std::uint32_t a = 0; a < model.apis.size(); ++a) {
    const Api& api = model.apis[a];
    if (!equal_ignoring_case(entity_key(api), api_id) || !api.is_current) continue;
    for (std::uint32_t o = 0; o < api.operations.size(); ++o) {
      if (api.operations[o].id == operation_id) return snapshot->explain(a, o, product, state_->parts());
    }
  }
  return {};
}

}  // namespace sluice
