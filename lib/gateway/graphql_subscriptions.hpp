// SPDX-License-Identifier: Apache-2.0
// GraphqlSubscriptions: who of a gateway's subscribers wants to hear of which field. Outlives snapshots: what a newer
// one publishes reaches those who came with an older one, unless their API has changed. Any thread.
#pragma once

#include "gateway/graphql_mailbox.hpp"

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// What a subscription hears of: a field of the subscription type of one revision of an API.
struct GraphqlTopic {
  std::string_view api;  ///< GraphqlApi::key
  std::string_view field;
};

class GraphqlSubscriptions {
 public:
  using MailboxRef = std::shared_ptr<GraphqlMailbox>;
  /// By GraphqlApi::key, what an API is: when that changes, its WebSockets end.
  using Versions = std::map<std::string, std::string, std::less<>>;
  /// As many loads later at most a WebSocket ends, so that no more snapshots are kept for their sake.
  static constexpr std::uint64_t most_loads = 16;

  explicit GraphqlSubscriptions(const Limits& limits) : limits_(limits) {}

  /// A WebSocket begins, of an API of that key and version; one whose API is not that any more is told at once.
  void open(const MailboxRef& mailbox, std::string_view api, std::string_view version);
  void close(const GraphqlMailbox& mailbox);

  /// False: there is no room.
  bool join(const GraphqlTopic& topic, const MailboxRef& mailbox, std::uint64_t subscription);
  void leave(const GraphqlTopic& topic, const GraphqlMailbox& mailbox, std::uint64_t subscription);

  /// Tells all subscribers of the value; how many there are.
  std::size_t publish(const GraphqlTopic& topic, std::string_view value);

  /// A new snapshot has these APIs.
  void loaded(Versions versions);

  std::size_t count() const;

 private:
  struct Place {
    const GraphqlMailbox* mailbox;
    std::uint64_t subscription;
    auto operator<=>(const Place&) const = default;
  };
  struct Connection {
    MailboxRef mailbox;
    std::string api, version;
    std::uint64_t load = 0;
  };
  using Places = std::map<Place, MailboxRef>;

  static std::string key_of(const GraphqlTopic& topic);
  bool is_outdated(const Connection& connection) const;

  const Limits& limits_;
  mutable std::mutex mutex_;
  std::map<std::string, Places> topics_;
  std::map<const GraphqlMailbox*, Connection> connections_;
  Versions versions_;
  std::uint64_t loads_ = 0;
  std::size_t count_ = 0;
};

}  // namespace sluice
