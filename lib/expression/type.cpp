// SPDX-License-Identifier: Apache-2.0
// The table of types: definitions come from the families' rows, instances are made on demand and kept. Everything
// that exists before the first compilation is made in one go; instances made later (List<List<string>>) are added
// under a lock, and their number is bounded.
#include "expression/type.hpp"

#include "expression/member.hpp"

#include "base/text.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <unordered_map>

namespace sluice::expression {
namespace {

/// Distinct constructed types in a process. Beyond, new ones are the error type.
constexpr std::size_t type_limit = 20'000;

struct Predefined {
  const char* display;
  const char* full;
  TypeKind kind;
};
constexpr Predefined predefined[] = {
    {"<error>", "<error>", TypeKind::error},
    {"void", "System.Void", TypeKind::void_type},
    {"<null>", "null", TypeKind::null},
    {"lambda", "lambda", TypeKind::lambda},
    {"object", "System.Object", TypeKind::object},
    {"bool", "System.Boolean", TypeKind::boolean},
    {"char", "System.Char", TypeKind::character},
    {"sbyte", "System.SByte", TypeKind::int8},
    {"byte", "System.Byte", TypeKind::uint8},
    {"short", "System.Int16", TypeKind::int16},
    {"ushort", "System.UInt16", TypeKind::uint16},
    {"int", "System.Int32", TypeKind::int32},
    {"uint", "System.UInt32", TypeKind::uint32},
    {"long", "System.Int64", TypeKind::int64},
    {"ulong", "System.UInt64", TypeKind::uint64},
    {"float", "System.Single", TypeKind::float32},
    {"double", "System.Double", TypeKind::float64},
    {"decimal", "System.Decimal", TypeKind::decimal},
    {"string", "System.String", TypeKind::string},
    {"DateTime", "System.DateTime", TypeKind::date_time},
    {"DateTimeOffset", "System.DateTimeOffset", TypeKind::date_time_offset},
    {"TimeSpan", "System.TimeSpan", TypeKind::time_span},
    {"Guid", "System.Guid", TypeKind::guid},
};

class TypeTable {
 public:
  TypeTable() {
    for (const Predefined& row : predefined) {
      Type* type = add(row.display, row.full, row.kind);
      TypeDefinition& definition = define(row.display, row.full, row.kind);
      type->definition = &definition;
      definition.pattern = type;
      kinds_[static_cast<std::size_t>(row.kind)] = type;
    }
    for (const Family* family : families()) {
      for (const TypeRow& row : family->types) declare(row);
      for (const EnumRow& row : family->enums) declare(row);
    }
    for (const Family* family : families()) {
      for (const TypeRow& row : family->types) link(row);
    }
    fill_core();
  }

  static TypeTable& instance() {
    static TypeTable table;
    return table;
  }

  const CoreTypes& core_types() const { return core_; }
  const Type* of_kind(TypeKind kind) const { return kinds_[static_cast<std::size_t>(kind)]; }

  const TypeDefinition* find(std::string_view name, std::size_t arguments) const {
    const auto found = by_name_.find(key(name, arguments));
    return found == by_name_.end() ? nullptr : found->second;
  }

  bool is_namespace(std::string_view name) const { return namespaces_.contains(std::string(name)); }

  const Type* instance_of(const TypeDefinition& definition, const std::vector<const Type*>& arguments) {
    if (definition.letters.empty() && arguments.empty() && definition.pattern != nullptr) return definition.pattern;
    std::string display(definition.name), full(definition.full);
    append_arguments(display, arguments, '<', '>', false);
    append_arguments(full, arguments, '[', ']', true);
    return intern(display, [&](Type& type) {
      type.full = full;
      type.kind = definition.kind;
      type.definition = &definition;
      type.arguments = arguments;
      if (definition.kind == TypeKind::function) split_function(type);
    });
  }

  const Type* array_of(const Type* element) {
    return intern(element->display + "[]", [&](Type& type) {
      type.full = element->full + "[]";
      type.kind = TypeKind::array;
      type.arguments = {element};
    });
  }

  const Type* nullable_of(const Type* element) {
    return intern(element->display + "?", [&](Type& type) {
      type.full = "System.Nullable`1[" + element->full + "]";
      type.kind = TypeKind::nullable;
      type.arguments = {element};
    });
  }

  const Type* parameter(char letter) {
    return intern(std::string(1, letter), [&](Type& type) {
      type.full = type.display;
      type.kind = TypeKind::parameter;
      type.letter = letter;
      type.open = true;
    });
  }

  const Type* anonymous(const std::vector<Field>& fields) {
    std::string display = "<anonymous>{";
    for (const Field& field : fields) display += field.type->display + " " + field.name + ";";
    return intern(display + "}", [&](Type& type) {
      type.full = "<anonymous>";
      type.kind = TypeKind::anonymous;
      type.fields = fields;
    });
  }

  /// Reads a type of a signature.
  const Type* read(std::string_view text) {
    text = trim(text);
    if (text.ends_with("[]")) return array_of(read(text.substr(0, text.size() - 2)));
    if (text.ends_with("?")) return nullable_of(read(text.substr(0, text.size() - 1)));
    if (text.size() == 1 && text[0] >= 'A' && text[0] <= 'Z') return parameter(text[0]);
    std::vector<const Type*> arguments;
    const std::size_t open = text.find('<');
    if (open != std::string_view::npos) {
      for (const std::string_view part : split_arguments(text.substr(open + 1, text.size() - open - 2))) {
        arguments.push_back(read(part));
      }
    }
    const TypeDefinition* definition = find(text.substr(0, open), arguments.size());
    return definition == nullptr ? core_.error : instance_of(*definition, arguments);
  }

  static std::vector<std::string_view> split_arguments(std::string_view text) {
    std::vector<std::string_view> parts;
    unsigned depth = 0;
    std::size_t start = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '<') ++depth;
      if (text[i] == '>') --depth;
      if (text[i] == ',' && depth == 0) {
        parts.push_back(text.substr(start, i - start));
        start = i + 1;
      }
    }
    parts.push_back(text.substr(start));
    return parts;
  }

 private:
  static std::string key(std::string_view name, std::size_t arguments) {
    return std::string(name) + "`" + std::to_string(arguments);
  }

  static void append_arguments(std::string& to, const std::vector<const Type*>& arguments, char open, char close,
                               bool full) {
    if (arguments.empty()) return;
    to += open;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      if (i != 0) to += full ? "," : ", ";
      to += full ? arguments[i]->full : arguments[i]->display;
    }
    to += close;
  }

  template <class Fill>
  const Type* intern(const std::string& display, Fill fill) {
    const std::lock_guard lock(mutex_);
    const auto found = types_.find(display);
    if (found != types_.end()) return found->second.get();
    if (types_.size() >= type_limit) return core_.error;
    auto type = std::make_unique<Type>();
    type->display = display;
    fill(*type);
    type->name = type->full;
    for (const Type* argument : type->arguments) type->open = type->open || argument->open;
    if (type->result != nullptr) type->open = type->open || type->result->open;
    return types_.emplace(display, std::move(type)).first->second.get();
  }

  Type* add(std::string_view display, std::string_view full, TypeKind kind) {
    auto type = std::make_unique<Type>();
    type->display = display;
    type->full = full;
    type->name = type->full;
    type->kind = kind;
    return types_.emplace(std::string(display), std::move(type)).first->second.get();
  }

  TypeDefinition& define(std::string_view name, std::string_view full, TypeKind kind) {
    definitions_.push_back(std::make_unique<TypeDefinition>());
    TypeDefinition& definition = *definitions_.back();
    definition.kind = kind;
    const std::size_t open = name.find('<');
    definition.name = name.substr(0, open);
    definition.full = full;
    if (open != std::string_view::npos) {
      for (const char c : name.substr(open)) {
        if (c >= 'A' && c <= 'Z') definition.letters += c;
      }
    }
    const std::size_t count = definition.letters.size();
    const std::string_view plain = full.substr(0, full.find('`'));
    by_name_.emplace(key(definition.name, count), &definition);
    by_name_.emplace(key(plain, count), &definition);
    for (std::size_t dot = plain.find('.'); dot != std::string_view::npos; dot = plain.find('.', dot + 1)) {
      namespaces_.emplace(std::string(plain.substr(0, dot)), true);
    }
    // `Int32` beside `int`, `String` beside `string`.
    by_name_.emplace(key(plain.substr(plain.rfind('.') + 1), count), &definition);
    return definition;
  }

  void declare(const TypeRow& row) {
    const std::string_view base = row.name.substr(0, row.name.find('<'));
    // A predefined type may have a row that only gives its interfaces.
    const TypeDefinition* known = find(base, 0);
    TypeDefinition* definition = known != nullptr && row.name == base ? const_cast<TypeDefinition*>(known) : nullptr;
    if (definition != nullptr) return;
    definition = &define(row.name, row.full, row.kind);
    if (definition->letters.empty()) {
      Type* type = add(row.name, row.full, row.kind);
      type->definition = definition;
      definition->pattern = type;
      if (row.kind == TypeKind::function) split_function(*type);
    }
  }

  void declare(const EnumRow& row) {
    TypeDefinition& definition = define(row.name, row.full, TypeKind::enumeration);
    definition.flags = row.flags;
    for (const std::string_view word : split_words(row.values)) {
      const std::size_t equal = word.find('=');
      definition.values.push_back(
          {word.substr(0, equal), static_cast<std::int32_t>(parse_integer(word.substr(equal + 1)).value_or(0))});
    }
    Type* type = add(row.name, row.full, TypeKind::enumeration);
    type->definition = &definition;
    definition.pattern = type;
  }

  void link(const TypeRow& row) {
    const std::string_view base = row.name.substr(0, row.name.find('<'));
    std::size_t count = 0;
    for (const char c : row.name.substr(base.size())) count += c >= 'A' && c <= 'Z';
    auto* definition = const_cast<TypeDefinition*>(find(base, count));
    if (definition->pattern == nullptr) {
      std::vector<const Type*> arguments;
      for (const char letter : definition->letters) arguments.push_back(parameter(letter));
      definition->pattern = instance_of(*definition, arguments);
    }
    for (std::string_view rest = row.supers; !rest.empty();) {
      const std::size_t end = rest.find(';');
      definition->supers.push_back(read(rest.substr(0, end)));
      rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    }
  }

  /// Func<A, B, R> has its result last; Predicate<T> and Comparison<T> have fixed ones; Action has none.
  void split_function(Type& type) {
    const std::string_view name = type.definition->name;
    if (name == "Func") {
      type.result = type.arguments.back();
    } else if (name == "Predicate") {
      type.result = of_kind(TypeKind::boolean);
    } else if (name == "Comparison") {
      type.result = of_kind(TypeKind::int32);
    } else if (name == "MatchEvaluator") {
      type.result = of_kind(TypeKind::string);
    }
  }

  void fill_core() {
    const auto kind = [&](TypeKind wanted) { return of_kind(wanted); };
    core_ = {kind(TypeKind::error),
             kind(TypeKind::void_type),
             kind(TypeKind::null),
             kind(TypeKind::lambda),
             kind(TypeKind::object),
             kind(TypeKind::boolean),
             kind(TypeKind::character),
             kind(TypeKind::int8),
             kind(TypeKind::uint8),
             kind(TypeKind::int16),
             kind(TypeKind::uint16),
             kind(TypeKind::int32),
             kind(TypeKind::uint32),
             kind(TypeKind::int64),
             kind(TypeKind::uint64),
             kind(TypeKind::float32),
             kind(TypeKind::float64),
             kind(TypeKind::decimal),
             kind(TypeKind::string),
             kind(TypeKind::date_time),
             kind(TypeKind::date_time_offset),
             kind(TypeKind::time_span),
             kind(TypeKind::guid),
             read("string[]"),
             read("object[]"),
             read("byte[]"),
             read("char[]"),
             read("Type"),
             read("Exception"),
             read("JToken"),
             read("JObject"),
             read("JArray"),
             read("JValue"),
             read("JProperty")};
  }

  std::mutex mutex_;
  std::unordered_map<std::string, std::unique_ptr<Type>> types_;
  std::vector<std::unique_ptr<TypeDefinition>> definitions_;
  std::unordered_map<std::string, const TypeDefinition*> by_name_;
  std::map<std::string, bool> namespaces_;
  const Type* kinds_[64] = {};
  CoreTypes core_{};
};

TypeTable& table() { return TypeTable::instance(); }

bool is_reference(const Type* type) { return !type->is_value() && type->kind != TypeKind::parameter; }

/// Interfaces whose type arguments may be wider (IEnumerable<string> is an IEnumerable<object>).
bool is_covariant(const TypeDefinition* definition) {
  return definition->name == "IEnumerable" || definition->name == "IReadOnlyList" ||
         definition->name == "IReadOnlyCollection" || definition->name == "IGrouping" ||
         definition->name == "IOrderedEnumerable";
}

bool same_or_covariant(const Type* from, const Type* to) {
  if (from == to) return true;
  if (from->definition != to->definition || from->definition == nullptr || !is_covariant(from->definition))
    return false;
  for (std::size_t i = 0; i < from->arguments.size(); ++i) {
    const Type* left = from->arguments[i];
    const Type* right = to->arguments[i];
    if (left != right && !(is_reference(left) && is_a(left, right))) return false;
  }
  return true;
}

/// Calls `visit(super)` for the type and everything it derives from, until it answers true.
template <class Visit>
bool any_super(const Type* type, const Visit& visit, unsigned depth = 0) {
  if (visit(type)) return true;
  if (depth > 16) return false;
  if (type->kind == TypeKind::array) {
    static const TypeDefinition* list = find_type("IList", 1);
    static const TypeDefinition* read_only = find_type("IReadOnlyList", 1);
    static const TypeDefinition* array = find_type("Array", 0);
    return any_super(instance_of(*list, type->arguments), visit, depth + 1) ||
           any_super(instance_of(*read_only, type->arguments), visit, depth + 1) || visit(array->pattern);
  }
  if (type->definition == nullptr) return false;
  Bindings bindings;
  for (std::size_t i = 0; i < type->definition->letters.size() && i < type->arguments.size(); ++i) {
    bindings[type->definition->letters[i]] = type->arguments[i];
  }
  for (const Type* super : type->definition->supers) {
    if (any_super(substitute(super, bindings), visit, depth + 1)) return true;
  }
  return false;
}

}  // namespace

const CoreTypes& core() { return table().core_types(); }
const Type* array_of(const Type* element) { return element->is_error() ? element : table().array_of(element); }
const Type* nullable_of(const Type* type) {
  return type->kind == TypeKind::nullable || type->is_error() ? type : table().nullable_of(type);
}
const Type* without_nullable(const Type* type) { return type->kind == TypeKind::nullable ? type->arguments[0] : type; }
const Type* anonymous_of(const std::vector<Field>& fields) { return table().anonymous(fields); }
const Type* instance_of(const TypeDefinition& definition, const std::vector<const Type*>& arguments) {
  return table().instance_of(definition, arguments);
}
const TypeDefinition* find_type(std::string_view name, std::size_t arguments) { return table().find(name, arguments); }
bool is_namespace(std::string_view name) { return table().is_namespace(name); }
const Type* read_type(std::string_view text) { return table().read(text); }

const Type* function_of(const std::vector<const Type*>& parameters, const Type* result) {
  std::vector<const Type*> arguments = parameters;
  const bool is_void = result == nullptr || result->kind == TypeKind::void_type;
  if (!is_void) arguments.push_back(result);
  const TypeDefinition* definition = find_type(is_void ? "Action" : "Func", arguments.size());
  return definition == nullptr ? core().error : instance_of(*definition, arguments);
}

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

const Type* type_of(const Value& value) {
  static constexpr TypeKind kinds[] = {
      TypeKind::null,      TypeKind::boolean,          TypeKind::character, TypeKind::int8,    TypeKind::uint8,
      TypeKind::int16,     TypeKind::uint16,           TypeKind::int32,     TypeKind::uint32,  TypeKind::int64,
      TypeKind::uint64,    TypeKind::float32,          TypeKind::float64,   TypeKind::decimal, TypeKind::string,
      TypeKind::date_time, TypeKind::date_time_offset, TypeKind::time_span, TypeKind::guid};
  if (value.kind() == ValueKind::enumeration) return static_cast<const Type*>(&value.enum_type());
  if (value.kind() == ValueKind::object) return static_cast<const Type*>(value.as_object()->type);
  return table().of_kind(kinds[static_cast<std::size_t>(value.kind())]);
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
  return any_super(from, [&](const Type* super) { return same_or_covariant(super, to); });
}

const Type* as_instance(const Type* type, const TypeDefinition* definition) {
  const Type* found = nullptr;
  any_super(type, [&](const Type* super) {
    if (super->definition != definition) return false;
    found = super;
    return true;
  });
  return found;
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

bool value_is(const Value& value, const Type* type) {
  if (value.is_null()) return false;
  if (type->kind == TypeKind::nullable) type = type->arguments[0];
  return is_a(type_of(value), type);
}

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
  return Value();
}

}  // namespace sluice::expression
