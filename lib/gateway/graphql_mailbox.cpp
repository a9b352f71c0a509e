// SPDX-License-Identifier: Apache-2.0
#include "gateway/graphql_mailbox.hpp"

#include <utility>

namespace sluice {

std::size_t count_values(const JsonValue& value) {
  std::size_t count = 1;
  for (const JsonValue& item : value.items) count += count_values(item);
  for (const JsonMember& member : value.members) count += count_values(member.value);
  return count;
}

GraphqlEvent::GraphqlEvent(std::string_view text, const JsonLimits& limits) {
  const std::string_view kept = arena_.copy(text);
  const auto read = parse_json(kept, arena_, limits);
  if (read) {
    value_ = *read;
  } else {
    auto* const plain = arena_.make<JsonValue>();
    plain->kind = JsonKind::string;
    plain->text = kept;
    value_ = plain;
  }
  bytes_ = text.size() + count_values(*value_) * sizeof(JsonMember);
}

/// A loop whose WebSocket is open takes what is posted: it cannot have ended while the lock is held here.
void GraphqlMailbox::call() {
  if (std::exchange(is_called_, true)) return;
  home_.post(home_.loop, [self = shared_from_this()] {
    if (self->on_mail_) self->on_mail_();
  });
}

void GraphqlMailbox::put(std::uint64_t subscription, const std::shared_ptr<const GraphqlEvent>& event) {
  const std::lock_guard lock(mutex_);
  if (is_closed_ || mail_.is_overfull) return;
  const bool has_room = held_letters_ < limits_.waiting_events && held_bytes_ < limits_.waiting_bytes;
  if (has_room) {
    ++held_letters_;
    held_bytes_ += event->bytes();
    mail_.letters.push_back({subscription, event});
  } else {
    mail_.is_overfull = true;
  }
  call();
}

void GraphqlMailbox::put_outdated() {
  const std::lock_guard lock(mutex_);
  if (is_closed_) return;
  mail_.is_outdated = true;
  call();
}

GraphqlMailbox::Mail GraphqlMailbox::take() {
  const std::lock_guard lock(mutex_);
  is_called_ = false;
  return std::exchange(mail_, {});
}

void GraphqlMailbox::finish(const Letter& letter) {
  const std::lock_guard lock(mutex_);
  --held_letters_;
  held_bytes_ -= letter.event->bytes();
}

void GraphqlMailbox::close() {
  Mail left;  // Freed behind the lock.
  const std::lock_guard lock(mutex_);
  is_closed_ = true;
  left = std::exchange(mail_, {});
  on_mail_ = nullptr;
}

}  // namespace sluice
