// SPDX-License-Identifier: Apache-2.0
// Regular expressions of schemas: ECMA-262 by PCRE2, with bounded work. (std::regex, which JSON Schema libraries use,
// recurses with the length of the text: a long string would end the process.)
#pragma once

#include <tl/expected.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace sluice::schema {

class Pattern {
 public:
  /// **Errors**: what is wrong with the pattern.
  static tl::expected<Pattern, std::string> compile(std::string_view text);

  enum class Outcome : std::uint8_t { matched, nothing, too_much_work };
  /// Looks for the pattern anywhere in `text`, which is valid UTF-8. Any thread.
  Outcome search(std::string_view text) const;
  const std::string& text() const { return text_; }

 private:
  Pattern() = default;
  std::string text_;
  std::shared_ptr<const void> code_;
};

}  // namespace sluice::schema
