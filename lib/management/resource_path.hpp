// SPDX-License-Identifier: Apache-2.0
// Paths and ids of ARM. Ids become names of folders, so that what they may hold is a closed list: nothing else keeps a
// caller in the folder of the artifacts.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::management {

/// Letters, digits, `-`, `_`, `.` and `;` (of `;rev=2`, with its `=`), not beginning with a dot: those names are
/// hidden, and `..` is another folder.
bool is_valid_id(std::string_view id);

/// An API's id: `orders`, `orders;rev=2`.
struct ApiId {
  std::string_view name;
  std::string_view revision;  ///< Empty: the current one.
};
/// Nothing when it is no valid id, or one with a `;` that begins no revision.
std::optional<ApiId> parse_api_id(std::string_view id);

/// `/subscriptions/s/resourceGroups/g/providers/Microsoft.ApiManagement/service/n/apis/orders` in parts.
struct ResourcePath {
  std::string service;                ///< Up to the service's name, as the caller wrote it.
  std::string service_name;           ///< `n`
  std::string group, subscription;    ///< `g`, `s`
  std::vector<std::string> segments;  ///< What follows, percent-decoded.
};
/// Nothing when the path does not lead to a service of API Management. The words of ARM count without case.
std::optional<ResourcePath> parse_resource_path(std::string_view path);

}  // namespace sluice::management
