// SPDX-License-Identifier: Apache-2.0
// The URL template of an operation taken apart: `/orders/{id}/lines({line})?kind=open&page={page}`.
#pragma once

#include <sluice/model.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// One segment of a template's path.
struct TemplateSegment {
  enum class Kind : std::uint8_t {
    literal,    ///< `orders`; `text` is in the normal form of paths.
    pattern,    ///< `lines({line})`: `pieces` stand around the parameters.
    parameter,  ///< `{id}`: one whole segment.
    rest        ///< `*`, `{*path}`: all that follows, nothing included. Always the last.
  };
  Kind kind = Kind::literal;
  std::string text;
  std::vector<std::string> pieces;      ///< One more than there are parameters.
  std::vector<std::string> parameters;  ///< Names, in order; a nameless `*` has none.
};

/// One item of a template's query.
struct QueryCondition {
  std::string name;
  std::string value;      ///< What a literal item wants.
  std::string parameter;  ///< Not empty: the value is captured under this name instead.
  bool is_required = true;
};

struct OperationTemplate {
  std::vector<TemplateSegment> segments;
  std::vector<QueryCondition> query;
};

/// Takes the template of `operation` apart. A parameter of the query that the operation declares as optional may be
/// missing in requests. A slash at the end means nothing.
OperationTemplate parse_operation_template(const Operation& operation);

/// Fits a segment to a pattern's pieces and gives the texts between them; false when it does not fit. Each
/// parameter takes at least one character and ends at the first place where the next piece stands.
bool match_pattern(const std::vector<std::string>& pieces, std::string_view segment,
                   std::vector<std::string_view>& captured);

}  // namespace sluice
