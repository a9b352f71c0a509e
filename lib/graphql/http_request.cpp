// SPDX-License-Identifier: Apache-2.0
#include "graphql/http_request.hpp"

#include "base/json_limits.hpp"
#include "base/media_type.hpp"
#include "base/query_edit.hpp"
#include "base/text.hpp"
#include "base/url.hpp"

namespace sluice::graphql {
namespace {

tl::expected<Asked, std::string> find_in_url(RequestContext& context, std::string_view query) {
  Asked asked{.form = Asked::Form::url, .query = query, .operation_name = {}, .place = {}};
  const auto parameter = [&](std::string_view name) {
    return query_value(context.target.query, name, context.arena).value_or(std::string_view());
  };
  asked.operation_name = parameter("operationName");
  const std::string_view variables = parameter("variables");
  if (variables.empty()) return asked;
  const auto parsed = parse_json(variables, context.arena, json_limits(context));
  if (!parsed) return tl::unexpected("The parameter 'variables' is no JSON: " + parsed.error().message + ".");
  if ((*parsed)->is_null()) return asked;
  if (!(*parsed)->is_object()) return tl::unexpected(std::string("The parameter 'variables' must be an object."));
  asked.variables = *parsed;
  return asked;
}

}  // namespace

tl::expected<Asked, std::string> find_document(RequestContext& context) {
  const auto query = query_value(context.target.query, "query", context.arena);
  const bool reads = context.request.method == "GET" || context.request.method == "HEAD";
  // Some servers take the parameter although there is a body: one that was not looked at.
  if (query && !reads) return tl::unexpected(std::string("A parameter 'query' beside a body is refused."));
  if (reads) {
    if (!query) return tl::unexpected(std::string("The request has no parameter 'query'."));
    return find_in_url(context, *query);
  }
  const std::string_view body = context.request.body.data();
  if (equal_ignoring_case(media_type(context.request.headers.get("Content-Type")), "application/graphql"))
    return Asked{.form = Asked::Form::plain, .query = body, .operation_name = {}, .place = {}};
  auto read = read_request(body, context.arena, json_limits(context));
  if (!read) return tl::unexpected(std::move(read.error()));
  return Asked{Asked::Form::json, read->query, read->operation_name, read->variables, *read};
}

std::string_view with_document(const Asked& asked, std::string_view from, std::string_view document, Arena& arena) {
  if (asked.form == Asked::Form::plain) return document;
  if (asked.form == Asked::Form::json) {
    std::string quoted;
    append_json_string(quoted, document);
    return arena.concat({from.substr(0, asked.place.begin), quoted, from.substr(asked.place.end)});
  }
  std::string_view all;
  QueryReader reader(from);
  while (const auto item = reader.next()) {
    const bool is_document = percent_decode(item->name, arena, true) == "query";
    const std::string_view value = is_document ? percent_encode(document, {}, arena) : item->value;
    const std::string_view equals = item->has_value || is_document ? "=" : "";
    all = join_queries(all, arena.concat({item->name, equals, value}), arena);
  }
  return all;
}

bool wants_own_type(const Headers& headers) {
  return accepts(headers, [](std::string_view type) { return equal_ignoring_case(type, answer_type(true)); });
}

}  // namespace sluice::graphql
