// SPDX-License-Identifier: Apache-2.0
#include <sluice/testing/fail_after.hpp>

namespace sluice::testing {

Task<Result<Response>> FailingTransport::send(OutgoingRequest& request, Arena& arena, Cancellation& cancellation) {
  if (failure_.fails_now()) return Result<Response>(fail(code_));
  return inner_.send(request, arena, cancellation);
}

Task<Result<CounterState>> FailingCounterStore::reserve(std::string_view key, const CounterRule& rule,
                                                        std::int64_t amount) {
  if (failure_.fails_now()) return Result<CounterState>(fail(ErrorCode::store_unavailable));
  return inner_.reserve(key, rule, amount);
}
Task<Result<CounterState>> FailingCounterStore::settle(std::string_view key, const CounterRule& rule,
                                                       std::int64_t amount) {
  if (failure_.fails_now()) return Result<CounterState>(fail(ErrorCode::store_unavailable));
  return inner_.settle(key, rule, amount);
}
Task<Result<CounterState>> FailingCounterStore::peek(std::string_view key, const CounterRule& rule) {
  if (failure_.fails_now()) return Result<CounterState>(fail(ErrorCode::store_unavailable));
  return inner_.peek(key, rule);
}

Task<Result<std::optional<std::string>>> FailingCacheStore::get(std::string_view key) {
  if (failure_.fails_now()) return Result<std::optional<std::string>>(fail(ErrorCode::store_unavailable));
  return inner_.get(key);
}
Task<Result<void>> FailingCacheStore::put(std::string_view key, std::string_view value,
                                          std::chrono::milliseconds lifetime) {
  if (failure_.fails_now()) return Result<void>(fail(ErrorCode::store_unavailable));
  return inner_.put(key, value, lifetime);
}
Task<Result<void>> FailingCacheStore::remove(std::string_view key) {
  if (failure_.fails_now()) return Result<void>(fail(ErrorCode::store_unavailable));
  return inner_.remove(key);
}

}  // namespace sluice::testing
