// SPDX-License-Identifier: Apache-2.0
// SourceText: the bytes of one file with its line table. Everything inside works with byte offsets; they become
// lines and columns here, late.
#pragma once

#include <sluice/diagnostic.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

class SourceText {
 public:
  SourceText(std::string file, std::string text);

  const std::string& file() const { return file_; }
  std::string_view text() const { return text_; }
  /// Position of a byte offset; offsets beyond the end give the end.
  SourcePos position(std::size_t offset) const;
  /// Byte offset of a position; the end of the line when the column lies beyond.
  std::size_t offset(SourcePos pos) const;
  /// The line without its end, by number from 1; empty when there is none.
  std::string_view line(std::uint32_t number) const;

  /// A diagnostic at `offset` covering `length_bytes`, with the source line filled in.
  Diagnostic diagnostic(Severity severity, std::string_view code, std::size_t offset, std::size_t length_bytes,
                        std::string message, std::string hint = {}) const;

 private:
  std::string file_;
  std::string text_;
  std::vector<std::size_t> line_starts_;
};

}  // namespace sluice
