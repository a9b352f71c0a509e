// SPDX-License-Identifier: Apache-2.0
// Templates of URLs as operations and rewrite-uri write them: `/orders/{id}?page={page}`, `/files/{*path}`.
#pragma once

#include <sluice/arena.hpp>
#include <sluice/error.hpp>

#include <functional>
#include <optional>
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

/// A template that has been read: literal text, encoded as a URL needs it, between parameters.
class UrlTemplate {
 public:
  /// `text` is copied. Blanks and bytes outside ASCII in it are encoded.
  explicit UrlTemplate(std::string_view text);

  /// Puts values in. `value_of` gives the decoded value of a name, or nothing; values are percent-encoded for where
  /// they stand (in a wildcard's value slashes stay). The path is brought into normal form.
  /// **Errors**: policy_value_invalid for a name without value, and for a path that P2 refuses.
  Result<FilledTemplate> fill(const std::function<std::optional<std::string_view>(std::string_view)>& value_of,
                              const std::function<bool(std::string_view)>& is_wildcard, Arena& arena) const;

 private:
  struct Parameter {
    std::string before;  ///< The literal text up to it.
    std::string name;
    bool star = false;
    bool in_query = false;
  };
  Result<std::string_view> text_of(const Parameter& parameter,
                                   const std::function<std::optional<std::string_view>(std::string_view)>& value_of,
                                   const std::function<bool(std::string_view)>& is_wildcard, Arena& arena) const;

  std::vector<Parameter> parameters_;
  std::string rest_;  ///< Behind the last of them.
  /// Where the first `?` stands: in the text before that parameter, or in the rest.
  std::optional<std::size_t> question_parameter_;
  std::size_t question_offset_ = 0;
};

}  // namespace sluice
