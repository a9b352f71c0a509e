// SPDX-License-Identifier: Apache-2.0
// One OpenAPI document while it is imported: its version, its references, the text of its schemas, and what was found.
#pragma once

#include "model/data_document.hpp"
#include "model/object_reader.hpp"

#include <sluice/diagnostic.hpp>

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace sluice::model {

enum class SpecificationVersion : std::uint8_t { unknown, swagger_2, openapi_3, openapi_3_1 };

class Specification {
 public:
  /// Reads the version; an unknown one is reported (SL5009).
  Specification(const DataDocument& document, Diagnostics& diagnostics);

  SpecificationVersion version() const { return version_; }
  bool is_swagger() const { return version_ == SpecificationVersion::swagger_2; }
  const JsonValue& root() const { return *document_.root; }

  /// Follows `$ref` until there is none. Null after a report: it leads nowhere, out of the file, or in a circle.
  const JsonValue* resolve(const JsonValue& value);
  /// The member of an object, by an index when the object is large: many references into it stay cheap.
  const JsonValue* member(const JsonValue& object, std::string_view name);
  /// Counts a part of so many bytes that is to be kept. False (reported once) when the specification has used up its
  /// share; the part is then left out.
  bool keep(std::size_t bytes);
  /// What a `$ref` leads to, one step. Null after a report of that severity.
  const JsonValue* follow(const JsonValue& holder, Severity severity);
  /// Whether a schema is a reference and nothing else. In OpenAPI 3.1 members beside `$ref` count.
  bool is_bare_reference(const JsonValue& schema) const;
  /// Texts of schemas that were written before, by whatever tells them apart.
  std::unordered_map<std::string, std::string>& written_schemas() { return written_schemas_; }
  /// The last name of a `$ref`, or nothing: `Order` of `#/components/schemas/Order`.
  static std::string referred_name(const JsonValue& schema);

  void add(Severity severity, std::string_view code, std::size_t offset, std::string message, std::string hint = {});
  void error(std::string_view code, const JsonValue& at, std::string message, std::string hint = {}) {
    add(Severity::error, code, at.offset, std::move(message), std::move(hint));
  }
  void warning(std::string_view code, const JsonValue& at, std::string message, std::string hint = {}) {
    add(Severity::warning, code, at.offset, std::move(message), std::move(hint));
  }
  /// Reports what was only counted: findings beyond the bound.
  void finish();

 private:
  const JsonValue* target_of(std::string_view reference);

  const DataDocument& document_;
  Report report_;
  SpecificationVersion version_ = SpecificationVersion::unknown;
  std::unordered_map<std::string, std::string> written_schemas_;
  std::size_t findings_ = 0;
  std::size_t kept_bytes_ = 0;
  bool is_full_ = false;
  std::map<const JsonMember*, std::unordered_map<std::string_view, const JsonValue*>> indexes_;
};

}  // namespace sluice::model
