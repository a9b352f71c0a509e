// SPDX-License-Identifier: Apache-2.0
// Between tokens and values: JToken.FromObject, the explicit conversions, ToObject, SelectToken.
#include "expression/decimal.hpp"
#include "expression/library/convert.hpp"
#include "expression/library/json.hpp"
#include "expression/number_format.hpp"
#include "expression/temporal.hpp"

#include "base/text.hpp"

namespace sluice::expression {
namespace {

std::string_view type_word(JsonType type) {
  static constexpr std::string_view words[] = {"None",    "Object", "Array",  "Constructor", "Property", "Comment",
                                               "Integer", "Float",  "String", "Boolean",     "Null",     "Undefined",
                                               "Date",    "Raw",    "Bytes",  "Guid",        "Uri",      "TimeSpan"};
  return words[static_cast<std::size_t>(type)];
}

JsonType scalar_type(const Value& value) {
  switch (value.kind()) {
    case ValueKind::null: return JsonType::null;
    case ValueKind::boolean: return JsonType::boolean;
    case ValueKind::float32:
    case ValueKind::float64:
    case ValueKind::decimal: return JsonType::floating;
    case ValueKind::string:
    case ValueKind::character: return JsonType::string;
    case ValueKind::date_time:
    case ValueKind::date_time_offset: return JsonType::date;
    case ValueKind::time_span: return JsonType::time_span;
    case ValueKind::guid: return JsonType::guid;
    case ValueKind::object: return type_of(value) == core().byte_array ? JsonType::bytes : JsonType::uri;
    default: return JsonType::integer;
  }
}

Value widened(const Value& value) {
  if (value.kind() == ValueKind::enumeration) return Value::int64(value.enum_value());
  if (value.is_integer() && value.kind() != ValueKind::uint64) return Value::int64(value.as_integer());
  return value;
}

bool is_named(const Type* type, std::string_view name) {
  return type->definition != nullptr && type->definition->name == name;
}

JsonToken* from_fields(Evaluation& run, const Value& value, const Type* type, unsigned depth) {
  const auto& object = *static_cast<const FieldsObject*>(value.as_object());
  JsonContainer* made = make_json_container(run, true);
  static constexpr std::string_view pair_names[] = {"Key", "Value"};
  for (std::uint32_t i = 0; made != nullptr && i < object.count; ++i) {
    const std::string_view name = type->kind == TypeKind::anonymous ? std::string_view(type->fields[i].name)
                                  : type->kind == TypeKind::value && !type->is_tuple()
                                      ? pair_names[i & 1]
                                      : run.text("Item" + std::to_string(i + 1)).as_string();
    if (!json_set(run, *made, name, json_from(run, object.fields[i], depth + 1))) return nullptr;
  }
  return made;
}

}  // namespace

JsonToken* json_from(Evaluation& run, const Value& value, unsigned depth) {
  if (depth > 64) {
    run.raise(Fault::json, "Self referencing loop detected.");
    return nullptr;
  }
  if (!value.is_reference()) return make_json_scalar(run, widened(value), scalar_type(value));
  if (is_json(value)) return static_cast<JsonToken*>(const_cast<Object*>(value.as_object()));
  const Type* type = type_of(value);
  if (type == core().byte_array) return make_json_scalar(run, value, JsonType::bytes);
  if (type->kind == TypeKind::anonymous || type->kind == TypeKind::value || is_named(type, "Tuple"))
    return from_fields(run, value, type, depth);
  static const TypeDefinition* dictionary = find_type("IDictionary", 2);
  static const TypeDefinition* read_only = find_type("IReadOnlyDictionary", 2);
  const bool is_map = as_instance(type, dictionary) != nullptr || as_instance(type, read_only) != nullptr;
  if (is_map || element_of(type) != nullptr) {
    JsonContainer* made = make_json_container(run, is_map);
    for (const Value& item : items_of(run, value)) {
      if (made == nullptr || run.failed()) return nullptr;
      if (!is_map) {
        if (!json_append(run, *made, json_from(run, item, depth + 1))) return nullptr;
        continue;
      }
      const auto& pair = *static_cast<const FieldsObject*>(item.as_object());
      if (!json_set(run, *made, text_of(run, pair.fields[0]), json_from(run, pair.fields[1], depth + 1)))
        return nullptr;
    }
    return made;
  }
  return make_json_scalar(run, run.text(text_of(run, value)), JsonType::string);
}

Value json_to(Evaluation& run, const JsonToken* token, const Type* type) {
  const Type* plain = without_nullable(type);
  if (token == nullptr) {
    if (type->nullable()) return {};
    return run.raise(Fault::argument_null, "Value cannot be null. (Parameter 'value')");
  }
  if (is_json_property(token)) token = static_cast<const JsonProperty*>(token)->value;
  const JsonType kind = json_type(token);
  const auto refuse = [&] {
    const std::string name = plain->full.starts_with("System.") ? plain->full.substr(7) : plain->full;
    return run.raise(Fault::argument, "Can not convert " + std::string(type_word(kind)) + " to " + name + ".");
  };
  if (is_json_container(token)) return refuse();
  const Value& value = static_cast<const JsonScalar*>(token)->value;
  if (kind == JsonType::null || kind == JsonType::undefined) {
    if (type->nullable() && kind == JsonType::null) return {};
    return refuse();
  }
  switch (plain->kind) {
    case TypeKind::string:
      if (type_of(value) == core().byte_array) {
        ArenaText text(&run.arena);
        serialize_value(run, text, value, false);
        return run.text(std::string_view(text).substr(1, text.size() - 2));
      }
      return run.text_view(text_of(run, value));
    case TypeKind::date_time:
      if (value.kind() == ValueKind::date_time) return value;
      if (value.kind() == ValueKind::date_time_offset) return Value::date_time(value.as_integer(), utc_kind);
      if (!value.is_string()) return refuse();
      return convert_value(run, value, plain);
    case TypeKind::date_time_offset:
      if (value.kind() == ValueKind::date_time_offset) return value;
      if (value.kind() == ValueKind::date_time) return Value::date_time_offset(value.as_integer(), 0);
      if (value.is_string()) {
        const auto date = parse_date_time_offset(value.as_string());
        if (date) return *date;
        return run.raise(Fault::format,
                         "String '" + std::string(value.as_string()) + "' was not recognized as a valid DateTime.");
      }
      return refuse();
    case TypeKind::time_span:
      if (value.kind() == ValueKind::time_span) return value;
      if (value.is_string()) {
        const auto ticks = parse_time_span(value.as_string());
        if (ticks) return Value::integer(ValueKind::time_span, *ticks);
        return run.raise(Fault::format,
                         "String '" + std::string(value.as_string()) + "' was not recognized as a valid TimeSpan.");
      }
      return refuse();
    case TypeKind::guid: {
      if (value.kind() == ValueKind::guid) return value;
      if (!value.is_string()) return refuse();
      auto* bytes = run.make_array<std::uint8_t>(16);
      if (bytes == nullptr) return {};
      if (!parse_guid(value.as_string(), bytes))
        return run.raise(Fault::format,
                         "Guid should contain 32 digits with 4 dashes (xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx).");
      return Value::pointer(ValueKind::guid, bytes);
    }
    case TypeKind::enumeration:
      if (value.is_string()) {
        const auto parsed = parse_enum(plain, value.as_string(), true);
        return parsed ? Value::enumeration(*plain, *parsed) : refuse();
      }
      return convert_number(run, value, plain, false);
    case TypeKind::array:
      if (plain == core().byte_array) {
        if (type_of(value) == core().byte_array) return value;
        std::string bytes;
        if (value.is_string() && decode_base64(value.as_string(), bytes))
          return make_bytes(run, bytes.data(), bytes.size());
      }
      return refuse();
    default: break;
  }
  const bool temporal = value.kind() == ValueKind::date_time || value.kind() == ValueKind::date_time_offset ||
                        value.kind() == ValueKind::guid || value.kind() == ValueKind::time_span ||
                        value.kind() == ValueKind::object;
  if (temporal || !(plain->is_numeric() || plain->kind == TypeKind::boolean)) return refuse();
  return convert_value(run, value, plain);
}

Value json_deserialize(Evaluation& run, const JsonToken* token, const Type* type, unsigned depth) {
  if (depth > 64) return run.raise(Fault::json, "The object is nested too deeply.");
  Value self = Value::object(token);
  const JsonType kind = json_type(token);
  if (is_json_property(token))
    return json_deserialize(run, static_cast<const JsonProperty*>(token)->value, type, depth);
  if (type->kind == TypeKind::object) {
    return is_json_container(token) ? self : static_cast<const JsonScalar*>(token)->value;
  }
  if (is_a(type, core().json_token)) {
    if (value_is(self, type)) return self;
    return run.raise(Fault::invalid_cast,
                     "Unable to cast object of type '" + type_of(self)->full + "' to type '" + type->full + "'.");
  }
  if (kind == JsonType::null)
    return type->nullable()
               ? Value()
               : run.raise(Fault::json_serialization, "Error converting value {null} to type '" + type->full + "'.");
  if (kind == JsonType::floating && without_nullable(type)->is_integer())
    return run.raise(Fault::json_reader, "Input string '" +
                                             std::string(text_of(run, static_cast<const JsonScalar*>(token)->value)) +
                                             "' is not a valid integer.");
  const Type* element = type->kind == TypeKind::array ? type->arguments[0] : nullptr;
  static const TypeDefinition* list = find_type("List", 1);
  static const TypeDefinition* dictionary = find_type("Dictionary", 2);
  const bool wants_list = is_named(type, "List") || is_named(type, "IList") || is_named(type, "IEnumerable") ||
                          is_named(type, "ICollection");
  if (wants_list) element = type->arguments[0];
  if (element != nullptr && type != core().byte_array) {
    if (!is_json_array(token))
      return run.raise(Fault::json_serialization,
                       "Cannot deserialize the current JSON value into type '" + type->full + "'.");
    const auto& array = *static_cast<const JsonContainer*>(token);
    Value* items = run.make_array<Value>(array.count);
    if (items == nullptr) return {};
    for (std::uint32_t i = 0; i < array.count; ++i) {
      items[i] = json_deserialize(run, array.items[i], element, depth + 1);
      if (run.failed()) return {};
    }
    if (!wants_list) return adopt_array(run, type, items, array.count);
    const Value made = make_list(run, instance_of(*list, {element}));
    for (std::uint32_t i = 0; i < array.count && !run.failed(); ++i) {
      list_add(run, *static_cast<ListObject*>(const_cast<Object*>(made.as_object())), items[i]);
    }
    return made;
  }
  if (is_named(type, "Dictionary") || is_named(type, "IDictionary")) {
    if (!is_json_object(token))
      return run.raise(Fault::json_serialization,
                       "Cannot deserialize the current JSON value into type '" + type->full + "'.");
    const Value made = make_dictionary(run, instance_of(*dictionary, type->arguments), false);
    const auto& object = *static_cast<const JsonContainer*>(token);
    for (std::uint32_t i = 0; i < object.count && !run.failed(); ++i) {
      const auto* property = static_cast<const JsonProperty*>(object.items[i]);
      const Value value = json_deserialize(run, property->value, type->arguments[1], depth + 1);
      if (run.failed()) return {};
      dictionary_set(run, *static_cast<DictionaryObject*>(const_cast<Object*>(made.as_object())),
                     Value::string(property->name), value);
    }
    return made;
  }
  return json_to(run, token, type);
}

Value convert_object(Evaluation& run, const Value& value, const Type* to) {
  if (is_json(value)) {
    const auto* token = static_cast<const JsonToken*>(value.as_object());
    if (is_json_container(token))
      return run.raise(Fault::invalid_cast,
                       "Unable to cast object of type '" + type_of(value)->full + "' to type 'System.IConvertible'.");
    return json_to(run, token, to);
  }
  return run.raise(Fault::invalid_cast,
                   "Unable to cast object of type '" + type_of(value)->full + "' to type 'System.IConvertible'.");
}

namespace {

/// Steps of a JSONPath, applied one by one to a set of tokens.
class Path {
 public:
  Path(Evaluation& run, std::string_view text) : run_(run), text_(text) {}

  std::vector<JsonToken*> select(JsonToken* root) {
    root_ = root;
    std::vector<JsonToken*> set{root};
    if (peek() == '$') ++at_;
    bool first = true;
    while (at_ < text_.size() && !run_.failed()) {
      if (peek() == '.') {
        ++at_;
        if (peek() == '.') {
          ++at_;
          set = descendants(set);
          if (peek() == '[') continue;
        }
        set = named(set, name());
      } else if (peek() == '[') {
        set = bracket(set);
      } else if (first) {
        set = named(set, name());
      } else {
        fail("Unexpected character while parsing path: ");
      }
      first = false;
    }
    return set;
  }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void fail(const std::string& what) { run_.raise(Fault::json, what + std::string(1, peek())); }

  std::string_view name() {
    const std::size_t start = at_;
    while (at_ < text_.size() && text_[at_] != '.' && text_[at_] != '[') ++at_;
    if (at_ == start) fail("Unexpected end while parsing path: ");
    return text_.substr(start, at_ - start);
  }

  static void children(JsonToken* token, std::vector<JsonToken*>& to) {
    if (!is_json_container(token)) return;
    const auto* container = static_cast<JsonContainer*>(token);
    for (std::uint32_t i = 0; i < container->count; ++i) {
      to.push_back(is_json_object(token) ? static_cast<JsonProperty*>(container->items[i])->value
                                         : container->items[i]);
    }
  }

  std::vector<JsonToken*> descendants(const std::vector<JsonToken*>& set) {
    std::vector<JsonToken*> all;
    std::vector<JsonToken*> open(set.rbegin(), set.rend());
    while (!open.empty() && run_.charge(1)) {
      JsonToken* token = open.back();
      open.pop_back();
      all.push_back(token);
      std::vector<JsonToken*> below;
      children(token, below);
      open.insert(open.end(), below.rbegin(), below.rend());
    }
    return all;
  }

  std::vector<JsonToken*> named(const std::vector<JsonToken*>& set, std::string_view name) {
    std::vector<JsonToken*> found;
    for (JsonToken* token : set) {
      if (name == "*")
        children(token, found);
      else if (is_json_object(token)) {
        if (JsonProperty* property = json_find(*static_cast<JsonContainer*>(token), name))
          found.push_back(property->value);
      }
    }
    return found;
  }

  std::vector<JsonToken*> bracket(const std::vector<JsonToken*>& set) {
    std::size_t end = at_ + 1;
    char quote = '\0';
    unsigned depth = 1;
    for (; end < text_.size(); ++end) {
      const char c = text_[end];
      if (quote != '\0') {
        if (c == '\\')
          ++end;
        else if (c == quote)
          quote = '\0';
      } else if (c == '\'' || c == '"')
        quote = c;
      else if (c == '[')
        ++depth;
      else if (c == ']' && --depth == 0)
        break;
    }
    if (end >= text_.size()) {
      run_.raise(Fault::json, "Path ended with open indexer.");
      return {};
    }
    const std::string_view inside = trim(text_.substr(at_ + 1, end - at_ - 1));
    at_ = end + 1;
    std::vector<JsonToken*> found;
    if (inside == "*") {
      for (JsonToken* token : set) children(token, found);
    } else if (inside.starts_with("?(") && inside.ends_with(")")) {
      for (JsonToken* token : set) {
        std::vector<JsonToken*> items;
        children(token, items);
        for (JsonToken* item : items) {
          if (run_.charge(4) && matches(item, inside.substr(2, inside.size() - 3))) found.push_back(item);
        }
      }
    } else if (inside.find(':') != std::string_view::npos && !inside.starts_with('\'')) {
      slice(set, inside, found);
    } else {
      for (const std::string_view part : split(inside, ',')) element(set, trim(part), found);
    }
    return found;
  }

  void element(const std::vector<JsonToken*>& set, std::string_view part, std::vector<JsonToken*>& found) {
    if (part.size() >= 2 && (part.front() == '\'' || part.front() == '"')) {
      const std::vector<JsonToken*> some = named(set, part.substr(1, part.size() - 2));
      found.insert(found.end(), some.begin(), some.end());
      return;
    }
    const auto index = parse_integer(part);
    if (!index) {
      run_.raise(Fault::json, "Unexpected character while parsing path indexer: " + std::string(part.substr(0, 1)));
      return;
    }
    for (JsonToken* token : set) {
      if (!is_json_array(token)) continue;
      const auto* array = static_cast<JsonContainer*>(token);
      if (*index < 0) {
        run_.raise(Fault::argument_out_of_range,
                   "Index was out of range. Must be non-negative and less than the size "
                   "of the collection. (Parameter 'index')");
        return;
      }
      if (*index < array->count) found.push_back(array->items[*index]);
    }
  }

  static void slice(const std::vector<JsonToken*>& set, std::string_view inside, std::vector<JsonToken*>& found) {
    const std::vector<std::string_view> parts = split(inside, ':');
    for (JsonToken* token : set) {
      if (!is_json_array(token)) continue;
      const auto* array = static_cast<JsonContainer*>(token);
      const std::int64_t count = array->count;
      const auto bound = [&](std::size_t i, std::int64_t fallback) {
        if (i >= parts.size() || trim(parts[i]).empty()) return fallback;
        const std::int64_t value = parse_integer(trim(parts[i])).value_or(fallback);
        return value < 0 ? value + count : value;
      };
      const std::int64_t step =
          parts.size() > 2 && !trim(parts[2]).empty() ? parse_integer(trim(parts[2])).value_or(1) : 1;
      if (step <= 0) continue;
      const std::int64_t first = std::max<std::int64_t>(0, bound(0, 0)), last = std::min(count, bound(1, count));
      for (std::int64_t i = first; i < last; i += step) found.push_back(array->items[i]);
    }
  }

  /// `@.a == 'x'`, `@.n > 1`, `@.a`; joined with && and ||.
  bool matches(JsonToken* item, std::string_view condition) {
    const std::size_t any = condition.find("||");
    if (any != std::string_view::npos)
      return matches(item, condition.substr(0, any)) || matches(item, condition.substr(any + 2));
    const std::size_t both = condition.find("&&");
    if (both != std::string_view::npos)
      return matches(item, condition.substr(0, both)) && matches(item, condition.substr(both + 2));
    condition = trim(condition);
    static constexpr std::string_view marks[] = {"==", "!=", "<=", ">=", "<", ">"};
    for (const std::string_view mark : marks) {
      const std::size_t at = condition.find(mark);
      if (at == std::string_view::npos) continue;
      const JsonToken* left = operand(item, trim(condition.substr(0, at)));
      const std::string_view wanted = trim(condition.substr(at + mark.size()));
      if (left == nullptr) return false;
      return compares(left, mark, wanted);
    }
    return operand(item, condition) != nullptr;
  }

  JsonToken* operand(JsonToken* item, std::string_view path) {
    if (path.starts_with('@')) path.remove_prefix(1);
    if (path.starts_with('.')) path.remove_prefix(1);
    if (path.empty()) return item;
    const std::vector<JsonToken*> found = Path(run_, path).select(item);
    return found.empty() ? nullptr : found.front();
  }

  bool compares(const JsonToken* left, std::string_view mark, std::string_view wanted) {
    if (is_json_container(left)) return mark == "!=";
    const Value& value = static_cast<const JsonScalar*>(left)->value;
    int order = 0;
    bool comparable = true;
    if (wanted.size() >= 2 && (wanted.front() == '\'' || wanted.front() == '"')) {
      comparable = value.is_string();
      if (comparable) order = value.as_string().compare(wanted.substr(1, wanted.size() - 2));
    } else if (wanted == "null") {
      comparable = value.is_null();
    } else if (wanted == "true" || wanted == "false") {
      comparable = value.kind() == ValueKind::boolean;
      order = value.as_boolean() == (wanted == "true") ? 0 : 1;
    } else {
      double number = 0;
      comparable =
          parse_real(wanted, number) == NumberError::none && (value.is_integer() || value.kind() == ValueKind::float64);
      const double own =
          value.kind() == ValueKind::float64 ? value.as_number() : static_cast<double>(value.as_integer());
      order = own < number ? -1 : own > number ? 1 : 0;
    }
    if (!comparable) return mark == "!=";
    if (mark == "==") return order == 0;
    if (mark == "!=") return order != 0;
    if (mark == "<") return order < 0;
    if (mark == ">") return order > 0;
    return mark == "<=" ? order <= 0 : order >= 0;
  }

  Evaluation& run_;
  std::string_view text_;
  JsonToken* root_ = nullptr;
  std::size_t at_ = 0;
};

}  // namespace

std::vector<JsonToken*> json_select(Evaluation& run, JsonToken* from, std::string_view path) {
  if (path.size() > run.limits.regex_pattern_bytes) {
    run.exhaust("path bytes");
    return {};
  }
  return Path(run, path).select(from);
}

}  // namespace sluice::expression
