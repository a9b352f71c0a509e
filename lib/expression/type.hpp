// SPDX-License-Identifier: Apache-2.0
// Static types. Every type is made once and compared by address; it is also what values carry as their run-time type.
#pragma once

#include "expression/once.hpp"

#include <sluice/value.hpp>

#include <atomic>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::expression {

enum class TypeKind : std::uint8_t {
  error,  ///< Something that was reported already; takes part in everything without further findings.
  void_type,
  null,    ///< The literal `null`.
  lambda,  ///< A lambda or method group before it has found its delegate type.
  object,
  boolean,
  character,
  int8,
  uint8,
  int16,
  uint16,
  int32,
  uint32,
  int64,
  uint64,
  float32,
  float64,
  decimal,
  string,
  date_time,
  date_time_offset,
  time_span,
  guid,
  enumeration,
  nullable,   ///< arguments[0]
  array,      ///< arguments[0]
  function,   ///< Func, Action, Predicate…: arguments = parameters, `result`.
  anonymous,  ///< Named fields.
  value,      ///< Other structs that live on the heap here (KeyValuePair); never null.
  reference,
  static_class,
  parameter  ///< T in a signature; `letter`.
};

struct TypeDefinition;
struct Member;

/// The rows that values of a type are handled by when no call names them; null where there is none.
struct ImplicitMembers {
  const Member* items = nullptr;  ///< `$items`: what `foreach` sees.
  const Member* text = nullptr;   ///< `ToString()`
};

/// A field of an anonymous type.
struct Field;

/// KeyValuePair, Tuple, grouping: fixed fields. Anonymous objects too.
struct FieldsObject : Object {
  Value* fields;
  std::uint32_t count;
};
/// `default(T)` of a struct with fields.
struct BlankFields : FieldsObject {
  std::vector<Value> held;
};

/// Which of the tokens of a JSON tree a type's objects are.
enum class TokenRole : std::uint8_t { none, value, property, array, object };

/// A type; `name` (of ObjectType) is its full .NET name.
struct Type : ObjectType {
  TypeKind kind = TypeKind::error;
  TokenRole json = TokenRole::none;
  char letter = 0;
  std::string display;  ///< As C# writes it: `List<string>`.
  std::string full;
  const TypeDefinition* definition = nullptr;
  std::vector<const Type*> arguments;
  const Type* result = nullptr;           ///< Of functions; null for Action.
  std::vector<Field> fields;              ///< Of anonymous types, and of tuples whose items have names.
  bool open = false;                      ///< Contains a type parameter.
  Once<std::vector<const Type*>> supers;  ///< See `supers_of`.
  Once<ImplicitMembers> implicit;
  Once<BlankFields> blank;  ///< Of structs.

  bool is_integer() const { return kind >= TypeKind::int8 && kind <= TypeKind::uint64; }
  bool is_numeric() const { return (kind >= TypeKind::character && kind <= TypeKind::decimal); }
  bool is_error() const { return kind == TypeKind::error; }
  bool is_value() const {
    return (kind >= TypeKind::boolean && kind <= TypeKind::decimal) ||
           (kind >= TypeKind::date_time && kind <= TypeKind::enumeration) || kind == TypeKind::nullable ||
           kind == TypeKind::value;
  }
  /// `(int, string)`; the class Tuple is another matter.
  bool is_tuple() const;
  /// Values of it may be null.
  bool nullable() const { return !is_value() || kind == TypeKind::nullable; }
};

struct Field {
  std::string name;
  const Type* type;
};

/// A row that declares a type for expressions.
struct TypeRow {
  std::string_view name;  ///< `List<T>`
  std::string_view full;  ///< ``System.Collections.Generic.List`1``
  TypeKind kind = TypeKind::reference;
  std::string_view supers = {};   ///< Bases and interfaces: `IList<T>;IReadOnlyList<T>`
  bool compared_by_text = false;  ///< Objects are TextObjects, equal when their texts are.
};

/// A row that declares an enum.
struct EnumRow {
  std::string_view name;
  std::string_view full;
  std::string_view values;  ///< `None=0 IgnoreCase=1`
  bool flags = false;
};

struct EnumValue {
  std::string_view name;
  std::int32_t value;
};

/// How the elements of a type's values are stored; `by_row`: its `$items` row tells.
enum class Layout : std::uint8_t { by_row, array, list, stack, dictionary, sequence };

/// What rows say of a type before its arguments are known.
struct TypeDefinition {
  std::string_view name;  ///< Without type parameters: `List`.
  std::string_view full;
  TypeKind kind = TypeKind::reference;
  std::string letters;              ///< Its type parameters: `KV`.
  std::vector<const Type*> supers;  ///< Open types.
  const Type* pattern = nullptr;    ///< The type over its own parameters.
  std::vector<EnumValue> values;
  bool flags = false;
  bool compared_by_text = false;
  Layout layout = Layout::by_row;
  bool covariant = false;  ///< Its arguments may be wider: IEnumerable<string> is an IEnumerable<object>.
  bool tuple = false;      ///< ValueTuple.
};

inline bool Type::is_tuple() const { return kind == TypeKind::value && definition->tuple; }

/// Types for the letters of a signature.
struct Bindings {
  const Type* of[26] = {};
  const Type*& operator[](char letter) { return of[letter - 'A']; }
  const Type* operator[](char letter) const { return of[letter - 'A']; }
};

/// The types that the checker itself speaks of.
struct CoreTypes {
  const Type *error, *void_type, *null, *lambda, *object, *boolean, *character, *int8, *uint8, *int16, *uint16, *int32,
      *uint32, *int64, *uint64, *float32, *float64, *decimal, *string, *date_time, *date_time_offset, *time_span, *guid,
      *string_array, *object_array, *byte_array, *char_array, *type, *exception, *json_token, *json_object, *json_array,
      *json_value, *json_property;
};
/// Reads the tables the first time.
const CoreTypes& load_core();
inline std::atomic<const CoreTypes*> known_core{nullptr};
inline const CoreTypes& core() {
  const CoreTypes* known = known_core.load(std::memory_order_acquire);
  return known != nullptr ? *known : load_core();
}

const Type* array_of(const Type* element);
const Type* nullable_of(const Type* type);
/// `int` for `int?`, the type itself for others.
const Type* without_nullable(const Type* type);
const Type* function_of(const std::vector<const Type*>& parameters, const Type* result);
const Type* anonymous_of(const std::vector<Field>& fields);
/// `(int, string)`, or `(int a, string b)`: the same type for values, with names for the checker. Null: too many items.
const Type* tuple_of(const std::vector<Field>& items);
/// The tuple without the names of its items; other types as they are.
const Type* without_names(const Type* type);
/// `definition` over `arguments`.
const Type* instance_of(const TypeDefinition& definition, std::span<const Type* const> arguments);
const Type* instance_of(const TypeDefinition& definition, std::initializer_list<const Type*> arguments);
/// The predefined type of a value's kind; for objects the type it carries.
const Type* type_of(const Value& value);
/// The type of a literal name, alias or full name with that many type arguments; null when unknown.
const TypeDefinition* find_type(std::string_view name, std::size_t arguments);
/// Whether a dotted name is the beginning of a known full name.
bool is_namespace(std::string_view name);
/// Reads a type of a signature: `Func<T,bool>`. The text must be right: it stands in our tables.
const Type* read_type(std::string_view text);
const Type* substitute(const Type* type, const Bindings& bindings);

/// The type itself, then everything it derives from, nearest first.
const std::vector<const Type*>& supers_of(const Type* type);
/// Identity, reference and boxing conversions: whether a value of `from` is a value of `to` as it stands.
bool is_a(const Type* from, const Type* to);
/// The instance of `definition` that `type` is or derives from; null when none.
const Type* as_instance(const Type* type, const TypeDefinition* definition);
/// Binds the letters of `pattern` so that `type` converts to it; false when the shapes differ.
bool unify(const Type* pattern, const Type* type, Bindings& bindings);
/// What `foreach` gives; null when `type` is no sequence.
const Type* element_of(const Type* type);
/// Implicit numeric conversion between predefined types.
bool widens(TypeKind from, TypeKind to);
/// Whether a value is of the type at run time; null is of none.
bool value_is_by_supers(const Value& value, const Type* type);
inline bool value_is(const Value& value, const Type* type) {
  if (value.kind() == ValueKind::object && value.as_object()->type == type) return true;
  // From bool to Guid the kinds of values and of types go in step.
  constexpr unsigned step = static_cast<unsigned>(TypeKind::boolean) - static_cast<unsigned>(ValueKind::boolean);
  static_assert(static_cast<unsigned>(TypeKind::guid) - static_cast<unsigned>(ValueKind::guid) == step);
  const bool plain = value.kind() >= ValueKind::boolean && value.kind() <= ValueKind::guid;
  if (plain && type->kind >= TypeKind::boolean && type->kind <= TypeKind::guid)
    return static_cast<unsigned>(value.kind()) + step == static_cast<unsigned>(type->kind);
  return value_is_by_supers(value, type);
}
ValueKind value_kind(TypeKind kind);
/// `default(T)`.
Value default_value(const Type* type);

}  // namespace sluice::expression
