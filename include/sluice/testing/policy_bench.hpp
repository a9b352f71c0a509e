// SPDX-License-Identifier: Apache-2.0
// PolicyBench: a whole gateway with virtual time, a scripted transport, memory stores and a fixed sequence of chance,
// to try policies on. What `sluice test` and the case runner are made of, and for tests of a host's own policies.
#pragma once

#include <sluice/gateway.hpp>
#include <sluice/memory_stores.hpp>
#include <sluice/testing/recording_telemetry.hpp>
#include <sluice/testing/scripted_transport.hpp>
#include <sluice/testing/virtual_clock.hpp>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace sluice::testing {

/// A request to the gateway.
struct BenchRequest {
  std::string method = "GET";
  std::string url = "/";  ///< Absolute, or a path on `http://api.test`.
  FieldList headers;      ///< Host is added when absent.
  std::optional<std::string> body;
  std::string client_address = "203.0.113.1";
  std::string client_certificate;  ///< DER; empty: none.
};

/// `context.LastError` as text.
struct BenchError {
  std::string source, reason, message, scope, section, path, policy_id;
};

/// Everything that came of a request.
struct BenchAnswer {
  int status = 0;
  std::string reason;  ///< The phrase that goes out: the answer's own or the standard one.
  FieldList headers;
  std::string body;
  std::vector<std::string> chunks;  ///< The body in the pieces it was read in.
  bool is_complete = false;         ///< False: the body broke off.
  bool is_stuck = false;            ///< The gateway waits for something that is neither clock nor script.
  std::chrono::microseconds elapsed{0};
  std::vector<RecordedCall> calls;  ///< What backends were sent meanwhile.
  std::map<std::string, std::string> variables;
  std::optional<BenchError> last_error;
  std::vector<std::string> trace;  ///< Messages.

  /// All values of that name, in order.
  std::vector<std::string> header(std::string_view name) const;
};

/// One thread.
class PolicyBench {
 public:
  /// Pieces in which a request's body arrives.
  static constexpr std::size_t body_piece_bytes = 1024;

  /// The doors of `options` are replaced by the bench's own; the rest counts.
  explicit PolicyBench(GatewayOptions options = {});
  /// What the gateway still does beside requests (events on their way) ends first.
  ~PolicyBench() { clock.run_until_idle(); }

  Diagnostics load(ServiceModel model) { return gateway.load(std::move(model)); }
  /// Sends a request and reads its answer to the end, moving time as far as that takes.
  BenchAnswer send(const BenchRequest& wanted);

  VirtualClock clock;
  ScriptedTransport transport{clock};
  RecordingTelemetry telemetry;
  SeededRandom random{1};
  MemoryCounterStore counters;
  MemoryCacheStore cache{clock};
  Gateway gateway;

 private:
  GatewayOptions with_own_doors(GatewayOptions options);
  void note(const RequestContext& context, DeliveryOutcome outcome);
  void read_body(Response& response, BenchAnswer& answer);

  std::map<const Request*, BenchAnswer*> pending_;
};

}  // namespace sluice::testing
