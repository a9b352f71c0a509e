// SPDX-License-Identifier: Apache-2.0
// Templates of URLs as operations and rewrite-uri write them: `/orders/{id}?page={page}`, `/files/{*path}`.
#pragma once

#include <sluice/arena.hpp>
#include <sluice/error.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// A `{name}` of a template.
struct TemplateParameter {
  std::string_view name;     ///< Without braces and star.
  bool is_wildcard = false;  ///< `{*name}`: may hold slashes.
  bool in_query = false;
};

/// The parameters of a template in order. A brace without its partner ends the list.
std::vector<TemplateParameter> template_parameters(std::string_view text);

/// Whether the query part of `text` names the parameter `query_name` (`?date={d}` names `date`).
bool template_names_query(std::string_view text, std::string_view query_name, Arena& arena);

/// Path and query of a filled template. The path begins with `/`.
struct FilledTemplate {
  std::string_view path;
  std::string_view query;
};

/// What a parameter of a template stands for in one request.
struct TemplateValue {
  std::string_view text;       ///< Decoded.
  bool keeps_slashes = false;  ///< As the value of a wildcard.
  bool is_unreserved = false;  ///< Known to hold nothing that is to be encoded.
};

/// A template that has been read: literal text, encoded as a URL needs it, between parameters.
class UrlTemplate {
 public:
  /// `text` is copied. Blanks and bytes outside ASCII in it are encoded.
  explicit UrlTemplate(std::string_view text);

  struct Parameter {
    std::string before;  ///< The literal text up to it.
    std::string name;
    bool star = false;
    bool in_query = false;
  };
  std::span<const Parameter> parameters() const { return parameters_; }

  /// Puts values in, one for each parameter: percent-encoded for where they stand. The path is brought into normal
  /// form. **Errors**: policy_value_invalid for a path that P2 refuses.
  Result<FilledTemplate> fill(std::span<const TemplateValue> values, Arena& arena) const;

 private:
  std::vector<Parameter> parameters_;
  std::string rest_;  ///< Behind the last of them.
  /// Where the first `?` stands: in the text before that parameter, or in the rest.
  std::optional<std::size_t> question_parameter_;
  std::size_t question_offset_ = 0;
};

}  // namespace sluice
