// SPDX-License-Identifier: Apache-2.0
// A request context filled from a fixture file: JSON with the request, the answer, the entities and typed variables,
// as tests/expression/vectors/README.md describes it. For `sluice eval`, the vectors and the benchmarks.
#pragma once

#include "base/json.hpp"
#include "testing/bare_context.hpp"

#include <memory>

namespace sluice::testing {

/// Owns everything that the context of one fixture refers to.
class ExpressionFixture {
 public:
  explicit ExpressionFixture(const JsonValue& fixture);
  RequestContext& context() { return *context_; }

 private:
  void fill_entities(const JsonValue& fixture);
  void fill_request(const JsonValue& fixture);
  void fill_variables(const JsonValue& variables);
  Value variable(std::string_view type, const JsonValue& value);

  StoppedClock clock_;
  SeededRandom random_{1};
  RefusingCounters counters_;
  EmptyCache cache_;
  RefusingTransport transport_;
  RefusingBackends backends_;
  OpenLimiter limiter_;
  NullTelemetry telemetry_;
  RefusingTokens tokens_;
  UnheardEvents events_;
  EmptyVectors vectors_;
  Limits limits_;
  PriorityQueues queues_{limits_.ai.queued_requests};
  Behaviour behaviour_;
  AiSettings ai_;
  Services services_{clock_,  random_, counters_, cache_,   transport_, backends_, limiter_,   telemetry_, tokens_,
                     tokens_, tokens_, events_,   vectors_, queues_,    limits_,   behaviour_, ai_};
  Deployment deployment_;
  ServiceModel model_;
  Api api_;
  Operation operation_;
  Product product_;
  Subscription subscription_;
  User user_;
  LastError last_error_;
  Request request_;
  std::unique_ptr<RequestContext> context_;
};

}  // namespace sluice::testing
