// SPDX-License-Identifier: Apache-2.0
// Reading and writing JSON as Json.NET does: lenient reading (single quotes, bare names, comments, trailing commas),
// ISO dates recognised, numbers by their spelling.
#include "expression/decimal.hpp"
#include "expression/library/json.hpp"
#include "expression/number_format.hpp"
#include "expression/temporal.hpp"
#include "expression/unicode.hpp"

#include "base/text.hpp"

#include <cmath>
#include <cstdlib>

namespace sluice::expression {
namespace {

class Reader {
 public:
  Reader(Evaluation& run, std::string_view text, JsonDates dates) : run_(run), text_(text), dates_(dates) {}

  JsonToken* whole() {
    JsonToken* token = value(0);
    if (token == nullptr) return nullptr;
    blanks();
    if (!run_.failed() && at_ < text_.size())
      return unexpected("Additional text encountered after finished reading JSON content: ");
    return token;
  }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  void blanks() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
        ++at_;
      } else if (c == '/' && at_ + 1 < text_.size() && text_[at_ + 1] == '*') {
        const std::size_t end = text_.find("*/", at_ + 2);
        at_ = end == std::string_view::npos ? text_.size() : end + 2;
      } else if (c == '/' && at_ + 1 < text_.size() && text_[at_ + 1] == '/') {
        const std::size_t end = text_.find('\n', at_);
        at_ = end == std::string_view::npos ? text_.size() : end;
      } else {
        return;
      }
    }
  }

  std::string place() const {
    std::size_t line = 1, start = 0;
    for (std::size_t i = 0; i < at_ && i < text_.size(); ++i) {
      if (text_[i] != '\n') continue;
      ++line;
      start = i + 1;
    }
    return " Path '" + path_ + "', line " + std::to_string(line) + ", position " + std::to_string(at_ - start) + ".";
  }
  JsonToken* fail(const std::string& message) {
    if (!run_.failed()) run_.raise(Fault::json_reader, message + place());
    return nullptr;
  }
  JsonToken* unexpected(const char* what) { return fail(std::string(what) + std::string(1, peek()) + "."); }

  JsonToken* value(unsigned depth) {
    blanks();
    if (at_ >= text_.size()) return fail("Unexpected end of content while loading JSON.");
    if (!run_.charge(1)) return nullptr;
    const char c = text_[at_];
    if (c == '{' || c == '[') {
      if (depth >= most_depth) return fail("The reader's MaxDepth of 64 has been exceeded.");
      return c == '{' ? object(depth) : array(depth);
    }
    if (c == '"' || c == '\'') return string_token(c);
    if (c == '-' || c == '.' || is_digit(c)) return number();
    return word();
  }

  JsonToken* object(unsigned depth) {
    JsonContainer* object = make_json_container(run_, true);
    if (object == nullptr) return nullptr;
    ++at_;
    while (true) {
      blanks();
      if (peek() == '}') {
        ++at_;
        return object;
      }
      std::string_view name;
      if (peek() == '"' || peek() == '\'') {
        if (!string(peek(), name)) return nullptr;
      } else {
        const std::size_t start = at_;
        while (at_ < text_.size() &&
               (is_alpha(text_[at_]) || is_digit(text_[at_]) || text_[at_] == '_' || text_[at_] == '$'))
          ++at_;
        name = text_.substr(start, at_ - start);
        if (name.empty())
          return at_ >= text_.size() ? fail("Unexpected end when reading JSON.")
                                     : unexpected("Invalid property identifier character: ");
      }
      blanks();
      if (peek() != ':')
        return at_ >= text_.size()
                   ? fail("Unexpected end when reading JSON.")
                   : unexpected("Invalid character after parsing property name. Expected ':' but got: ");
      ++at_;
      JsonToken* item = value(depth + 1);
      if (item == nullptr || !json_set(run_, *object, name, item)) return nullptr;
      blanks();
      if (peek() == ',') {
        ++at_;
        continue;
      }
      if (peek() == '}') continue;
      return at_ >= text_.size() ? fail("Unexpected end of content while loading JObject.")
                                 : unexpected("After parsing a value an unexpected character was encountered: ");
    }
  }

  JsonToken* array(unsigned depth) {
    JsonContainer* array = make_json_container(run_, false);
    if (array == nullptr) return nullptr;
    ++at_;
    while (true) {
      blanks();
      if (peek() == ']') {
        ++at_;
        return array;
      }
      if (peek() == ',') {  // [1,,2] has an undefined in between.
        ++at_;
        if (!json_append(run_, *array, make_json_scalar(run_, Value(), JsonType::undefined))) return nullptr;
        continue;
      }
      JsonToken* item = value(depth + 1);
      if (item == nullptr || !json_append(run_, *array, item)) return nullptr;
      blanks();
      if (peek() == ',')
        ++at_;
      else if (peek() != ']')
        return at_ >= text_.size() ? fail("Unexpected end of content while loading JArray.")
                                   : unexpected("After parsing a value an unexpected character was encountered: ");
    }
  }

  bool string(char quote, std::string_view& to) {
    const std::size_t start = ++at_;
    while (at_ < text_.size() && text_[at_] != quote && text_[at_] != '\\') ++at_;
    if (peek() == quote && at_ < text_.size()) {
      to = text_.substr(start, at_++ - start);
      return true;
    }
    std::string decoded(text_.substr(start, at_ - start));
    while (at_ < text_.size() && text_[at_] != quote) {
      if (text_[at_] != '\\') {
        decoded += text_[at_++];
        continue;
      }
      const char c = ++at_ < text_.size() ? text_[at_++] : '\0';
      switch (c) {
        case 'b': decoded += '\b'; break;
        case 'f': decoded += '\f'; break;
        case 'n': decoded += '\n'; break;
        case 'r': decoded += '\r'; break;
        case 't': decoded += '\t'; break;
        case '"':
        case '\'':
        case '\\':
        case '/': decoded += c; break;
        case 'u': {
          std::uint32_t code = 0;
          for (int i = 0; i < 4; ++i) {
            const int digit = at_ < text_.size() ? hex_value(text_[at_]) : -1;
            if (digit < 0) {
              fail("Could not convert Unicode escape.");
              return false;
            }
            code = code * 16 + static_cast<std::uint32_t>(digit);
            ++at_;
          }
          append_unit(decoded, static_cast<char16_t>(code));
          break;
        }
        default: fail(std::string("Bad JSON escape sequence: \\") + c + "."); return false;
      }
    }
    if (at_ >= text_.size()) {
      fail(std::string("Unterminated string. Expected delimiter: ") + quote + ".");
      return false;
    }
    ++at_;
    const Value made = run_.text(decoded);
    to = made.is_string() ? made.as_string() : std::string_view();
    return !run_.failed();
  }

  JsonToken* string_token(char quote) {
    std::string_view text;
    if (!string(quote, text)) return nullptr;
    const auto date = dates_ == JsonDates::read ? iso_date(text) : std::nullopt;
    if (date) return make_json_scalar(run_, *date, JsonType::date);
    return make_json_scalar(run_, Value::string(text), JsonType::string);
  }

  /// yyyy-MM-ddTHH:mm:ss[.f…][Z|±hh:mm] and \/Date(n)\/: what Json.NET takes for a date.
  static std::optional<Value> iso_date(std::string_view text) {
    if (text.size() < 19 || text.size() > 40) {
      if (!(text.starts_with("/Date(") && text.ends_with(")/"))) return std::nullopt;
    }
    if (text.starts_with("/Date(") && text.ends_with(")/")) {
      const auto number = parse_integer(text.substr(6, text.size() - 8));
      if (!number) return std::nullopt;
      return Value::date_time(unix_epoch_ticks + *number * ticks_per_millisecond, utc_kind);
    }
    static constexpr std::string_view shape = "dddd-dd-ddTdd:dd:dd";
    for (std::size_t i = 0; i < shape.size(); ++i) {
      if (shape[i] == 'd' ? !is_digit(text[i]) : text[i] != shape[i]) return std::nullopt;
    }
    return parse_date_time(text, true);
  }

  JsonToken* number() {
    const std::size_t start = at_;
    while (at_ < text_.size() && (is_digit(text_[at_]) || is_alpha(text_[at_]) || text_[at_] == '.' ||
                                  text_[at_] == '-' || text_[at_] == '+'))
      ++at_;
    const std::string_view spelled = text_.substr(start, at_ - start);
    if (spelled == "-Infinity") return make_json_scalar(run_, Value::float64(-INFINITY), JsonType::floating);
    if (spelled.find_first_of(".eE") == std::string_view::npos || spelled.starts_with("0x")) {
      std::int64_t whole = 0;
      if (spelled.starts_with("0x") || spelled.starts_with("0X"))
        return make_json_scalar(run_, Value::int64(std::strtoll(std::string(spelled).c_str(), nullptr, 16)),
                                JsonType::integer);
      switch (parse_whole(spelled, ValueKind::int64, whole)) {
        case NumberError::none: return make_json_scalar(run_, Value::int64(whole), JsonType::integer);
        case NumberError::overflow: {
          // A big integer keeps its spelling.
          auto* big = make_json_scalar(run_, run_.text(spelled), JsonType::integer);
          return big;
        }
        case NumberError::format: return fail("Input string '" + std::string(spelled) + "' is not a valid number.");
      }
    }
    double real = 0;
    if (parse_real(spelled, real) != NumberError::none)
      return fail("Input string '" + std::string(spelled) + "' is not a valid number.");
    return make_json_scalar(run_, Value::float64(real), JsonType::floating);
  }

  JsonToken* word() {
    const std::string_view rest = text_.substr(at_);
    const auto accept = [&](std::string_view text) {
      if (!rest.starts_with(text)) return false;
      at_ += text.size();
      return true;
    };
    if (accept("true")) return make_json_scalar(run_, Value::boolean(true), JsonType::boolean);
    if (accept("false")) return make_json_scalar(run_, Value::boolean(false), JsonType::boolean);
    if (accept("null")) return make_json_scalar(run_, Value(), JsonType::null);
    if (accept("undefined")) return make_json_scalar(run_, Value(), JsonType::undefined);
    if (accept("NaN")) return make_json_scalar(run_, Value::float64(NAN), JsonType::floating);
    if (accept("Infinity")) return make_json_scalar(run_, Value::float64(INFINITY), JsonType::floating);
    return unexpected("Unexpected character encountered while parsing value: ");
  }

  static constexpr unsigned most_depth = 64;
  Evaluation& run_;
  std::string_view text_;
  JsonDates dates_;
  std::string path_;
  std::size_t at_ = 0;
};

void new_line(Evaluation& run, ArenaText& to, unsigned depth) {
  to += newline_of(run);
  to.append(depth * 2, ' ');
}

bool within_limits(Evaluation& run, const ArenaText& to) {
  if (to.size() <= run.limits.string_bytes) return !run.failed() && run.charge(1);
  run.exhaust("string bytes");
  return false;
}

std::string real_text(double value, bool is_float) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  std::string text = shortest(value, is_float);
  if (text.find_first_of(".E") == std::string::npos) text += ".0";
  return text;
}

void write_scalar(Evaluation& run, ArenaText& to, const Value& value) {
  switch (value.kind()) {
    case ValueKind::null: to += "null"; break;
    case ValueKind::boolean: to += value.as_boolean() ? "true" : "false"; break;
    case ValueKind::float64:
    case ValueKind::float32: {
      const std::string text = real_text(value.as_number(), value.kind() == ValueKind::float32);
      if (is_alpha(text.back()))
        append_json_text(to, text);
      else
        to += text;
      break;
    }
    case ValueKind::decimal: {
      const std::string text = static_cast<const Decimal*>(value.data())->to_string();
      to += text;
      if (text.find('.') == std::string::npos) to += ".0";
      break;
    }
    case ValueKind::enumeration: to += std::to_string(value.enum_value()); break;
    case ValueKind::uint64:
      if (value.bits() > INT64_MAX)
        run.raise(Fault::overflow, "Value was either too large or too small for an Int64.");
      else
        to += std::to_string(value.bits());
      break;
    case ValueKind::date_time: {
      std::string fault;
      to += '"';
      format_temporal(to, value, "yyyy-MM-ddTHH:mm:ss.FFFFFFFK", fault);
      to += '"';
      break;
    }
    case ValueKind::date_time_offset: {
      std::string fault;
      to += '"';
      format_temporal(to, value, "yyyy-MM-ddTHH:mm:ss.FFFFFFFzzz", fault);
      to += '"';
      break;
    }
    case ValueKind::string:
    case ValueKind::character:
    case ValueKind::guid:
    case ValueKind::time_span: append_json_text(to, text_of(run, value)); break;
    default: to += text_of(run, value); break;
  }
}

}  // namespace

JsonToken* parse_json_text(Evaluation& run, std::string_view text, JsonDates dates) {
  if (!run.charge(text.size() / 32)) return nullptr;
  return Reader(run, text, dates).whole();
}

void append_json_text(ArenaText& to, std::string_view text) {
  to += '"';
  std::size_t start = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    const char* escape = nullptr;
    char buffer[8];
    std::size_t width = 1;
    switch (c) {
      case '"': escape = "\\\""; break;
      case '\\': escape = "\\\\"; break;
      case '\n': escape = "\\n"; break;
      case '\r': escape = "\\r"; break;
      case '\t': escape = "\\t"; break;
      case '\b': escape = "\\b"; break;
      case '\f': escape = "\\f"; break;
      default:
        if (c < 0x20) {
          std::snprintf(buffer, sizeof buffer, "\\u%04x", c);
          escape = buffer;
        } else if (text.substr(i).starts_with("\xC2\x85")) {
          escape = "\\u0085";
          width = 2;
        } else if (text.substr(i).starts_with("\xE2\x80\xA8")) {
          escape = "\\u2028";
          width = 3;
        } else if (text.substr(i).starts_with("\xE2\x80\xA9")) {
          escape = "\\u2029";
          width = 3;
        }
    }
    if (escape == nullptr) continue;
    to += text.substr(start, i - start);
    to += escape;
    i += width - 1;
    start = i + 1;
  }
  to += text.substr(start);
  to += '"';
}

void write_json(Evaluation& run, ArenaText& to, const JsonToken* token, bool indent, unsigned depth) {
  if (!within_limits(run, to)) return;
  if (depth > run.limits.nesting_depth) {
    run.exhaust("JSON depth");
    return;
  }
  if (is_json_property(token)) {
    const auto* property = static_cast<const JsonProperty*>(token);
    append_json_text(to, property->name);
    to += indent ? ": " : ":";
    write_json(run, to, property->value, indent, depth);
    return;
  }
  if (!is_json_container(token)) {
    const auto* scalar = static_cast<const JsonScalar*>(token);
    if (scalar->kind == JsonType::undefined)
      to += "undefined";
    else if (scalar->kind == JsonType::comment)
      to.append("/*").append(scalar->value.as_string()).append("*/");
    else if (scalar->kind == JsonType::integer && scalar->value.is_string())
      to += scalar->value.as_string();
    else if (scalar->kind == JsonType::raw)
      to += scalar->value.as_string();
    else
      serialize_value(run, to, scalar->value, indent, depth);
    return;
  }
  const auto* container = static_cast<const JsonContainer*>(token);
  const bool object = is_json_object(token);
  to += object ? '{' : '[';
  for (std::uint32_t i = 0; i < container->count && !run.failed(); ++i) {
    if (i != 0) to += ',';
    if (indent) new_line(run, to, depth + 1);
    write_json(run, to, container->items[i], indent, depth + 1);
  }
  if (indent && container->count != 0) new_line(run, to, depth);
  to += object ? '}' : ']';
}

void serialize_value(Evaluation& run, ArenaText& to, const Value& value, bool indent, unsigned depth) {
  if (!value.is_reference()) {
    write_scalar(run, to, value);
    return;
  }
  if (!is_json(value) && type_of(value) == core().byte_array) {
    const auto* bytes = static_cast<const BytesObject*>(value.as_object());
    static constexpr char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    to += '"';
    for (std::uint32_t i = 0; i < bytes->count; i += 3) {
      std::uint32_t group = static_cast<std::uint32_t>(bytes->data[i]) << 16;
      if (i + 1 < bytes->count) group |= static_cast<std::uint32_t>(bytes->data[i + 1]) << 8;
      if (i + 2 < bytes->count) group |= bytes->data[i + 2];
      to += letters[group >> 18];
      to += letters[(group >> 12) & 63];
      to += i + 1 < bytes->count ? letters[(group >> 6) & 63] : '=';
      to += i + 2 < bytes->count ? letters[group & 63] : '=';
    }
    to += '"';
    return;
  }
  const JsonToken* token = json_from(run, value, depth);
  if (token != nullptr) write_json(run, to, token, indent, depth);
}

}  // namespace sluice::expression
