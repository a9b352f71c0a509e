// SPDX-License-Identifier: Apache-2.0
// What takes the place of a finding: a fixed mask, a mask that keeps the last characters, or a placeholder that can be
// turned back.
#pragma once

#include "pii/detector.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

namespace sluice::pii {

/// At most so many characters of a value may stay.
inline constexpr std::size_t max_kept_characters = 4;
/// Of one request.
inline constexpr std::size_t max_placeholders = 10'000;

/// `[EMAIL]`; custom findings are named as their pattern. With `keep_last`, every letter and digit but the last so many
/// becomes `*`: of cards, accounts, phones and national ids that are at least three times as long; the others have
/// nothing that may stay.
std::string mask_of(const Match& match, std::string_view value, std::size_t keep_last = 0);

/// The placeholders of one request: one value, one placeholder.
class Replacements final : public KnownPlaceholders {
 public:
  /// Numbers that stand in `text` already (`<EMAIL_1>`) are not given.
  explicit Replacements(std::string_view text = {}) : taken_(text) {}

  /// The placeholder of the value, a new one where there is none; empty when there are too many.
  std::string_view placeholder_of(Kind kind, std::string_view value);
  /// What the placeholder stands for; empty when it is none.
  std::string_view original_of(std::string_view placeholder) const;
  std::string_view find(std::string_view text) const override;
  bool is_empty() const { return originals_.empty(); }

 private:
  std::string taken_;
  std::unordered_map<std::string, std::string> placeholders_;  ///< By kind and value.
  std::map<std::string, std::string, std::less<>> originals_;  ///< By placeholder.
  std::array<std::size_t, kind_count> counts_{};
};

}  // namespace sluice::pii
