// SPDX-License-Identifier: Apache-2.0
// Failing at every place in turn: an action is run with its first effect failing, then its second, and so on until it
// gets through. Wrap the doors that the action uses in the classes below.
#pragma once

#include <sluice/cache_store.hpp>
#include <sluice/counter_store.hpp>
#include <sluice/transport.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace sluice::testing {

/// Lets `successes` calls pass and fails the next one. Shared by several doors, it counts their calls together.
class FailAfter {
 public:
  explicit FailAfter(std::size_t successes) : left_(static_cast<std::int64_t>(successes)) {}
  /// Counts one call; true when it is the one to fail.
  bool fails_now() { return left_.fetch_sub(1) == 0; }
  bool has_failed() const { return left_.load() < 0; }

 private:
  std::atomic<std::int64_t> left_;
};

/// Runs `action(FailAfter&)` for 0, 1, 2 … successes until no failure comes up; returns how many calls that were.
/// Stops at `limit`, which then is the result.
template <class Action>
std::size_t fail_at_every_call(Action action, std::size_t limit = 1'000) {
  for (std::size_t n = 0; n < limit; ++n) {
    FailAfter failure(n);
    action(failure);
    if (!failure.has_failed()) return n;
  }
  return limit;
}

class FailingTransport final : public Transport {
 public:
  FailingTransport(Transport& inner, FailAfter& failure, ErrorCode code = ErrorCode::backend_connection_failure)
      : inner_(inner), failure_(failure), code_(code) {}
  Task<Result<Response>> send(OutgoingRequest& request, Arena& arena, Cancellation& cancellation) override;

 private:
  Transport& inner_;
  FailAfter& failure_;
  ErrorCode code_;
};

class FailingCounterStore final : public CounterStore {
 public:
  FailingCounterStore(CounterStore& inner, FailAfter& failure) : inner_(inner), failure_(failure) {}
  Task<Result<CounterState>> reserve(std::string_view key, const CounterRule& rule, std::int64_t amount) override;
  Task<Result<CounterState>> settle(std::string_view key, const CounterRule& rule, std::int64_t amount) override;
  Task<Result<CounterState>> peek(std::string_view key, const CounterRule& rule) override;

 private:
  CounterStore& inner_;
  FailAfter& failure_;
};

class FailingCacheStore final : public CacheStore {
 public:
  FailingCacheStore(CacheStore& inner, FailAfter& failure) : inner_(inner), failure_(failure) {}
  Task<Result<std::optional<std::string>>> get(std::string_view key) override;
  Task<Result<void>> put(std::string_view key, std::string_view value, std::chrono::milliseconds lifetime) override;
  Task<Result<void>> remove(std::string_view key) override;

 private:
  CacheStore& inner_;
  FailAfter& failure_;
};

}  // namespace sluice::testing
