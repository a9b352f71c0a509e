// SPDX-License-Identifier: Apache-2.0
#include <sluice/counter_store.hpp>

#include <charconv>

namespace sluice {
namespace {

constexpr std::size_t most_digits = 20;

/// Appends the parts to what has room for them; gives the end.
char* put_parts(char* to, std::initializer_list<std::string_view> parts) {
  for (const std::string_view part : parts) {
    to = std::to_chars(to, to + most_digits, part.size()).ptr;
    *to++ = ':';
    to += part.copy(to, part.size());
  }
  return to;
}

std::size_t most_bytes(std::initializer_list<std::string_view> parts) {
  std::size_t sum = 0;
  for (const std::string_view part : parts) sum += part.size() + most_digits + 1;
  return sum;
}

}  // namespace

std::string counter_key(std::initializer_list<std::string_view> parts) {
  std::string key(most_bytes(parts), '\0');
  key.resize(static_cast<std::size_t>(put_parts(key.data(), parts) - key.data()));
  return key;
}

std::string_view counter_key(Arena& arena, std::initializer_list<std::string_view> parts) {
  char* const key = arena.make_room<char>(most_bytes(parts));
  return {key, static_cast<std::size_t>(put_parts(key, parts) - key)};
}

}  // namespace sluice
