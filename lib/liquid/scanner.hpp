// SPDX-License-Identifier: Apache-2.0
// The first look at a template: text, `{{ output }}`, `{% tag %}`. A `-` inside of a brace takes the white space beside
// it out of the text.
#pragma once

#include "expression/findings.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace sluice::liquid {

enum class PieceKind : std::uint8_t { text, output, tag };

struct Piece {
  PieceKind kind = PieceKind::text;
  std::string_view text;      ///< As it stands; of outputs and tags what is between the braces.
  std::uint32_t offset = 0;   ///< Of `text` in the template.
  std::uint32_t opening = 0;  ///< Offset of the braces, or of the text.
};

class Scanner {
 public:
  Scanner(std::string_view source, expression::Findings& findings) : source_(source), findings_(findings) {}

  /// Nothing at the end, and after braces that do not close (SL3101).
  std::optional<Piece> next();
  /// Passes everything up to the tag `end`, which is passed too, and gives what was passed. Nothing when there is none.
  std::optional<std::string_view> pass_to(std::string_view end);
  /// Braces did not close: what stands behind them is not read.
  bool is_broken() const { return is_broken_; }

 private:
  Piece text_until(std::size_t end);
  std::optional<Piece> markup(PieceKind kind);

  std::string_view source_;
  expression::Findings& findings_;
  std::size_t at_ = 0;
  bool trims_next_ = false;  ///< The markup before ended with `-`.
  bool is_broken_ = false;
};

}  // namespace sluice::liquid
