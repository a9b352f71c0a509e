// SPDX-License-Identifier: Apache-2.0
// A number is its digits without zeros at both ends, and the power of ten of the last: 1, 1.0 and 10e-1 are one,
// however many digits they have.
#include "schema/json_equality.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <charconv>
#include <vector>

namespace sluice::schema {
namespace {

void append_number(std::string& to, std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  std::int64_t exponent = 0;
  const std::size_t mark = text.find_first_of("eE");
  if (mark != std::string_view::npos) {
    // An exponent of more than 18 digits is no number that any text of a message could undo: its text stands for it.
    std::string_view written = text.substr(mark + 1);
    if (written.starts_with('+')) written.remove_prefix(1);
    const auto value = parse_integer(written);
    if (!value || *value > INT32_MAX || *value < INT32_MIN) {
      to += negative ? "n-" : "n";
      to += text;
      return;
    }
    exponent = *value;
    text = text.substr(0, mark);
  }
  std::string digits(text.substr(0, text.find('.')));
  if (const std::size_t dot = text.find('.'); dot != std::string_view::npos) {
    const std::string_view fraction = text.substr(dot + 1);
    digits += fraction;
    exponent -= static_cast<std::int64_t>(fraction.size());
  }
  const std::size_t last = digits.find_last_not_of('0');
  if (last == std::string::npos) {
    to += "n0";
    return;
  }
  exponent += static_cast<std::int64_t>(digits.size() - last - 1);
  digits.erase(last + 1);
  digits.erase(0, digits.find_first_not_of('0'));
  to += negative ? "n-" : "n";
  to += digits + 'e' + std::to_string(exponent);
}

}  // namespace

void append_canonical(std::string& to, const JsonValue& value) {
  switch (value.kind) {
    case JsonKind::null: to += 'z'; return;
    case JsonKind::boolean: to += value.truth ? 't' : 'f'; return;
    case JsonKind::number: append_number(to, value.text); return;
    case JsonKind::string: append_json_string(to, value.text); return;
    case JsonKind::array:
      to += '[';
      for (const JsonValue& item : value.items) {
        append_canonical(to, item);
        to += ',';
      }
      to += ']';
      return;
    case JsonKind::object: {
      std::vector<const JsonMember*> members;
      for (const JsonMember& member : value.members) members.push_back(&member);
      std::stable_sort(members.begin(), members.end(),
                       [](const JsonMember* left, const JsonMember* right) { return left->name < right->name; });
      to += '{';
      for (const JsonMember* member : members) {
        append_json_string(to, member->name);
        to += ':';
        append_canonical(to, member->value);
        to += ',';
      }
      to += '}';
      return;
    }
  }
}

std::string canonical_text(const JsonValue& value) {
  std::string text;
  append_canonical(text, value);
  return text;
}

bool equal_json(const JsonValue& left, const JsonValue& right) {
  if (left.kind != right.kind) return false;
  if (left.is_string()) return left.text == right.text;
  return canonical_text(left) == canonical_text(right);
}

}  // namespace sluice::schema
