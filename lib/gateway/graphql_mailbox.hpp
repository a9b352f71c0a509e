// SPDX-License-Identifier: Apache-2.0
// What has been published for one WebSocket of subscribers and is not carried out yet. Put in by the thread of whoever
// publishes, taken out by the event loop that the WebSocket belongs to. Bounded: nobody who publishes waits, and who
// does not keep up is told so.
#pragma once

#include <sluice/limits.hpp>

#include "base/home_thread.hpp"
#include "base/json.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

namespace sluice {

/// A value that subscribers are told of: immutable, shared by all of them.
class GraphqlEvent {
 public:
  /// `text`: JSON, or else a text that is the value.
  GraphqlEvent(std::string_view text, const JsonLimits& limits);
  const JsonValue& value() const { return *value_; }
  /// Memory that it takes, roughly.
  std::size_t bytes() const { return bytes_; }

 private:
  Arena arena_;
  const JsonValue* value_ = nullptr;
  std::size_t bytes_ = 0;
};

/// Values in what was read, itself included; as deep as the parser allows.
std::size_t count_values(const JsonValue& value);

class GraphqlMailbox : public std::enable_shared_from_this<GraphqlMailbox> {
 public:
  struct Letter {
    std::uint64_t subscription = 0;  ///< Its number on this WebSocket.
    std::shared_ptr<const GraphqlEvent> event;
  };
  struct Mail {
    std::vector<Letter> letters;
    bool is_overfull = false;  ///< Something found no room and is lost.
    bool is_outdated = false;  ///< The API is not the one any more that the WebSocket began with.
  };

  /// `on_mail` is called on `home`, which is a loop, when there is something to take.
  GraphqlMailbox(HomeThread home, const GraphqlSocketLimits& limits, std::function<void()> on_mail)
      : home_(home), limits_(limits), on_mail_(std::move(on_mail)) {}

  // Any thread:
  void put(std::uint64_t subscription, const std::shared_ptr<const GraphqlEvent>& event);
  void put_outdated();

  // On `home`:
  Mail take();
  /// A letter that was taken needs no room any more.
  void finish(const Letter& letter);
  /// Nothing is put in or told of any more.
  void close();

 private:
  void call();

  const HomeThread home_;
  const GraphqlSocketLimits& limits_;
  std::function<void()> on_mail_;
  std::mutex mutex_;
  Mail mail_;
  std::size_t held_letters_ = 0, held_bytes_ = 0;  ///< Not finished yet.
  bool is_called_ = false;
  bool is_closed_ = false;
};

}  // namespace sluice
