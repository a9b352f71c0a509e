// SPDX-License-Identifier: Apache-2.0
#include "base/json.hpp"
#include "base/text.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace sluice {

void append_json_string(std::string& to, std::string_view text) {
  static constexpr char digits[] = "0123456789abcdef";
  to += '"';
  while (!text.empty()) {
    const char c = text.front();
    const auto byte = static_cast<unsigned char>(c);
    std::size_t length = 1;
    if (c == '"' || c == '\\') {
      to += '\\';
      to += c;
    } else if (byte < 0x20) {
      switch (c) {
        case '\n': to += "\\n"; break;
        case '\r': to += "\\r"; break;
        case '\t': to += "\\t"; break;
        case '\b': to += "\\b"; break;
        case '\f': to += "\\f"; break;
        default:
          to += "\\u00";
          to += digits[byte >> 4];
          to += digits[byte & 15];
          break;
      }
    } else if (byte < 0x80) {
      to += c;
    } else if ((length = utf8_sequence_length(text)) != 0) {
      to += text.substr(0, length);
    } else {
      to += "\xEF\xBF\xBD";
      length = 1;
    }
    text.remove_prefix(length);
  }
  to += '"';
}

void JsonWriter::separate() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (!first_) out_ += ',';
  first_ = false;
  if (depth_ > 0) new_line();
}
void JsonWriter::new_line() {
  if (!indented_) return;
  out_ += '\n';
  out_.append(std::size_t{2} * depth_, ' ');
}
void JsonWriter::open(char bracket) {
  separate();
  out_ += bracket;
  ++depth_;
  first_ = true;
}
void JsonWriter::close(char bracket) {
  --depth_;
  if (!first_) new_line();
  out_ += bracket;
  first_ = false;
}
void JsonWriter::key(std::string_view name) {
  separate();
  append_json_string(out_, name);
  out_ += indented_ ? ": " : ":";
  after_key_ = true;
}
void JsonWriter::value(std::string_view text) {
  separate();
  append_json_string(out_, text);
}
void JsonWriter::value(std::int64_t number) {
  separate();
  out_ += std::to_string(number);
}
void JsonWriter::value(double number) {
  separate();
  if (!std::isfinite(number)) {
    out_ += "null";
    return;
  }
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, number).ptr;
  out_.append(buffer, end);
}
void JsonWriter::value(bool truth) {
  separate();
  out_ += truth ? "true" : "false";
}
void JsonWriter::null() {
  separate();
  out_ += "null";
}
void JsonWriter::raw(std::string_view json) {
  separate();
  out_ += json;
}

}  // namespace sluice
