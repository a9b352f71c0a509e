// SPDX-License-Identifier: Apache-2.0
// The form in which values outlive their request: a byte for the version, then values, each with a byte for its form.
// See base/byte_record.hpp for numbers and texts.
#pragma once

#include "expression/library/json.hpp"
#include "expression/objects.hpp"
#include "expression/xml_tree.hpp"

#include "base/byte_record.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace sluice::expression {

inline constexpr char stored_version = 1;

enum class Form : std::uint8_t {
  null,
  scalar,  ///< Kind, `extra`, 64 bits.
  string,
  decimal,
  guid,
  enumeration,  ///< Type, value.
  bytes,
  json,        ///< A token: see JsonForm.
  xml,         ///< Whether it is a document; its text.
  array,       ///< Type, items.
  list,        ///< Type, items; queues and stacks too.
  dictionary,  ///< Type, whether case counts, entries; sets too.
  fields       ///< Type, items: pairs and tuples.
};
enum class JsonForm : std::uint8_t { scalar, property, array, object };
enum class TypeForm : std::uint8_t { named, array, nullable };

/// How deep types stand inside types: `Dictionary<string, List<int[]>>` is four.
inline constexpr unsigned stored_type_depth = 16;

class StoredValueWriter {
 public:
  StoredValueWriter(Evaluation& run, const Limits& limits) : run_(run), limits_(limits) {}
  Result<std::string> write(const Value& value);

 private:
  bool put(const Value& value, unsigned depth);
  bool put_object(const Value& value, unsigned depth);
  bool put_collection(const Value& value, const Type* type, unsigned depth);
  bool put_items(Form form, const Type* type, const Value* items, std::uint32_t count, unsigned depth);
  bool put_dictionary(const DictionaryObject& dictionary, const Type* type, unsigned depth);
  bool put_token(const JsonToken* token, unsigned depth);
  bool put_container(const JsonContainer& container, unsigned depth);
  bool put_xml(const XmlNode& node);
  bool put_type(const Type* type, unsigned depth = 0);
  void put_scalar(const Value& value);
  /// False, with the reason kept.
  bool refuse(std::string why);

  Evaluation& run_;
  const Limits& limits_;
  std::string bytes_;
  std::string refusal_;
};

class StoredValueReader {
 public:
  StoredValueReader(Evaluation& run, std::string_view bytes, unsigned most_depth)
      : run_(run), record_(bytes), most_depth_(most_depth) {}
  std::optional<Value> read();

 private:
  std::optional<Value> value(unsigned depth);
  std::optional<Value> scalar();
  std::optional<Value> enumeration();
  std::optional<Value> items(Form form, unsigned depth);
  std::optional<Value> collect(Form form, const Type* type, Value* items, std::uint32_t count);
  std::optional<Value> dictionary(unsigned depth);
  std::optional<Value> xml();
  JsonToken* token(unsigned depth);
  JsonToken* container(bool is_object, unsigned depth);
  const Type* type(unsigned depth = 0);
  /// A number of things that follow, each at least a byte.
  std::optional<std::uint32_t> count();

  Evaluation& run_;
  RecordReader record_;
  unsigned most_depth_;
};

}  // namespace sluice::expression
