// SPDX-License-Identifier: Apache-2.0
// Templates of URLs as operations and rewrite-uri write them: `/orders/{id}?page={page}`, `/files/{*path}`.
#pragma once

#include <sluice/arena.hpp>
#include <sluice/error.hpp>

#include <functional>
#include <optional>
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

/// Puts values into a template. `value_of` gives the decoded value of a name, or nothing; values are percent-encoded
/// for where they stand (in a wildcard's value slashes stay). Blanks and bytes outside ASCII in the template itself
/// are encoded, and the path is brought into normal form.
/// **Errors**: policy_value_invalid for a name without value, and for a path that P2 refuses.
Result<FilledTemplate> fill_template(std::string_view text,
                                     const std::function<std::optional<std::string_view>(std::string_view)>& value_of,
                                     const std::function<bool(std::string_view)>& is_wildcard, Arena& arena);

}  // namespace sluice
