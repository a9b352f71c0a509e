// SPDX-License-Identifier: Apache-2.0
// What `$ref` leads to: JSON pointers in a document, `$id`s and anchors, and documents that the caller of the compiler
// gives. Nothing is fetched.
#pragma once

#include "schema/json_program.hpp"

#include <string>
#include <string_view>
#include <unordered_map>

namespace sluice::schema {

/// A schema and the document it stands in.
struct SchemaPlace {
  JsonSource* source = nullptr;
  const JsonValue* value = nullptr;
};

class References {
 public:
  References(JsonProgram& program, const SchemaLimits& limits, const SchemaSource& others)
      : program_(program), limits_(limits), others_(others) {}

  /// Reads the first document.
  tl::expected<SchemaPlace, std::string> begin(std::string_view text);
  /// What a reference in the document of `from` leads to.
  tl::expected<SchemaPlace, std::string> resolve(std::string_view reference, const SchemaPlace& from);
  /// Whether members beside `$ref` say nothing, as the document's `$schema` has it.
  bool ignores_siblings(const JsonSource& source) const;

 private:
  tl::expected<SchemaPlace, std::string> add(std::string_view text);
  tl::expected<SchemaPlace, std::string> document(std::string_view uri, const SchemaPlace& from);
  void note_names(JsonSource& source, const JsonValue& value);
  static const JsonValue* follow(const JsonValue& from, std::string_view pointer);

  JsonProgram& program_;
  SchemaLimits limits_;
  const SchemaSource& others_;
  std::size_t bytes_ = 0;
  std::unordered_map<std::string, SchemaPlace> named_;  ///< By `$id`, or the URI it was asked for by.
  std::unordered_map<std::string, SchemaPlace> anchors_;
};

}  // namespace sluice::schema
