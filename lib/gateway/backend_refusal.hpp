// SPDX-License-Identifier: Apache-2.0
// Why a request cannot go to a backend.
#pragma once

#include <sluice/error.hpp>

#include "base/entity_lookup.hpp"
#include "base/time.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace sluice {

/// What a backend answers that throttles, and a pool whose members all do.
inline constexpr int too_many_requests = 429;

/// `status`: nothing: the code's own. `wait`: what Retry-After says; 0: it says nothing.
inline Error refusal(ErrorCode code, std::optional<int> status, std::chrono::microseconds wait) {
  Error error(code);
  error.edit().status = status.value_or(describe(code).status);
  error.edit().wire_message = describe(code).message;
  if (wait.count() > 0) error.edit().headers.emplace_back("Retry-After", std::to_string(retry_after_seconds(wait)));
  return error;
}

inline Error backend_missing(std::string_view key) {
  return Error(ErrorCode::backend_not_found, "The backend '" + std::string(name_of_key(key).id) + "' does not exist.");
}

}  // namespace sluice
