// SPDX-License-Identifier: Apache-2.0
// Diagnostics: what is wrong with a document, an expression or a configuration, and where.
// All mistakes of a document are reported at once. Codes are stable; the table stands in lib/base/diagnostic.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// Line and column, both from 1; columns count code points, a tab is one. Line 0: the file as a whole.
struct SourcePos {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  friend bool operator==(SourcePos, SourcePos) = default;
  friend auto operator<=>(SourcePos, SourcePos) = default;
};

enum class Severity : std::uint8_t { error, warning, deprecated, info };

/// One finding. `source_line` is the text of the line, so that a rendering can show it with a caret.
struct Diagnostic {
  Severity severity = Severity::error;
  std::string
      code;  ///< `SL2104`: SL1xxx document, SL2xxx schema, SL3xxx syntax, SL4xxx types, SL5xxx model, SL9xxx limits.
  std::string file;
  SourcePos pos;
  std::uint32_t length = 1;  ///< Code points to underline.
  std::string message;       ///< What was found, what is allowed, which element.
  std::string hint;          ///< How to mend it; may be empty.
  std::string source_line;
};

/// What one code means; `diagnostic_codes()` lists all of them.
struct DiagnosticCode {
  std::string_view code;
  std::string_view title;
};
const std::vector<DiagnosticCode>& diagnostic_codes();

/// A list of findings.
class Diagnostics {
 public:
  Diagnostics() = default;
  /// Keeps the first `most` findings; that there were errors behind them is still known.
  explicit Diagnostics(std::size_t most) : most_(most) {}

  void add(Diagnostic diagnostic);
  void append(const Diagnostics& other);
  /// Sorts by file and position, keeping the order of equals, and drops repeats.
  void sort();
  bool has_errors() const;
  bool empty() const { return items_.empty(); }
  std::size_t size() const { return items_.size(); }
  auto begin() const { return items_.begin(); }
  auto end() const { return items_.end(); }
  const Diagnostic& operator[](std::size_t index) const { return items_[index]; }

 private:
  std::vector<Diagnostic> items_;
  std::size_t most_ = SIZE_MAX;
  bool dropped_error_ = false;
};

std::string_view to_string(Severity severity);
/// `file:line:column: error SL2104: message`, the source line, a caret line, and the hint.
std::string render_text(const Diagnostic& diagnostic);
/// One JSON object: severity, code, line, column, message, hint.
std::string render_json(const Diagnostic& diagnostic);

}  // namespace sluice
