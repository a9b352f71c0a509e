// SPDX-License-Identifier: Apache-2.0
// The keys that session tickets are sealed with: random, never written down, renewed by time, the same for all
// workers. A ticket thereby needs no memory here, and none is good for longer than its time.
#pragma once

#include <sluice/clock.hpp>

#include <array>
#include <chrono>
#include <deque>
#include <mutex>
#include <optional>
#include <span>

namespace sluice::http {

class TicketKeys {
 public:
  static constexpr std::chrono::hours renewal{1};
  static constexpr std::chrono::hours ticket_time{2};  ///< How long a session may be resumed.

  struct Key {
    std::array<unsigned char, 16> name{};
    std::array<unsigned char, 32> cipher{};
    std::array<unsigned char, 32> mac{};
    SteadyTime made;

    Key() = default;
    Key(const Key&) = default;
    Key& operator=(const Key&) = default;
    ~Key();  ///< Wiped (K2).
  };

  /// The key for new tickets. Nothing when the system gives no random bytes.
  std::optional<Key> current(SteadyTime now);
  /// The key of a ticket, while tickets may still be good that it has sealed.
  std::optional<Key> find(std::span<const unsigned char, 16> name, SteadyTime now);

 private:
  void drop_old(SteadyTime now);

  std::mutex mutex_;
  std::deque<Key> keys_;  // the newest first; at most as many as are renewed within the time of a ticket
};

}  // namespace sluice::http
