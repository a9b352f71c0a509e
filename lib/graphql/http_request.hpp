// SPDX-License-Identifier: Apache-2.0
// Where an HTTP request has its GraphQL document: in a JSON body, as the body, or in the URL; and how answers are sent.
// Source: GraphQL over HTTP.
#pragma once

#include "graphql/request.hpp"

#include <sluice/context.hpp>

#include <tl/expected.hpp>

#include <string>
#include <string_view>

namespace sluice::graphql {

/// What a request asks for, and where it stands.
struct Asked {
  enum class Form : std::uint8_t { json, plain, url };
  Form form = Form::json;
  std::string_view query;
  std::string_view operation_name;
  const JsonValue* variables = nullptr;  ///< An object; null: none.
  RequestBody place;                     ///< Of form `json`.
};

/// The body must be in memory. The failing side says what is wrong with a request that asks for nothing.
tl::expected<Asked, std::string> find_document(RequestContext& context);

/// The query string or the body, `from`, with another document in it.
std::string_view with_document(const Asked& asked, std::string_view from, std::string_view document, Arena& arena);

/// Whether the caller accepts answers of GraphQL's own type, whose statuses tell of errors. The others are answered
/// with 200, except where a request holds no document.
bool wants_own_type(const Headers& headers);
constexpr std::string_view answer_type(bool is_own) {
  return is_own ? "application/graphql-response+json" : "application/json";
}

}  // namespace sluice::graphql
