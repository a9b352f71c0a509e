// SPDX-License-Identifier: Apache-2.0
#include "pii/replacements.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace sluice::pii {
namespace {

bool may_keep(Kind kind) {
  return kind == Kind::card || kind == Kind::iban || kind == Kind::phone || kind == Kind::national_id;
}

}  // namespace

std::string mask_of(const Match& match, std::string_view value, std::size_t keep_last) {
  const auto is_shown = [](char c) { return is_alnum_byte(static_cast<unsigned char>(c)); };
  const auto characters = static_cast<std::size_t>(std::count_if(value.begin(), value.end(), is_shown));
  keep_last = std::min(keep_last, max_kept_characters);
  if (keep_last > 0 && may_keep(match.kind) && characters >= 3 * keep_last) {
    std::string masked(value);
    std::size_t hidden = characters - keep_last;
    for (char& c : masked) {
      if (hidden == 0) break;
      if (!is_shown(c)) continue;
      c = '*';
      --hidden;
    }
    return masked;
  }
  std::string label(match.kind == Kind::custom && !match.name.empty() ? match.name : label_of(match.kind));
  return "[" + label + "]";
}

std::string_view Replacements::placeholder_of(Kind kind, std::string_view value) {
  std::string key(1, static_cast<char>('A' + static_cast<int>(kind)));
  key += value;
  if (const auto known = placeholders_.find(key); known != placeholders_.end()) return known->second;
  if (originals_.size() >= max_placeholders) return {};
  std::string made;
  do {
    made = "<" + std::string(label_of(kind)) + "_" + std::to_string(++counts_[static_cast<std::size_t>(kind)]) + ">";
  } while (taken_.find(made) != std::string::npos && counts_[static_cast<std::size_t>(kind)] <= max_placeholders);
  originals_.emplace(made, value);
  return placeholders_.emplace(std::move(key), std::move(made)).first->second;
}

std::string_view Replacements::original_of(std::string_view placeholder) const {
  const auto found = originals_.find(placeholder);
  return found == originals_.end() ? std::string_view() : std::string_view(found->second);
}

std::string_view Replacements::find(std::string_view text) const {
  const auto found = originals_.find(text);
  return found == originals_.end() ? std::string_view() : std::string_view(found->first);
}

}  // namespace sluice::pii
