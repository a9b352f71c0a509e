// SPDX-License-Identifier: Apache-2.0
#include "tokenizer/character_class.hpp"

#include <algorithm>
#include <iterator>

namespace sluice::tokenizer {
namespace {

constexpr std::uint32_t runs[] = {
#include "tokenizer/data/character_classes.inc"
};
constexpr unsigned class_bits = 3;

constexpr CharacterClass class_of(std::uint32_t run) {
  return static_cast<CharacterClass>(run & ((1u << class_bits) - 1));
}

}  // namespace

const CharacterClasses& CharacterClasses::instance() {
  static const CharacterClasses classes;
  return classes;
}

CharacterClasses::CharacterClasses() {
  for (const std::uint32_t* run = std::begin(runs); run != std::end(runs); ++run) {
    const std::uint32_t first = *run >> class_bits;
    const std::uint32_t behind = run + 1 == std::end(runs) ? first_above : run[1] >> class_bits;
    if (first >= first_above) break;
    std::fill(low_.begin() + first, low_.begin() + std::min(behind, first_above), class_of(*run));
  }
}

CharacterClass CharacterClasses::of_high(std::uint32_t code_point) {
  return class_of(std::lower_bound(std::begin(runs), std::end(runs), (code_point + 1) << class_bits)[-1]);
}

}  // namespace sluice::tokenizer
