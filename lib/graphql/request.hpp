// SPDX-License-Identifier: Apache-2.0
// GraphQL in HTTP requests: where the document stands, the answer that tells of errors, and a document without some of
// its fields.   Source: GraphQL over HTTP; GraphQL specification, October 2021, section 7.
#pragma once

#include "base/json.hpp"
#include "graphql/schema.hpp"

#include <sluice/arena.hpp>

#include <tl/expected.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace sluice::graphql {

/// What a JSON body asks for, and where the document's text stands in it (with its quotes).
struct RequestBody {
  std::string_view query;
  std::size_t begin = 0, end = 0;
  std::string_view operation_name = {};  ///< Empty: none.
  const JsonValue* variables = nullptr;  ///< An object; null: none.
};
/// Wants one object with one member `query` that is a text (M3). The failing side says what is wrong.
tl::expected<RequestBody, std::string> read_request(std::string_view json, Arena& arena, const JsonLimits& limits);

/// A member of `errors` in an answer; `text`: what the place is in.
std::string error_json(std::string_view text, const Fault& fault);
/// Errors as an array.
std::string errors_json(const std::vector<std::string>& errors);

/// An answer with errors beside its own; nothing when it is no JSON object.
std::string with_errors(std::string_view answer, const std::vector<std::string>& errors, Arena& arena, unsigned depth,
                        std::size_t members);

/// A field that a document asks for, and the type it is asked of.
struct AskedField {
  const TypeDefinition* type = nullptr;
  const Selection* selection = nullptr;
};
/// All of a valid document, fragments once.
std::vector<AskedField> asked_fields(const Document& document, const Schema& schema);

/// A document with one operation, which asks for these fields of its root alone. All selections are the operation's.
std::string document_for(std::string_view text, const Document& document, const Operation& operation,
                         const std::vector<const Selection*>& fields, unsigned depth);

/// The document's text without the fields, and without what nothing uses then. Where one stood, a field stands that is
/// never answered, so that no selection is empty.
std::string without_fields(std::string_view text, const std::vector<const Selection*>& fields, unsigned depth);

}  // namespace sluice::graphql
