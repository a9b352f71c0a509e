// SPDX-License-Identifier: Apache-2.0
// Mailboxes are called without the lock: theirs is the only one then.
#include "gateway/graphql_subscriptions.hpp"

#include <utility>

namespace sluice {

std::string GraphqlSubscriptions::key_of(const GraphqlTopic& topic) {
  return std::string(topic.api).append("\n").append(topic.field);
}

bool GraphqlSubscriptions::is_outdated(const Connection& connection) const {
  const auto known = versions_.find(connection.api);
  return known == versions_.end() || known->second != connection.version || loads_ - connection.load > most_loads;
}

void GraphqlSubscriptions::open(const MailboxRef& mailbox, std::string_view api, std::string_view version) {
  Connection connection{mailbox, std::string(api), std::string(version)};
  bool is_late = false;
  {
    const std::lock_guard lock(mutex_);
    connection.load = loads_;
    is_late = is_outdated(connection);
    connections_.emplace(mailbox.get(), std::move(connection));
  }
  if (is_late) mailbox->put_outdated();
}

void GraphqlSubscriptions::close(const GraphqlMailbox& mailbox) {
  const std::lock_guard lock(mutex_);
  connections_.erase(&mailbox);
}

bool GraphqlSubscriptions::join(const GraphqlTopic& topic, const MailboxRef& mailbox, std::uint64_t subscription) {
  const std::lock_guard lock(mutex_);
  if (count_ >= limits_.graphql_sockets.subscriptions) return false;
  topics_[key_of(topic)].emplace(Place{mailbox.get(), subscription}, mailbox);
  ++count_;
  return true;
}

void GraphqlSubscriptions::leave(const GraphqlTopic& topic, const GraphqlMailbox& mailbox, std::uint64_t subscription) {
  const std::lock_guard lock(mutex_);
  const auto places = topics_.find(key_of(topic));
  if (places == topics_.end() || places->second.erase({&mailbox, subscription}) == 0) return;
  --count_;
  if (places->second.empty()) topics_.erase(places);
}

std::size_t GraphqlSubscriptions::publish(const GraphqlTopic& topic, std::string_view value) {
  std::vector<std::pair<MailboxRef, std::uint64_t>> told;
  {
    const std::lock_guard lock(mutex_);
    const auto places = topics_.find(key_of(topic));
    if (places == topics_.end()) return 0;
    told.reserve(places->second.size());
    for (const auto& [place, mailbox] : places->second) told.emplace_back(mailbox, place.subscription);
  }
  const auto event =
      std::make_shared<const GraphqlEvent>(value, JsonLimits{limits_.content.depth, limits_.graphql.values});
  for (const auto& [mailbox, subscription] : told) mailbox->put(subscription, event);
  return told.size();
}

void GraphqlSubscriptions::loaded(Versions versions) {
  std::vector<MailboxRef> outdated;
  {
    const std::lock_guard lock(mutex_);
    ++loads_;
    versions_ = std::move(versions);
    for (const auto& [mailbox, connection] : connections_) {
      if (is_outdated(connection)) outdated.push_back(connection.mailbox);
    }
  }
  for (const MailboxRef& mailbox : outdated) mailbox->put_outdated();
}

std::size_t GraphqlSubscriptions::count() const {
  const std::lock_guard lock(mutex_);
  return count_;
}

}  // namespace sluice
