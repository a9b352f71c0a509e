// SPDX-License-Identifier: Apache-2.0
// RequestContext: the parts that are more than fields. All lists are arrays in the request's arena.
#include <sluice/context.hpp>

#include "base/text.hpp"
#include "base/url.hpp"

#include <algorithm>

namespace sluice {
namespace {

/// Appends to an arena array, doubling it when full.
template <class T>
void push(Arena& arena, T*& items, std::uint32_t& count, std::uint32_t& capacity, const T& item) {
  if (count == capacity) {
    const std::uint32_t wanted = capacity == 0 ? 8 : capacity * 2;
    T* grown = arena.make_array<T>(wanted).data();
    std::copy(items, items + count, grown);
    items = grown;
    capacity = wanted;
  }
  items[count++] = item;
}

}  // namespace

std::string_view to_string(Section section) {
  switch (section) {
    case Section::inbound: return "inbound";
    case Section::backend: return "backend";
    case Section::outbound: return "outbound";
    case Section::on_error: return "on-error";
  }
  return "inbound";
}

std::string_view to_string(Scope scope) {
  switch (scope) {
    case Scope::global: return "global";
    case Scope::workspace: return "workspace";
    case Scope::product: return "product";
    case Scope::api: return "api";
    case Scope::operation: return "operation";
    case Scope::resolver: return "resolver";
  }
  return "global";
}

const Value* Variables::find(const VariableName& name) const {
  for (const Entry& entry : entries()) {
    if (entry.hash == name.hash && same_text(entry.name, name.text)) return &entry.value;
  }
  return nullptr;
}

bool Variables::set(const VariableName& name, const Value& value) {
  for (std::uint32_t i = 0; i < count_; ++i) {
    if (entries_[i].hash == name.hash && entries_[i].name == name.text) {
      entries_[i].value = value;
      return true;
    }
  }
  if (count_ >= limit_) return false;
  push(*arena_, entries_, count_, capacity_, {arena_->copy(name.text), name.hash, value});
  return true;
}

bool Variables::remove(const VariableName& name) {
  for (std::uint32_t i = 0; i < count_; ++i) {
    if (entries_[i].hash != name.hash || entries_[i].name != name.text) continue;
    std::copy(entries_ + i + 1, entries_ + count_, entries_ + i);
    --count_;
    return true;
  }
  return false;
}

RequestContext::RequestContext(Request& incoming, const Services& doors, const Deployment& place)
    : arena(incoming.arena),
      request(incoming),
      services(doors),
      deployment(place),
      original_method(incoming.method),
      response(incoming.arena),
      variables(incoming.arena, doors.limits.request.variables),
      final_headers(incoming.arena) {}

namespace {

// Texts of a request never change in their place, so the place tells whether they are the same.
bool same_parts(const BackendTarget& left, const BackendTarget& right) {
  std::uintptr_t different = static_cast<std::uintptr_t>(left.base.port ^ right.base.port) |
                             static_cast<std::uintptr_t>(left.has_base != right.has_base);
  const auto place = [&](std::string_view one, std::string_view other) {
    different |= reinterpret_cast<std::uintptr_t>(one.data()) ^ reinterpret_cast<std::uintptr_t>(other.data());
    different |= one.size() ^ other.size();
  };
  place(left.path, right.path);
  place(left.query, right.query);
  place(left.base.path, right.base.path);
  place(left.base.host, right.base.host);
  place(left.base.scheme, right.base.scheme);
  return different == 0;
}

}  // namespace

const Url& RequestContext::current_url() const {
  if (current_url_ != nullptr && same_parts(current_url_->target, target)) return current_url_->url;
  Url url = target.has_base ? target.base : request.url;
  url.path = join_paths(target.has_base ? target.base.path : std::string_view(), target.path, arena);
  url.query = target.query;
  current_url_ = arena.make<CurrentUrl>(CurrentUrl{target, url});
  return current_url_->url;
}

Response& RequestContext::replace_response() {
  if (response.body.is_stream()) response.body.stream()->cancel();
  response = Response(arena);
  has_response = true;
  answered_by_backend = false;
  return response;
}

void RequestContext::observe_response_body(BodyObserver& observer) {
  push(arena, observers_, observer_count_, observer_capacity_, &observer);
}

void RequestContext::append_hook(Hook*& list, void* action, Task<void> (*run)(void*, DeliveryOutcome)) {
  Hook** end = &list;
  while (*end != nullptr) end = &(*end)->next;
  *end = arena.make<Hook>(Hook{nullptr, action, run});
}

Task<void> RequestContext::run_before_send() {
  while (Hook* hook = before_send_) {
    before_send_ = hook->next;
    co_await hook->run(hook->action, DeliveryOutcome::complete);
  }
}

Task<void> RequestContext::run_after_send(DeliveryOutcome outcome) {
  while (Hook* hook = after_send_) {
    after_send_ = hook->next;
    co_await hook->run(hook->action, outcome);
  }
}

void RequestContext::trace(std::string_view source, std::string_view severity, std::string_view message) {
  const std::size_t bytes = source.size() + severity.size() + message.size();
  if (bytes > services.limits.request.trace_bytes - trace_bytes_) return;
  trace_bytes_ += bytes;
  push(arena, trace_, trace_count_, trace_capacity_, {arena.copy(source), arena.copy(severity), arena.copy(message)});
}

void RequestContext::avoid_backend(std::string_view id) {
  if (!avoids_backend(id)) push(arena, avoided_, avoided_count_, avoided_capacity_, arena.copy(id));
}

bool RequestContext::avoids_backend(std::string_view id) const {
  return std::find(avoided_, avoided_ + avoided_count_, id) != avoided_ + avoided_count_;
}

}  // namespace sluice
