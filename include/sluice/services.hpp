// SPDX-License-Identifier: Apache-2.0
// Services: the doors to the world that a running request may use, and the switches of the gateway's behaviour.
#pragma once

#include <sluice/ai_settings.hpp>
#include <sluice/cache_store.hpp>
#include <sluice/clock.hpp>
#include <sluice/counter_store.hpp>
#include <sluice/limits.hpp>
#include <sluice/outcome.hpp>
#include <sluice/random.hpp>
#include <sluice/telemetry.hpp>
#include <sluice/token_source.hpp>
#include <sluice/transport.hpp>
#include <sluice/vector_store.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

class RequestContext;
class OpenIdKeys;      // Private to the library: lib/base/open_id_keys.hpp.
class Events;          // Likewise: lib/base/events.hpp.
class PriorityQueues;  // Likewise: lib/ai/priority_queues.hpp.

/// A certificate of the service: DER, PEM, or PKCS #12 with its password.
struct ServiceCertificate {
  std::string id;
  std::string bytes;
  std::string password;
};

/// `context.Deployment`: what this gateway is and where it runs.
struct Deployment {
  std::string region = "Local";
  std::string service_id = "sluice";
  std::string service_name = "sluice";
  std::string gateway_id = "managed";
  std::string gateway_instance_id = "managed";
  std::string carbon_intensity = "None";         ///< None, VeryLow, Low, Medium, High, VeryHigh.
  std::vector<ServiceCertificate> certificates;  ///< `context.Deployment.Certificates`
  /// PEM texts of authorities that vouch for callers' certificates, beside those that the system trusts.
  std::string caller_authorities;
};

/// Readings of the reference that are not confirmed, each behind one switch with the documented default.
struct Behaviour {
  /// Counting of rate limits and token limits: as the classic tiers or as the v2 tiers do.
  WindowKind rate_window = WindowKind::sliding;
  /// A section that a document leaves out altogether counts as `<base />`; an empty one as nothing.
  bool missing_section_is_base = true;
  /// 502, 504 and 405 where the service says 500, 500 and 404 (setting `gatewayStatusCodes`).
  bool gateway_status_codes = false;
  /// Line end of indented JSON and XML that expressions print: "\n" or "\r\n".
  std::string expression_newline = "\n";
  /// Whether expressions may read a consumed body again (documents do; the service does not promise it).
  bool tolerate_consumed_body = true;
  /// Attributes that are misspelt in public tools' output (`estimate-prompt-token`) are accepted with a warning.
  bool lenient_aliases = true;
  /// The subscription key travels on to the backend, as documented; false: it is removed from head and query (S4).
  bool forward_subscription_key = true;
};

/// Options of one forward-request.
struct ForwardOptions {
  HttpVersions versions = HttpVersions::http_1;
  std::chrono::milliseconds timeout{300'000};
  bool follow_redirects = false;
  bool buffer_request_body = false;  ///< Keep the body, so that a retry can send it again.
  bool buffer_response = true;
  bool fail_on_error_status_code = false;
};

/// What a backend is to be shown in a TLS handshake: one of the deployment's certificates, or a PKCS #12 file. One of
/// the first three is set.
struct ClientIdentity {
  std::string_view id;
  std::string_view thumbprint;
  std::string_view pkcs12;
  std::string_view password;  ///< Of `pkcs12`.
};

/// What a backend, or a pool with its members together, can take at this moment.
struct BackendRoom {
  static constexpr std::int64_t unknown = INT64_MAX;
  std::int64_t tokens = unknown;      ///< Left of the running minute, without what requests under way will take.
  std::int64_t capacity = unknown;    ///< Tokens a minute, throttled members left out.
  std::chrono::microseconds wait{0};  ///< Until there is room again; 0: there is some now.
};

/// Reaches backends: by the request's target, by id, or by URL. Knows pools, circuit breakers, credentials and the
/// `origins` setting. Implemented by the gateway.
class Backends {
 public:
  virtual ~Backends() = default;
  virtual bool contains(std::string_view backend_id) const = 0;
  /// **Errors**: backend_not_found.
  virtual Result<BackendRoom> room(RequestContext& context, std::string_view backend_id) const = 0;
  /// Certificate and key of `wanted`, for `OutgoingRequest::tls`. **Errors**: policy_value_invalid, when there is no
  /// such certificate, it has no key, or the file cannot be opened.
  virtual Result<std::shared_ptr<const BackendTls>> identity(const ClientIdentity& wanted) = 0;
  /// Sends the context's request to its target and makes the answer `context.response`; goes on then, or fails.
  /// **Errors**: those of Transport, backend_not_found, backend_circuit_open, backend_pool_unavailable (these also
  /// leave the built-in 503 in `context.response`, so that a retry's condition sees it), backend_error_status.
  virtual Task<Outcome> forward(RequestContext& context, const ForwardOptions& options, Cancellation& cancellation) = 0;
  /// Sends a request of a policy's own. With a backend id, `request.url`'s path and query are appended to that
  /// backend's URL; without, the URL is used as it stands (an entity with that URL lends its settings).
  virtual Task<Result<Response>> call(RequestContext& context, OutgoingRequest& request, std::string_view backend_id,
                                      Cancellation& cancellation) = 0;
};

/// Counts who is inside a section of limit-concurrency. Any thread.
class ConcurrencyLimiter {
 public:
  virtual ~ConcurrencyLimiter() = default;
  /// True when fewer than `limit` are inside under `key`; the caller then calls `leave` once.
  virtual bool try_enter(std::string_view key, std::uint32_t limit) = 0;
  virtual void leave(std::string_view key) = 0;
};

/// What a running request may use. All of it outlives the request.
struct Services {
  Clock& clock;
  Random& random;
  CounterStore& counters;
  CacheStore& cache;
  Transport& transport;
  Backends& backends;
  ConcurrencyLimiter& concurrency;
  Telemetry& telemetry;
  TokenSource& tokens;
  AuthorizationSource& authorizations;
  OpenIdKeys& open_id_keys;
  Events& events;
  VectorStore& vectors;
  PriorityQueues& queues;
  const Limits& limits;
  const Behaviour& behaviour;
  const AiSettings& ai;
};

}  // namespace sluice
