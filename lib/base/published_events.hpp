// SPDX-License-Identifier: Apache-2.0
// The GraphQL subscriptions that publish-event has named while a resolver ran; kept in the resolver's context. The
// gateway tells them of the value once there is one.
#pragma once

#include <sluice/arena.hpp>

#include <string_view>
#include <vector>

namespace sluice {

struct PublishedEvents {
  explicit PublishedEvents(Arena&) {}
  std::vector<std::string_view> subscriptions;  ///< Texts of the policy document.
};

}  // namespace sluice
