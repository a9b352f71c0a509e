// SPDX-License-Identifier: Apache-2.0
// Window: the part of a text that decides what begins at a place. A decision never depends on anything but these bytes,
// so that it is the same for a whole text and for one that comes in pieces.
#pragma once

#include <cstddef>
#include <string_view>

namespace sluice::pii {

/// What a text in pieces may hold back: a decision looks at no byte further on.
inline constexpr std::size_t max_held_bytes = 64;
/// What a decision may look back on.
inline constexpr std::size_t max_context_bytes = 64;

class Window {
 public:
  /// `text` up to where it is known; `ends_here`: nothing will follow it.
  Window(std::string_view text, std::size_t at, bool ends_here)
      : bytes_(text.data() + at),
        size_(text.size() - at < max_held_bytes ? text.size() - at : max_held_bytes),
        ends_here_(ends_here),
        before_(text.substr(at < max_context_bytes ? 0 : at - max_context_bytes,
                            at < max_context_bytes ? at : max_context_bytes)) {}

  /// The byte `i` places on; negative behind the end of the text or of the window.
  int operator[](std::size_t i) {
    if (i < size_) return static_cast<unsigned char>(bytes_[i]);
    need(i);
    return -1;
  }
  /// Asks for the byte `i` places on.
  void need(std::size_t i) {
    if (i >= size_ && i < max_held_bytes && !ends_here_) is_starved_ = true;
  }
  /// All that is known from here on; whoever reads to its end asks for what follows.
  std::string_view known() const { return {bytes_, size_}; }
  /// The byte `i` places back, from 1; negative before the start.
  int back(std::size_t i) const {
    return i <= before_.size() ? static_cast<unsigned char>(before_[before_.size() - i]) : -1;
  }
  /// What stands before.
  std::string_view before() const { return before_; }
  /// Bytes that have been read already.
  std::string_view seen(std::size_t from, std::size_t size) const { return {bytes_ + from, size}; }
  /// What follows from `from` on, at most `size` bytes.
  std::string_view ahead(std::size_t from, std::size_t size) {
    while (size > 0 && (*this)[from + size - 1] < 0) --size;
    return size == 0 ? std::string_view() : std::string_view(bytes_ + from, size);
  }
  /// A byte was asked for that is not known yet: whatever was decided must be decided again.
  bool is_starved() const { return is_starved_; }

 private:
  const char* bytes_;
  std::size_t size_;
  bool ends_here_;
  bool is_starved_ = false;
  std::string_view before_;
};

// What bytes are, as borders see them.
constexpr bool is_digit_byte(int c) { return c >= '0' && c <= '9'; }
constexpr bool is_upper_byte(int c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_letter_byte(int c) { return is_upper_byte(c) || (c >= 'a' && c <= 'z'); }
constexpr bool is_alnum_byte(int c) { return is_digit_byte(c) || is_letter_byte(c); }
/// What a word is made of: no entity begins or ends between two of them.
constexpr bool is_word_byte(int c) { return is_alnum_byte(c) || c == '_'; }

}  // namespace sluice::pii
