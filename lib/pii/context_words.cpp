// SPDX-License-Identifier: Apache-2.0
#include "pii/context_words.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace sluice::pii {
namespace {

/// What numbers are called that are nobody's.
constexpr std::string_view other_numbers =
    "order|invoice|ticket|case|part|sku|serial|item|article|tracking|batch|lot|model|contract|isbn|issn|ean|version|"
    "release|section|chapter|firmware|build|pn|p/n|gear|bolt|oid|commit|page|id|PO|row|bestellnummer|rechnung|artikel|"
    "commande|facture|pedido|factura|zamówienia|订单|注文|ref|reference";

bool has_capital(std::string_view word) {
  return std::any_of(word.begin(), word.end(), [](char c) { return is_upper_byte(c); });
}

bool is_ascii(std::string_view word) {
  return std::all_of(word.begin(), word.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// Up to five letters: stands alone.
constexpr std::size_t short_word = 5;

/// A text in which words are looked for.
class NearText {
 public:
  explicit NearText(std::string_view text) : text_(text.substr(text.size() - std::min(text.size(), sizeof folded_))) {
    for (std::size_t i = 0; i < text_.size(); ++i) {
      const auto c = static_cast<unsigned char>(text_[i]);
      folded_[i] = to_lower(text_[i]);
      const bool begins = is_letter_byte(c) && (i == 0 || !is_letter_byte(folded_[i - 1]));
      if (begins || c >= 0x80) begins_ |= bit(folded_[i]);
    }
  }
  /// None of the words of any list could stand here.
  bool is_empty() const { return begins_ == 0; }

  std::optional<NearWord> nearest(std::string_view words) const {
    std::optional<NearWord> found;
    while (!words.empty()) {
      const std::size_t end = std::min(words.find('|'), words.size());
      const std::string_view word = words.substr(0, end);
      words.remove_prefix(std::min(words.size(), end + 1));
      if ((begins_ & bit(to_lower(word.front()))) == 0) continue;
      const std::size_t at = last_place(word);
      if (at == std::string_view::npos) continue;
      const std::size_t distance = text_.size() - at - word.size();
      if (!found || distance < found->distance) found = {distance, word.size()};
    }
    return found;
  }

 private:
  static std::uint64_t bit(char c) { return std::uint64_t{1} << (static_cast<unsigned char>(c) % 64); }

  std::size_t last_place(std::string_view word) const {
    const std::string_view in = has_capital(word) ? text_ : std::string_view(folded_, text_.size());
    const bool anywhere = !is_ascii(word);
    for (std::size_t at = in.rfind(word); at != std::string_view::npos; at = in.rfind(word, at - 1)) {
      const std::size_t end = at + word.size();
      const bool begins = at == 0 || !is_letter_byte(in[at - 1]);
      const bool ends = end == in.size() || !is_letter_byte(in[end]) || word.size() > short_word;
      if (anywhere || (begins && ends)) return at;
      if (at == 0) break;
    }
    return std::string_view::npos;
  }

  std::string_view text_;
  char folded_[max_context_bytes];
  std::uint64_t begins_ = 0;
};

std::string_view words_before(const Window& window) {
  const std::string_view before = window.before();
  return before.substr(before.size() - std::min(before.size(), max_words_before));
}

}  // namespace

std::optional<NearWord> nearest_word(std::string_view before, std::string_view words) {
  return NearText(before).nearest(words);
}

bool is_named(Window& window, std::size_t length, std::string_view words) {
  if (const NearText before(words_before(window)); !before.is_empty()) {
    if (const auto named = before.nearest(words)) {
      const auto other = before.nearest(other_numbers);
      if (!other || named->distance <= other->distance + other->length + 1) return true;
    }
  }
  const std::size_t room = max_held_bytes - std::min(length, max_held_bytes);
  const NearText behind(window.ahead(length, std::min(room, max_words_behind)));
  return !behind.is_empty() && behind.nearest(words).has_value();
}

bool is_other_number(const Window& window) { return nearest_word(words_before(window), other_numbers).has_value(); }

}  // namespace sluice::pii
