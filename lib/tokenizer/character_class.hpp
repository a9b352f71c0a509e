// SPDX-License-Identifier: Apache-2.0
// What the patterns of the encodings ask of a character: its class by the Unicode Character Database, version 16.0.0.
#pragma once

#include <array>
#include <cstdint>

namespace sluice::tokenizer {

enum class CharacterClass : std::uint8_t {
  other,   ///< Punctuation, symbols, controls, what is not assigned.
  upper,   ///< Lu, Lt
  lower,   ///< Ll
  letter,  ///< Lm, Lo: letters without case
  mark,    ///< M
  number,  ///< N
  blank,   ///< White_Space but the two below
  newline  ///< CR and LF
};

constexpr bool is_letter(CharacterClass c) {
  return c == CharacterClass::upper || c == CharacterClass::lower || c == CharacterClass::letter;
}
constexpr bool is_space(CharacterClass c) { return c == CharacterClass::blank || c == CharacterClass::newline; }

/// The classes of all code points, made from runs when they are first asked for: two planes, 128 KiB, and runs above.
class CharacterClasses {
 public:
  static const CharacterClasses& instance();

  CharacterClass of(std::uint32_t code_point) const {
    return code_point < first_above ? low_[code_point] : of_high(code_point);
  }

 private:
  static constexpr std::uint32_t first_above = 0x20000;
  CharacterClasses();
  static CharacterClass of_high(std::uint32_t code_point);

  std::array<CharacterClass, first_above> low_;
};

}  // namespace sluice::tokenizer
