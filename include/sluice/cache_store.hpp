// SPDX-License-Identifier: Apache-2.0
// CacheStore: values with an expiry. Trouble is a miss, never a failed request. Any thread may call it.
#pragma once

#include <sluice/error.hpp>
#include <sluice/task.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace sluice {

class CacheStore {
 public:
  virtual ~CacheStore() = default;
  /// The stored bytes; nothing after expiry or when absent.
  virtual Task<Result<std::optional<std::string>>> get(std::string_view key) = 0;
  virtual Task<Result<void>> put(std::string_view key, std::string_view value, std::chrono::milliseconds lifetime) = 0;
  virtual Task<Result<void>> remove(std::string_view key) = 0;
};

}  // namespace sluice
