// SPDX-License-Identifier: Apache-2.0
#include "tokenizer/token_counter.hpp"

#include "tokenizer/splitter.hpp"
#include "tokenizer/utf8_text.hpp"

#include <algorithm>

namespace sluice::tokenizer {

void TokenCounter::add(std::string_view text) {
  while (!text.empty()) {
    if (cut_bytes_ > 0) {
      cut_[cut_bytes_++] = text.front();
      const std::string_view begun(cut_.data(), cut_bytes_);
      const Utf8Sequence sequence = first_sequence(begun);
      if (sequence.kind == Utf8Sequence::Kind::cut) {
        text.remove_prefix(1);
        continue;
      }
      const bool is_valid = sequence.kind == Utf8Sequence::Kind::valid;
      cut_bytes_ = 0;
      add_valid(is_valid ? begun : replacement_character);
      if (is_valid) text.remove_prefix(1);  // otherwise the byte begins something new
      continue;
    }
    const std::size_t valid = valid_bytes(text);
    add_valid(text.substr(0, valid));
    text.remove_prefix(valid);
    if (text.empty()) return;
    const Utf8Sequence sequence = first_sequence(text);
    if (sequence.kind == Utf8Sequence::Kind::cut) {
      std::copy(text.begin(), text.end(), cut_.begin());
      cut_bytes_ = static_cast<std::uint8_t>(text.size());
      return;
    }
    add_valid(replacement_character);
    text.remove_prefix(sequence.bytes);
  }
}

void TokenCounter::add_valid(std::string_view text) {
  if (held_.empty()) {
    // The text needs no copy but for its end.
    const std::size_t settled = settled_bytes(text);
    settled_tokens_ += tokenizer_->count_valid(text.substr(0, settled));
    text.remove_prefix(settled);
  }
  while (!text.empty()) {
    std::size_t taken = std::min(text.size(), max_held_bytes - held_.size());
    // Not within a character.
    while (taken < text.size() && taken > 0 && (static_cast<unsigned char>(text[taken]) & 0xC0) == 0x80) --taken;
    held_ += text.substr(0, taken);
    text.remove_prefix(taken);
    if (held_.size() >= settle_at_ || !text.empty()) settle();
  }
}

void TokenCounter::settle() {
  std::size_t settled = settled_bytes(held_);
  // A character is at most 4 bytes: less room than that is none.
  if (settled == 0 && held_.size() + 4 > max_held_bytes) settled = held_.size();
  settled_tokens_ += tokenizer_->count_valid(std::string_view(held_).substr(0, settled));
  held_.erase(0, settled);
  settle_at_ = std::clamp(2 * held_.size(), least_held_bytes, max_held_bytes - 4);
}

std::size_t TokenCounter::tokens() const {
  std::size_t tokens = settled_tokens_;
  if (cut_bytes_ == 0) return tokens + tokenizer_->count_valid(held_);
  // What is cut counts as it would at the end of the text.
  return tokens + tokenizer_->count_valid(held_ + std::string(replacement_character));
}

}  // namespace sluice::tokenizer
