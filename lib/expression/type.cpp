// SPDX-License-Identifier: Apache-2.0
// How types relate: what derives from what, what converts to what, what a sequence holds.
#include "expression/type.hpp"

#include <algorithm>

namespace sluice::expression {
namespace {

bool is_reference(const Type* type) { return !type->is_value() && type->kind != TypeKind::parameter; }

bool same_or_covariant(const Type* from, const Type* to) {
  if (from == to) return true;
  if (from->definition != to->definition) return false;
  for (std::size_t i = 0; i < from->arguments.size(); ++i) {
    const Type* left = from->arguments[i];
    const Type* right = to->arguments[i];
    if (left != right && !(is_reference(left) && is_a(left, right))) return false;
  }
  return true;
}

constexpr unsigned most_super_levels = 16;

void collect_supers(const Type* type, std::vector<const Type*>& to, unsigned depth) {
  if (std::find(to.begin(), to.end(), type) != to.end()) return;
  to.push_back(type);
  if (depth > most_super_levels) return;
  if (type->kind == TypeKind::array) {
    static const TypeDefinition* list = find_type("IList", 1);
    static const TypeDefinition* read_only = find_type("IReadOnlyList", 1);
    static const TypeDefinition* array = find_type("Array", 0);
    collect_supers(instance_of(*list, type->arguments), to, depth + 1);
    collect_supers(instance_of(*read_only, type->arguments), to, depth + 1);
    collect_supers(array->pattern, to, depth + 1);
    return;
  }
  if (type->definition == nullptr) return;
  Bindings bindings;
  for (std::size_t i = 0; i < type->definition->letters.size() && i < type->arguments.size(); ++i) {
    bindings[type->definition->letters[i]] = type->arguments[i];
  }
  for (const Type* super : type->definition->supers) collect_supers(substitute(super, bindings), to, depth + 1);
}

}  // namespace

ValueKind value_kind(TypeKind kind) {
  switch (kind) {
    case TypeKind::boolean: return ValueKind::boolean;
    case TypeKind::character: return ValueKind::character;
    case TypeKind::int8: return ValueKind::int8;
    case TypeKind::uint8: return ValueKind::uint8;
    case TypeKind::int16: return ValueKind::int16;
    case TypeKind::uint16: return ValueKind::uint16;
    case TypeKind::int32: return ValueKind::int32;
    case TypeKind::uint32: return ValueKind::uint32;
    case TypeKind::int64: return ValueKind::int64;
    case TypeKind::uint64: return ValueKind::uint64;
    case TypeKind::float32: return ValueKind::float32;
    case TypeKind::float64: return ValueKind::float64;
    case TypeKind::decimal: return ValueKind::decimal;
    case TypeKind::string: return ValueKind::string;
    case TypeKind::date_time: return ValueKind::date_time;
    case TypeKind::date_time_offset: return ValueKind::date_time_offset;
    case TypeKind::time_span: return ValueKind::time_span;
    case TypeKind::guid: return ValueKind::guid;
    case TypeKind::enumeration: return ValueKind::enumeration;
    default: return ValueKind::object;
  }
}

const Type* substitute(const Type* type, const Bindings& bindings) {
  if (type == nullptr || !type->open) return type;
  if (type->kind == TypeKind::parameter) {
    const Type* bound = bindings[type->letter];
    return bound == nullptr ? type : bound;
  }
  std::vector<const Type*> arguments;
  for (const Type* argument : type->arguments) arguments.push_back(substitute(argument, bindings));
  if (type->kind == TypeKind::array) return array_of(arguments[0]);
  if (type->kind == TypeKind::nullable)
    return arguments[0]->is_value() || arguments[0]->open ? nullable_of(arguments[0]) : arguments[0];
  if (type->is_tuple() && !type->fields.empty()) {
    std::vector<Field> items = type->fields;
    for (std::size_t i = 0; i < items.size(); ++i) items[i].type = arguments[i];
    return tuple_of(items);
  }
  return instance_of(*type->definition, arguments);
}

bool is_a(const Type* from, const Type* to) {
  if (from == to || from->is_error() || to->is_error()) return true;
  if (from->kind == TypeKind::void_type || from->kind == TypeKind::lambda) return false;
  if (to->kind == TypeKind::object) return true;
  if (from->kind == TypeKind::null) return to->nullable();
  if (to->kind == TypeKind::nullable || from->kind == TypeKind::nullable) {
    return from->kind != TypeKind::nullable ? false : is_a(from->arguments[0], to) && !to->is_value();
  }
  if (from->kind == TypeKind::array && to->kind == TypeKind::array) {
    return is_reference(from->arguments[0]) && is_a(from->arguments[0], to->arguments[0]);
  }
  if (to->is_tuple() && from->is_tuple()) return without_names(from) == without_names(to);
  if (to->is_value()) return false;  // Nothing derives from a struct.
  const auto& supers = supers_of(from);
  if (to->definition == nullptr || !to->definition->covariant)
    return std::find(supers.begin(), supers.end(), to) != supers.end();
  return std::any_of(supers.begin(), supers.end(), [&](const Type* super) { return same_or_covariant(super, to); });
}

const std::vector<const Type*>& supers_of(const Type* type) {
  return type->supers.get([&] {
    std::vector<const Type*> supers;
    collect_supers(type, supers, 0);
    return supers;
  });
}

const Type* as_instance(const Type* type, const TypeDefinition* definition) {
  for (const Type* super : supers_of(type)) {
    if (super->definition == definition) return super;
  }
  return nullptr;
}

bool unify(const Type* pattern, const Type* type, Bindings& bindings) {
  if (!pattern->open) return true;  // Conversions are checked later.
  if (type->is_error()) return true;
  if (pattern->kind == TypeKind::parameter) {
    if (type->kind == TypeKind::null || type->kind == TypeKind::lambda) return true;
    const Type*& bound = bindings[pattern->letter];
    if (bound == nullptr || is_a(bound, type) || widens(bound->kind, type->kind)) bound = type;
    return true;
  }
  if (type->kind == TypeKind::null) return true;
  if (pattern->kind == TypeKind::array) {
    return type->kind == TypeKind::array && unify(pattern->arguments[0], type->arguments[0], bindings);
  }
  if (pattern->kind == TypeKind::nullable) {
    if (!type->is_value()) return false;
    return unify(pattern->arguments[0], without_nullable(type), bindings);
  }
  const Type* instance = as_instance(type, pattern->definition);
  if (instance == nullptr) return false;
  for (std::size_t i = 0; i < pattern->arguments.size(); ++i) {
    if (!unify(pattern->arguments[i], instance->arguments[i], bindings)) return false;
  }
  return true;
}

const Type* element_of(const Type* type) {
  if (type->kind == TypeKind::array) return type->arguments[0];
  if (type->kind == TypeKind::string) return core().character;
  static const TypeDefinition* sequence = find_type("IEnumerable", 1);
  const Type* instance = as_instance(type, sequence);
  if (instance != nullptr) return instance->arguments[0];
  static const TypeDefinition* untyped = find_type("IEnumerable", 0);
  return untyped != nullptr && as_instance(type, untyped) != nullptr ? core().object : nullptr;
}

bool widens(TypeKind from, TypeKind to) {
  using K = TypeKind;
  if (from == to) return false;
  if (from < K::character || from > K::decimal || to < K::int8 || to > K::decimal) return false;
  switch (from) {
    case K::character: return to == K::uint16 || (to >= K::int32 && to <= K::decimal);
    case K::int8: return to == K::int16 || to == K::int32 || to == K::int64 || to >= K::float32;
    case K::uint8: return to >= K::int16;
    case K::int16: return to == K::int32 || to == K::int64 || to >= K::float32;
    case K::uint16: return to >= K::int32;
    case K::int32: return to == K::int64 || to >= K::float32;
    case K::uint32: return to >= K::int64;
    case K::int64:
    case K::uint64: return to >= K::float32;
    case K::float32: return to == K::float64;
    default: return false;
  }
}

bool value_is_by_supers(const Value& value, const Type* type) {
  if (value.is_null()) return false;
  if (type->kind == TypeKind::nullable) type = type->arguments[0];
  return is_a(type_of(value), type);
}

namespace {
/// The fields of a struct are of the types of its arguments.
const BlankFields& blank_of(const Type* type) {
  return type->blank.get([&] {
    BlankFields made;
    made.type = without_names(type);
    for (const Type* argument : type->arguments) made.held.push_back(default_value(argument));
    made.fields = made.held.data();  // A vector that is moved keeps its elements where they are.
    made.count = static_cast<std::uint32_t>(made.held.size());
    return made;
  });
}
}  // namespace

Value default_value(const Type* type) {
  switch (type->kind) {
    case TypeKind::boolean: return Value::boolean(false);
    case TypeKind::float32: return Value::float32(0);
    case TypeKind::float64: return Value::float64(0);
    case TypeKind::enumeration: return Value::enumeration(*type, 0);
    case TypeKind::decimal: {
      alignas(16) static constexpr std::uint8_t zero[16] = {};
      return Value::pointer(ValueKind::decimal, zero);
    }
    case TypeKind::guid: {
      static constexpr std::uint8_t zero[16] = {};
      return Value::pointer(ValueKind::guid, zero);
    }
    default: break;
  }
  if (type->kind >= TypeKind::character && type->kind <= TypeKind::uint64)
    return Value::integer(value_kind(type->kind), 0);
  if (type->kind == TypeKind::date_time) return Value::date_time(0, 0);
  if (type->kind == TypeKind::date_time_offset) return Value::date_time_offset(0, 0);
  if (type->kind == TypeKind::time_span) return Value::integer(ValueKind::time_span, 0);
  if (type->kind == TypeKind::value) return Value::object(&blank_of(type));
  return Value();
}

}  // namespace sluice::expression
