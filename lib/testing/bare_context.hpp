// SPDX-License-Identifier: Apache-2.0
// The least that a RequestContext needs, where there is no gateway: every door is there and refuses.
#pragma once

#include <sluice/context.hpp>

#include "ai/priority_queues.hpp"
#include "base/events.hpp"
#include "base/open_id_keys.hpp"

namespace sluice::testing {

struct StoppedClock final : Clock {
  WallTime wall{std::chrono::seconds(1'700'000'000)};
  SteadyTime steady{};
  WallTime now() override { return wall; }
  SteadyTime steady_now() override { return steady; }
  /// Time passes at once.
  Task<bool> wait_until(SteadyTime deadline, Cancellation&) override {
    if (deadline > steady) {
      wall += deadline - steady;
      steady = deadline;
    }
    return true;
  }
};

struct RefusingTransport final : Transport {
  Task<Result<Response>> send(OutgoingRequest&, Arena&, Cancellation&) override {
    return Result<Response>(fail(ErrorCode::backend_connection_failure));
  }
};

struct RefusingBackends final : Backends {
  bool contains(std::string_view) const override { return false; }
  Result<BackendRoom> room(RequestContext&, std::string_view) const override {
    return fail(ErrorCode::backend_not_found);
  }
  Result<std::shared_ptr<const BackendTls>> identity(const ClientIdentity&) override {
    return fail(ErrorCode::policy_value_invalid);
  }
  Task<Outcome> forward(RequestContext&, const ForwardOptions&, Cancellation&) override {
    return Outcome::fail(Error(ErrorCode::backend_connection_failure));
  }
  Task<Result<Response>> call(RequestContext&, OutgoingRequest&, std::string_view, Cancellation&) override {
    return Result<Response>(fail(ErrorCode::backend_connection_failure));
  }
};

struct RefusingCounters final : CounterStore {
  Task<Result<CounterState>> reserve(std::string_view, const CounterRule&, std::int64_t) override { return refuse(); }
  Task<Result<CounterState>> settle(std::string_view, const CounterRule&, std::int64_t) override { return refuse(); }
  Task<Result<CounterState>> peek(std::string_view, const CounterRule&) override { return refuse(); }
  static Result<CounterState> refuse() { return fail(ErrorCode::store_unavailable); }
};

struct EmptyCache final : CacheStore {
  Task<Result<std::optional<std::string>>> get(std::string_view) override {
    return Result<std::optional<std::string>>(std::nullopt);
  }
  Task<Result<void>> put(std::string_view, std::string_view, std::chrono::milliseconds) override {
    return Result<void>();
  }
  Task<Result<void>> remove(std::string_view) override { return Result<void>(); }
};

struct EmptyVectors final : VectorStore {
  Task<Result<std::optional<VectorMatch>>> nearest(std::string_view, std::span<const float>, double) override {
    return Result<std::optional<VectorMatch>>(std::nullopt);
  }
  Task<Result<void>> put(std::string_view, std::span<const float>, std::string_view,
                         std::chrono::milliseconds) override {
    return Result<void>();
  }
};

struct OpenLimiter final : ConcurrencyLimiter {
  bool try_enter(std::string_view, std::uint32_t) override { return true; }
  void leave(std::string_view) override {}
};

struct RefusingTokens final : TokenSource, AuthorizationSource, OpenIdKeys {
  Task<Result<AccessToken>> token(std::string_view, std::string_view, Cancellation&) override {
    return Result<AccessToken>(fail(ErrorCode::access_token_unavailable));
  }
  Task<Result<Authorization>> authorization(const AuthorizationRequest&, Cancellation&) override {
    return Result<Authorization>(fail(ErrorCode::access_token_unavailable));
  }
  Task<Result<std::shared_ptr<const OpenIdConfiguration>>> configuration(std::string_view, std::string_view,
                                                                         Cancellation&) override {
    return Result<std::shared_ptr<const OpenIdConfiguration>>(fail(ErrorCode::access_token_unavailable));
  }
};

struct UnheardEvents final : Events {
  void post(const Logger&, const EventPartition&, std::string_view, std::string_view) override {}
};

/// A request and its context.
struct ContextFixture {
  StoppedClock clock;
  SeededRandom random{1};
  RefusingCounters counters;
  EmptyCache cache;
  RefusingTransport transport;
  RefusingBackends backends;
  OpenLimiter limiter;
  NullTelemetry telemetry;
  RefusingTokens tokens;
  UnheardEvents events;
  EmptyVectors vectors;
  Limits limits;
  PriorityQueues queues{limits.ai.queued_requests};
  Behaviour behaviour;
  AiSettings ai;
  Deployment deployment;
  Services services{clock,  random, counters, cache,   transport, backends, limiter,   telemetry, tokens,
                    tokens, tokens, events,   vectors, queues,    limits,   behaviour, ai};
  Request request;
  RequestContext context{request, services, deployment};
};

}  // namespace sluice::testing
