// SPDX-License-Identifier: Apache-2.0
// XSLT 1.0 by libxslt: a style sheet, compiled once, that makes one text of each document it is given. It reads and
// writes nothing else: no file, no network, no other document.
#pragma once

#include <sluice/error.hpp>
#include <sluice/limits.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::xslt {

/// What one transformation may use.
struct TransformLimits {
  ContentLimits content;
  int template_depth = 1'000;            ///< Instructions inside one another, through templates.
  int variables = 5'000;                 ///< In scope at once.
  unsigned long operations = 5'000'000;  ///< Instructions of the style sheet, and again steps of XPath.
  std::size_t memory_bytes = 32u << 20;  ///< Where that is noticed, the last instruction may have taken as much again.
  std::size_t most_bytes = 2u << 20;     ///< Of the result.
  ErrorCode too_large = ErrorCode::response_body_too_large;
};

/// What `xsl:output` says of the result.
enum class OutputMethod : std::uint8_t { xml, html, text };
struct TransformResult {
  std::string text;
  OutputMethod method = OutputMethod::xml;
  std::string media_type;  ///< `media-type`; empty: not said.
};

/// A mistake, and where it is in the text of the style sheet.
struct StylesheetFault {
  std::size_t offset = 0;
  std::string message;
};

using Parameter = std::pair<std::string, std::string>;

/// Immutable, for any thread.
class Stylesheet {
 public:
  struct State;
  explicit Stylesheet(std::unique_ptr<State> state);
  ~Stylesheet();

  /// Null after an error; then there are faults. xsl:import and xsl:include are such.
  static std::shared_ptr<const Stylesheet> compile(std::string_view text, std::vector<StylesheetFault>& faults);

  /// Values of parameters are texts. **Errors**: content_conversion_failed when the document is not well-formed, when
  /// the style sheet ends it (`xsl:message terminate="yes"`), reaches for another document, or passes a limit;
  /// `too_large` for the result.
  Result<TransformResult> transform(std::string_view document, std::span<const Parameter> parameters,
                                    const TransformLimits& limits) const;

 private:
  std::unique_ptr<State> state_;
};

}  // namespace sluice::xslt
