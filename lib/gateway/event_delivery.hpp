// SPDX-License-Identifier: Apache-2.0
// EventDelivery: takes messages for event hubs on and sends them beside the requests that wrote them. At most so many
// wait and are under way; what finds no room is dropped and counted.
//
// Whoever posts starts a sender while fewer than allowed are under way; a sender goes on with what waits until nothing
// does. Senders own what they need and outlive the delivery: once that is gone they end without touching its parts.
#pragma once

#include <sluice/clock.hpp>
#include <sluice/limits.hpp>
#include <sluice/telemetry.hpp>
#include <sluice/transport.hpp>

#include "base/events.hpp"
#include "gateway/origin_map.hpp"

#include <memory>

namespace sluice {

class EventDelivery final : public Events {
 public:
  /// What is referred to outlives the delivery.
  struct Parts {
    const EventLimits& limits;
    const OriginMap& origins;
    Transport& transport;
    Clock& clock;
    Telemetry& telemetry;
  };
  explicit EventDelivery(const Parts& parts);
  /// What waits is dropped; what is under way ends by itself.
  ~EventDelivery() override;

  void post(const Logger& logger, const EventPartition& partition, std::string_view message,
            std::string_view token) override;

 private:
  class Queue;
  std::shared_ptr<Queue> queue_;
};

}  // namespace sluice
