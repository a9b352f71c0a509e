// SPDX-License-Identifier: Apache-2.0
// Gateway: a function from request to response, governed by the policies of a ServiceModel.
//
// `load` compiles a model into an immutable snapshot and swaps it in; a request keeps the snapshot it began with.
// `handle` may be called from any thread. It goes on where the transport, the clock or a store resumes it.
#pragma once

#include <sluice/clock.hpp>
#include <sluice/context.hpp>
#include <sluice/diagnostic.hpp>
#include <sluice/identity.hpp>
#include <sluice/limits.hpp>
#include <sluice/message.hpp>
#include <sluice/model.hpp>
#include <sluice/policy_registry.hpp>
#include <sluice/services.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace sluice {

/// What a gateway is made of. Pointers left null get the embedded default; what they point to outlives the gateway.
struct GatewayOptions {
  Deployment deployment;
  Limits limits;
  Behaviour behaviour;
  AiSettings ai;

  Transport* transport = nullptr;  ///< Null: every call to a backend fails with backend_connection_failure.
  Clock* clock = nullptr;          ///< Null: SystemClock.
  Random* random = nullptr;        ///< Null: SystemRandom.
  CounterStore* counters = nullptr;
  CacheStore* cache = nullptr;
  VectorStore* vectors = nullptr;
  Telemetry* telemetry = nullptr;
  TokenSource* tokens = nullptr;                  ///< Null: what `identity` says.
  AuthorizationSource* authorizations = nullptr;  ///< Null: the connections of `identity`.
  IdentitySettings identity;                      ///< Without any of it the gateway has no identity of its own.
  const PolicyRegistry* policies = nullptr;       ///< Null: the built-in catalogue.

  /// Sends what is meant for one origin (`https://host[:port]`) to another.
  std::map<std::string, std::string> origins;

  /// By backend id: PEM texts of the authorities that are trusted for that backend instead of the transport's own.
  std::map<std::string, std::string> backend_authorities;

  /// Called once for every request at its very end, after its last hook, on the thread that ended it: for access
  /// logs of the host's own and for tests. Must not wait. Empty: nobody is told.
  std::function<void(const RequestContext& context, DeliveryOutcome outcome)> on_finished;
};

class Gateway {
 public:
  explicit Gateway(GatewayOptions options);
  ~Gateway();
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;

  /// Validates and compiles `model`. Without an error in the result it serves all requests that begin from now on;
  /// with one, what was loaded before goes on serving.
  Diagnostics load(ServiceModel model);
  bool is_loaded() const;

  /// Answers one request. The answer's body may still be arriving when the task ends; it refers to the request,
  /// which must live until the body has been read to its end, or `close` of its stream has been awaited. Work that
  /// policies do after the answer is part of the read that finds the end. Never fails: errors are answers.
  Task<Response> handle(Request& request);
  /// The same, blocking the calling thread. Not for threads that the transport or the clock need.
  Response handle_and_wait(Request& request);
  /// The same, calling `done(Response)` on the thread that finished the work.
  void handle(Request& request, std::function<void(Response)> done);

  /// The keys that were generated because a subscription has none: name, primary, secondary. Secret.
  struct GeneratedKey {
    std::string subscription, primary_key, secondary_key;
  };
  std::vector<GeneratedKey> generated_keys() const;

  /// The effective pipelines of an operation, one line a step with scope and origin, and what was removed and why.
  /// `product` empty: without product context. Empty when there is no such operation.
  std::string explain(std::string_view api_id, std::string_view operation_id, std::string_view product_id) const;

  /// Number of requests that have begun and not yet ended.
  std::size_t running() const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace sluice
