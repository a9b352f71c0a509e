// SPDX-License-Identifier: Apache-2.0
// Records of numbers and texts for a CacheStore. Numbers stand in the machine's order: what wrote them reads them; the
// length of a text has 32 bits. A store may be one that others write to: reading takes nothing for granted.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace sluice {

template <class Number>
void append_number(std::string& to, Number number) {
  to.append(reinterpret_cast<const char*>(&number), sizeof number);
}
inline void append_text(std::string& to, std::string_view text) {
  append_number(to, static_cast<std::uint32_t>(text.size()));
  to.append(text);
}

/// Takes a record apart from its beginning; nothing where it ends too early.
class RecordReader {
 public:
  explicit RecordReader(std::string_view bytes) : rest_(bytes) {}
  std::string_view rest() const { return rest_; }

  std::optional<std::string_view> raw(std::size_t size) {
    if (size > rest_.size()) return std::nullopt;
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }
  template <class Number>
  std::optional<Number> number() {
    const auto from = raw(sizeof(Number));
    if (!from) return std::nullopt;
    Number made;
    std::memcpy(&made, from->data(), sizeof made);
    return made;
  }
  std::optional<std::string_view> text() {
    const auto size = number<std::uint32_t>();
    return size ? raw(*size) : std::nullopt;
  }

 private:
  std::string_view rest_;
};

}  // namespace sluice
