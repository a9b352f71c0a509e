// SPDX-License-Identifier: Apache-2.0
// Headers: a flat array in the arena, searched by hash. Messages have a dozen lines; nothing beats one pass over them.
#include <sluice/message.hpp>

#include <algorithm>

namespace sluice {

const Header* Headers::find(const HeaderName& name) const {
  if (!may_hold(name.hash)) return nullptr;
  const HeaderName wanted = name;  // here it stays in registers
  for (const Header& line : lines()) {
    if (line.is(wanted)) return &line;
  }
  return nullptr;
}

std::string_view Headers::get(const HeaderName& name, std::string_view fallback) const {
  const Header* line = find(name);
  return line != nullptr ? line->value : fallback;
}

std::size_t Headers::count(const HeaderName& name) const {
  if (!may_hold(name.hash)) return 0;
  return static_cast<std::size_t>(std::count_if(begin(), end(), [&](const Header& line) { return line.is(name); }));
}

std::optional<std::string_view> Headers::joined(const HeaderName& name, std::string_view separator) const {
  const Header* first = find(name);
  if (first == nullptr) return std::nullopt;
  std::string_view all = first->value;
  for (const Header* line = first + 1; line != lines_ + count_; ++line) {
    if (line->is(name)) all = arena_->concat({all, separator, line->value});
  }
  return all;
}

void Headers::grow() {
  const std::uint32_t wanted = capacity_ == 0 ? 16 : capacity_ * 2;
  auto* grown = static_cast<Header*>(arena_->allocate_bytes(sizeof(Header) * wanted, alignof(Header)));
  std::copy(lines_, lines_ + count_, grown);
  lines_ = grown;
  capacity_ = wanted;
}

void Headers::set(const HeaderName& name, std::string_view value) {
  set_view({arena_->copy(name.text)}, arena_->copy(value));
}
void Headers::append(const HeaderName& name, std::string_view value) {
  append_view({arena_->copy(name.text)}, arena_->copy(value));
}

void Headers::set_line(const Header& line) {
  if (!may_hold(line.hash)) return push(line);
  std::uint32_t at = 0;
  while (at < count_ && !lines_[at].is(line.key())) ++at;
  if (at == count_) return push(line);
  lines_[at] = line;
  std::uint32_t kept = at + 1;
  for (at = kept; at < count_; ++at) {
    if (lines_[at].is(line.key())) continue;
    if (kept != at) lines_[kept] = lines_[at];
    ++kept;
  }
  count_ = kept;
}
void Headers::set_view(const HeaderName& name, std::string_view value) { set_line({name.text, value, name.hash}); }
void Headers::append_view(const HeaderName& name, std::string_view value) { push({name.text, value, name.hash}); }

bool Headers::remove(const HeaderName& name) {
  const Header* const first = find(name);
  if (first == nullptr) return false;
  Header* const end = lines_ + count_;
  Header* const found = lines_ + (first - lines_);
  // Nearly always it is the only one, so that the others move in one piece.
  const auto is_of_name = [&](const Header& line) { return line.is(name); };
  std::copy(found + 1, end, found);
  count_ = static_cast<std::uint32_t>(std::remove_if(found, end - 1, is_of_name) - lines_);
  return true;
}

void Headers::adopt(std::span<Header> lines, std::uint32_t capacity) {
  lines_ = lines.data();
  count_ = static_cast<std::uint32_t>(lines.size());
  capacity_ = capacity;
  names_ = 0;
  for (const Header& line : lines) names_ |= name_bit(line.hash);
}

void Headers::assign(const Headers& other) {
  if (&other == this) return;
  clear();
  for (const Header& line : other) append(line.key(), line.value);
}

}  // namespace sluice
