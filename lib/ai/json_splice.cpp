// SPDX-License-Identifier: Apache-2.0
#include "ai/json_splice.hpp"

#include "base/json.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <tuple>

namespace sluice::ai {
namespace {

std::uint32_t hex4(std::string_view text, std::size_t at) {
  std::uint32_t unit = 0;
  for (std::size_t i = at; i < at + 4 && i < text.size(); ++i) {
    unit = unit * 16 + static_cast<std::uint32_t>(std::max(hex_value(text[i]), 0));
  }
  return unit;
}

/// One character of a string as it is written, or one byte of it: how many bytes it takes there and decoded.
struct Unit {
  std::size_t written, decoded;
};

Unit unit_at(std::string_view json, std::size_t at) {
  if (json[at] != '\\' || at + 1 >= json.size()) return {1, 1};
  if (json[at + 1] != 'u') return {2, 1};
  const std::uint32_t unit = hex4(json, at + 2);
  if (unit >= 0xD800 && unit <= 0xDBFF && json.substr(at + 6, 2) == "\\u") {
    const std::uint32_t low = hex4(json, at + 8);
    if (low >= 0xDC00 && low <= 0xDFFF) return {12, 4};
  }
  // A lone surrogate is read as U+FFFD.
  return {6, unit < 0x80 ? 1u : unit < 0x800 ? 2u : 3u};
}

void append_escaped(std::string& to, std::string_view text) {
  std::string quoted;
  append_json_string(quoted, text);
  to.append(quoted, 1, quoted.size() - 2);
}

}  // namespace

std::string splice_json(std::string_view json, std::vector<StringEdit> edits) {
  std::sort(edits.begin(), edits.end(), [](const StringEdit& a, const StringEdit& b) {
    return std::tie(a.string, a.begin) < std::tie(b.string, b.begin);
  });
  std::string made;
  made.reserve(json.size());
  std::size_t copied = 0;  // Of the text, so far.
  std::size_t at = 0, decoded = 0;
  for (std::size_t i = 0; i < edits.size(); ++i) {
    const StringEdit& edit = edits[i];
    if (i == 0 || edit.string != edits[i - 1].string) {
      at = edit.string + 1;
      decoded = 0;
    }
    const auto step = [&] {
      const Unit unit = unit_at(json, at);
      at += unit.written;
      decoded += unit.decoded;
    };
    while (at < json.size() && decoded + unit_at(json, at).decoded <= edit.begin) step();
    made.append(json, copied, at - copied);
    append_escaped(made, edit.text);
    while (at < json.size() && decoded < edit.end) step();
    copied = at;
  }
  return made.append(json.substr(copied));
}

}  // namespace sluice::ai
