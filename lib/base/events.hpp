// SPDX-License-Identifier: Apache-2.0
// Events: messages for the event hubs that loggers name. Sent beside the requests that wrote them, which never wait.
#pragma once

#include <sluice/model.hpp>

#include <string>
#include <string_view>

namespace sluice {

/// Where in its hub a message goes; both empty: where the hub likes. At most one is set.
struct EventPartition {
  std::string_view id;
  std::string_view key;
};

class Events {
 public:
  virtual ~Events() = default;
  /// Takes a message on, and forgets it when there is no room for it or its hub cannot be reached: what became of
  /// messages shows in metrics and in the log. `token`: opens hubs whose logger brings no key. Everything is copied.
  /// Called on request threads; must not wait.
  virtual void post(const Logger& logger, const EventPartition& partition, std::string_view message,
                    std::string_view token) = 0;
};

}  // namespace sluice
