// SPDX-License-Identifier: Apache-2.0
// Which resources the management interface has: one table of paths and kinds.
#pragma once

#include "management/accounts.hpp"
#include "management/kind.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace sluice::management {

struct Route {
  /// `apis/*/operations/*`: below the service, `*` for an id. `policies/policy` has one resource, of that name.
  std::string_view pattern;
  const Kind* kind;
};

const std::vector<Route>& routes();

/// What can be asked of a resource by POST, as a last segment behind it. One of both.
struct Action {
  std::string_view pattern;  ///< Of the resource.
  std::string_view name;
  Outcome<Properties> (*tell)(const Layout& layout, const Services& services, const Target& target);
  Outcome<void> (*change)(Edit& edit, const Target& target);
};

const std::vector<Action>& actions();

/// The row whose pattern fits the first `count` segments; null: none. Words of ARM are compared without case.
const Route* find_route(const std::vector<std::string>& segments, std::size_t count);
/// The row whose collection the segments name.
const Route* find_collection(const std::vector<std::string>& segments);
/// The segments of a pattern.
std::vector<std::string_view> segments_of(std::string_view pattern);
/// `Microsoft.ApiManagement/service/apis/operations`
std::string type_of(const Route& route);

}  // namespace sluice::management
