// SPDX-License-Identifier: Apache-2.0
// The table of types: definitions come from the families' rows, instances are made on demand and kept. Everything
// that exists before the first compilation is made in one go; instances made later (List<List<string>>) are added
// under a lock, and their number is bounded.
#include "expression/type.hpp"

#include "expression/entity.hpp"
#include "expression/member.hpp"

#include "base/text.hpp"

#include <array>
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
  const char* supers = "";
};
constexpr Predefined predefined[] = {
    {"<error>", "<error>", TypeKind::error},
    {"void", "System.Void", TypeKind::void_type},
    {"<null>", "null", TypeKind::null},
    {"lambda", "lambda", TypeKind::lambda},
    {"object", "System.Object", TypeKind::object},
    {"bool", "System.Boolean", TypeKind::boolean, "IComparable;IComparable<bool>;IEquatable<bool>"},
    {"char", "System.Char", TypeKind::character, "IComparable;IComparable<char>;IEquatable<char>"},
    {"sbyte", "System.SByte", TypeKind::int8, "IComparable;IComparable<sbyte>;IEquatable<sbyte>;IFormattable"},
    {"byte", "System.Byte", TypeKind::uint8, "IComparable;IComparable<byte>;IEquatable<byte>;IFormattable"},
    {"short", "System.Int16", TypeKind::int16, "IComparable;IComparable<short>;IEquatable<short>;IFormattable"},
    {"ushort", "System.UInt16", TypeKind::uint16, "IComparable;IComparable<ushort>;IEquatable<ushort>;IFormattable"},
    {"int", "System.Int32", TypeKind::int32, "IComparable;IComparable<int>;IEquatable<int>;IFormattable"},
    {"uint", "System.UInt32", TypeKind::uint32, "IComparable;IComparable<uint>;IEquatable<uint>;IFormattable"},
    {"long", "System.Int64", TypeKind::int64, "IComparable;IComparable<long>;IEquatable<long>;IFormattable"},
    {"ulong", "System.UInt64", TypeKind::uint64, "IComparable;IComparable<ulong>;IEquatable<ulong>;IFormattable"},
    {"float", "System.Single", TypeKind::float32, "IComparable;IComparable<float>;IEquatable<float>;IFormattable"},
    {"double", "System.Double", TypeKind::float64, "IComparable;IComparable<double>;IEquatable<double>;IFormattable"},
    {"decimal", "System.Decimal", TypeKind::decimal,
     "IComparable;IComparable<decimal>;IEquatable<decimal>;IFormattable"},
    {"string", "System.String", TypeKind::string,
     "IComparable;IComparable<string>;IEquatable<string>;IEnumerable<char>"},
    {"DateTime", "System.DateTime", TypeKind::date_time,
     "IComparable;IComparable<DateTime>;IEquatable<DateTime>;IFormattable"},
    {"DateTimeOffset", "System.DateTimeOffset", TypeKind::date_time_offset,
     "IComparable;IComparable<DateTimeOffset>;IEquatable<DateTimeOffset>;IFormattable"},
    {"TimeSpan", "System.TimeSpan", TypeKind::time_span,
     "IComparable;IComparable<TimeSpan>;IEquatable<TimeSpan>;IFormattable"},
    {"Guid", "System.Guid", TypeKind::guid, "IComparable;IComparable<Guid>;IEquatable<Guid>;IFormattable"},
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
    for (const Predefined& row : predefined) {
      const std::string_view supers = row.supers;
      if (!supers.empty()) add_supers(*const_cast<TypeDefinition*>(find(row.display, 0)), supers);
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

  const Type* instance_of(const TypeDefinition& definition, std::span<const Type* const> arguments) {
    if (definition.letters.empty() && arguments.empty() && definition.pattern != nullptr) return definition.pattern;
    std::string display, full(definition.full);
    if (!definition.tuple) display = definition.name;
    append_arguments(display, arguments, definition.tuple ? '(' : '<', definition.tuple ? ')' : '>', false);
    append_arguments(full, arguments, '[', ']', true);
    return intern(display, [&](Type& type) {
      type.full = full;
      type.kind = definition.kind;
      type.definition = &definition;
      type.arguments.assign(arguments.begin(), arguments.end());
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

  const Type* tuple(const std::vector<Field>& items) {
    std::vector<const Type*> arguments;
    bool named = false;
    std::string display = "(";
    for (const Field& item : items) {
      arguments.push_back(item.type);
      named = named || !item.name.empty();
      if (display.size() > 1) display += ", ";
      display += item.type->display;
      if (!item.name.empty()) display += " " + item.name;
    }
    const TypeDefinition* definition = find("ValueTuple", items.size());
    if (definition == nullptr) return nullptr;
    const Type* plain = instance_of(*definition, arguments);
    if (!named) return plain;
    return intern(display + ")", [&](Type& type) {
      type.full = plain->full;
      type.kind = TypeKind::value;
      type.definition = definition;
      type.arguments = plain->arguments;
      type.fields = items;
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

  static void append_arguments(std::string& to, std::span<const Type* const> arguments, char open, char close,
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

  static Layout layout_of(std::string_view name, bool generic) {
    if (!generic) return Layout::by_row;
    if (name == "List" || name == "Queue") return Layout::list;
    if (name == "Stack") return Layout::stack;
    if (name == "Dictionary" || name == "HashSet") return Layout::dictionary;
    return name == "IEnumerable" || name == "IOrderedEnumerable" ? Layout::sequence : Layout::by_row;
  }

  TypeDefinition& define(std::string_view name, std::string_view full, TypeKind kind) {
    definitions_.push_back(std::make_unique<TypeDefinition>());
    TypeDefinition& definition = *definitions_.back();
    definition.kind = kind;
    const std::size_t open = name.find('<');
    definition.name = name.substr(0, open);
    definition.full = full;
    definition.tuple = definition.name == "ValueTuple" && kind == TypeKind::value;
    definition.layout = layout_of(definition.name, name.find('<') != std::string_view::npos);
    for (const std::string_view interface :
         {"IEnumerable", "IReadOnlyList", "IReadOnlyCollection", "IGrouping", "IOrderedEnumerable"})
      definition.covariant = definition.covariant || definition.name == interface;
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
    definition->compared_by_text = row.compared_by_text;
    add_supers(*definition, row.supers);
  }

  /// `rest`: bases and interfaces, with semicolons between.
  void add_supers(TypeDefinition& definition, std::string_view rest) {
    while (!rest.empty()) {
      const std::size_t end = rest.find(';');
      definition.supers.push_back(read(rest.substr(0, end)));
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
    const auto mark = [](const Type* type, TokenRole json) { const_cast<Type*>(type)->json = json; };
    mark(core_.json_value, TokenRole::value);
    mark(core_.json_property, TokenRole::property);
    mark(core_.json_array, TokenRole::array);
    mark(core_.json_object, TokenRole::object);
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

/// Constructed types that this thread has asked for lately: evaluations ask for the same few again and again. Types
/// live as long as the process.
class RecentTypes {
 public:
  template <class Find>
  const Type* get(const void* definition, const Type* first, const Type* second, const Find& find) {
    Entry& entry = entries_[place(definition, first, second)];
    if (entry.definition == definition && entry.first == first && entry.second == second) return entry.type;
    const Type* type = find();
    if (!type->is_error()) entry = {definition, first, second, type};
    return type;
  }
  static RecentTypes& of_thread() {
    thread_local RecentTypes recent;
    return recent;
  }

 private:
  struct Entry {
    const void* definition = nullptr;
    const Type *first = nullptr, *second = nullptr, *type = nullptr;
  };
  static constexpr std::size_t size = 128;
  static std::size_t place(const void* definition, const Type* first, const Type* second) {
    const auto bits = reinterpret_cast<std::uintptr_t>(definition) ^ reinterpret_cast<std::uintptr_t>(first) * 31 ^
                      reinterpret_cast<std::uintptr_t>(second) * 961;
    return (bits >> 4 ^ bits >> 11) % size;
  }
  std::array<Entry, size> entries_;
};

}  // namespace

const CoreTypes& load_core() {
  known_core.store(&table().core_types(), std::memory_order_release);
  return table().core_types();
}
const Type* array_of(const Type* element) {
  if (element->is_error()) return element;
  static constexpr char arrays = 0;  // Its address stands for the definition that arrays do not have.
  return RecentTypes::of_thread().get(&arrays, element, nullptr, [&] { return table().array_of(element); });
}
const Type* nullable_of(const Type* type) {
  return type->kind == TypeKind::nullable || type->is_error() ? type : table().nullable_of(type);
}
const Type* without_nullable(const Type* type) { return type->kind == TypeKind::nullable ? type->arguments[0] : type; }
const Type* anonymous_of(const std::vector<Field>& fields) { return table().anonymous(fields); }
const Type* tuple_of(const std::vector<Field>& items) { return table().tuple(items); }
const Type* without_names(const Type* type) {
  return type->is_tuple() && !type->fields.empty() ? table().instance_of(*type->definition, type->arguments) : type;
}
const Type* instance_of(const TypeDefinition& definition, std::span<const Type* const> arguments) {
  if (arguments.empty() || arguments.size() > 2) return table().instance_of(definition, arguments);
  const Type* second = arguments.size() == 2 ? arguments[1] : nullptr;
  return RecentTypes::of_thread().get(&definition, arguments[0], second,
                                      [&] { return table().instance_of(definition, arguments); });
}
const Type* instance_of(const TypeDefinition& definition, std::initializer_list<const Type*> arguments) {
  return instance_of(definition, std::span<const Type* const>(arguments.begin(), arguments.size()));
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

const Type* type_of(const Value& value) {
  static constexpr TypeKind kinds[] = {
      TypeKind::null,      TypeKind::boolean,          TypeKind::character, TypeKind::int8,    TypeKind::uint8,
      TypeKind::int16,     TypeKind::uint16,           TypeKind::int32,     TypeKind::uint32,  TypeKind::int64,
      TypeKind::uint64,    TypeKind::float32,          TypeKind::float64,   TypeKind::decimal, TypeKind::string,
      TypeKind::date_time, TypeKind::date_time_offset, TypeKind::time_span, TypeKind::guid};
  if (value.kind() == ValueKind::enumeration) return static_cast<const Type*>(&value.enum_type());
  if (value.kind() == ValueKind::object) return static_cast<const Type*>(value.as_object()->type);
  if (value.kind() == ValueKind::entity) return type_of_entity(value);
  return table().of_kind(kinds[static_cast<std::size_t>(value.kind())]);
}

}  // namespace sluice::expression
