// SPDX-License-Identifier: Apache-2.0
// Failure: why a request of the management interface is refused, as ARM says it.
#pragma once

#include <sluice/diagnostic.hpp>
#include <tl/expected.hpp>

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::management {

struct Failure {
  struct Detail {
    std::string code, target, message;
  };
  int status = 400;
  std::string code;
  std::string message;
  std::vector<Detail> details;
};

template <class T>
using Outcome = tl::expected<T, Failure>;

inline tl::unexpected<Failure> refuse(int status, std::string code, std::string message) {
  return tl::unexpected(Failure{status, std::move(code), std::move(message), {}});
}
/// 400 for a body or a parameter that is not as it must be.
inline tl::unexpected<Failure> invalid(std::string message) {
  return refuse(400, "ValidationError", std::move(message));
}
/// 404; `id` is the resource's path in the service.
inline tl::unexpected<Failure> not_found(std::string_view id) {
  return refuse(404, "ResourceNotFound", "There is no '" + std::string(id) + "'.");
}

/// 400 with the errors among `found`: each with its code, the file within `folder` as target, and its place.
Failure validation_failure(const Diagnostics& found, const std::filesystem::path& folder);

/// `{"error": {"code", "message", "details": [...]}}`
std::string error_body(const Failure& failure);

}  // namespace sluice::management
