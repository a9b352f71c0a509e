// SPDX-License-Identifier: Apache-2.0
// Filters that work on texts. Null stays null. Lengths and positions count UTF-16 units, as .NET does.
#include "base/text.hpp"
#include "expression/unicode.hpp"
#include "liquid/filters.hpp"
#include "liquid/library_call.hpp"

#include <algorithm>

namespace sluice::liquid {
namespace {

using expression::byte_position;
using expression::next_point;
using expression::no_position;
using expression::utf16_length;

/// A row's function for what makes a text of a text.
template <class Make>
Value from_text(const FilterCall& call, Make make) {
  if (plain(call.input).is_null()) return {};
  const std::string_view text = call.text();
  return call.run.failed() ? Value() : call.run.text(make(text));
}

Value append(const FilterCall& call) {
  return from_text(call, [&](std::string_view text) { return std::string(text) + std::string(call.text(0)); });
}
Value prepend(const FilterCall& call) {
  return from_text(call, [&](std::string_view text) { return std::string(call.text(0)) + std::string(text); });
}
Value upcase(const FilterCall& call) { return from_text(call, expression::to_upper_text); }
Value downcase(const FilterCall& call) { return from_text(call, expression::to_lower_text); }

/// Each word with a capital letter and small ones behind it; words all in capitals are abbreviations and stay.
/// **Source**: DotLiquid, Capitalize; .NET TextInfo.ToTitleCase.
std::string title_case(std::string_view text) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    std::size_t end = at;
    while (end < text.size() && !is_blank(text[end])) ++end;
    const std::string_view word = text.substr(begin, end - begin);
    if (word.size() > 1 && expression::to_upper_text(word) == word) {
      result += word;
    } else if (!word.empty()) {
      std::size_t rest = 0;
      expression::append_point(result, expression::to_upper_point(next_point(word, rest)));
      result += expression::to_lower_text(word.substr(rest));
    }
    for (at = end; at < text.size() && is_blank(text[at]); ++at) result += text[at];
  }
  return result;
}
Value capitalize(const FilterCall& call) { return from_text(call, title_case); }

Value escape(const FilterCall& call) {
  if (plain(call.input).is_null()) return {};
  return call_library(call.run, "static WebUtility", "HtmlEncode", "(string value)", {Value::string(call.text())});
}
Value url_encode(const FilterCall& call) {
  if (plain(call.input).is_null()) return {};
  return call_library(call.run, "static WebUtility", "UrlEncode", "(string value)", {Value::string(call.text())});
}
Value url_decode(const FilterCall& call) {
  if (plain(call.input).is_null()) return {};
  return call_library(call.run, "static WebUtility", "UrlDecode", "(string encodedValue)",
                      {Value::string(call.text())});
}

std::string_view without_blanks(std::string_view text, bool left, bool right) {
  while (left && !text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (right && !text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}
Value strip(const FilterCall& call) {
  return from_text(call, [](std::string_view text) { return without_blanks(text, true, true); });
}
Value lstrip(const FilterCall& call) {
  return from_text(call, [](std::string_view text) { return without_blanks(text, true, false); });
}
Value rstrip(const FilterCall& call) {
  return from_text(call, [](std::string_view text) { return without_blanks(text, false, true); });
}

Value strip_newlines(const FilterCall& call) {
  return from_text(call, [](std::string_view text) {
    std::string result(text);
    std::erase_if(result, [](char c) { return c == '\r' || c == '\n'; });
    return result;
  });
}
Value newline_to_br(const FilterCall& call) {
  return from_text(call, [](std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const bool is_pair = text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n';
      if (is_pair || text[i] == '\n') result += "<br />";
      if (is_pair) result += text[i++];
      result += text[i];
    }
    return result;
  });
}

/// Length of the tag, comment, script or style sheet that begins at `text`.
std::size_t markup_length(std::string_view text) {
  constexpr std::pair<std::string_view, std::string_view> wholes[] = {
      {"<!--", "-->"}, {"<script", "</script>"}, {"<style", "</style>"}};
  for (const auto& [begin, end] : wholes) {
    if (!equal_ignoring_case(text.substr(0, begin.size()), begin)) continue;
    const std::size_t found = text.find(end);
    if (found != std::string_view::npos) return found + end.size();
  }
  const std::size_t end = text.find('>');
  return end == std::string_view::npos ? 0 : end + 1;
}
Value strip_html(const FilterCall& call) {
  return from_text(call, [&](std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size();) {
      const std::size_t markup = text[i] == '<' ? markup_length(text.substr(i)) : 0;
      // An opening bracket without its end is looked for to the end of the text.
      if (text[i] == '<' && markup == 0 && !call.run.charge((text.size() - i) / 64)) return result;
      if (markup == 0) result += text[i];
      i += std::max<std::size_t>(markup, 1);
    }
    return result;
  });
}

Value remove(const FilterCall& call) {
  return from_text(call, [&](std::string_view text) {
    const std::string_view what = call.text(0);
    std::string result;
    for (std::size_t at = what.empty() ? std::string_view::npos : text.find(what); at != std::string_view::npos;
         at = text.find(what)) {
      result += text.substr(0, at);
      text.remove_prefix(at + what.size());
    }
    return result.append(text);
  });
}
Value remove_first(const FilterCall& call) {
  return from_text(call, [&](std::string_view text) {
    const std::size_t at = text.find(call.text(0));
    if (at == std::string_view::npos) return std::string(text);
    return std::string(text.substr(0, at)) + std::string(text.substr(at + call.text(0).size()));
  });
}

/// The first `units` UTF-16 units; a character that does not fit whole is left out.
std::string_view first_units(std::string_view text, std::size_t units) {
  const std::size_t end = byte_position(text, units);
  return text.substr(0, end);
}

Value truncate(const FilterCall& call) {
  const std::int64_t length = call.whole(0, 50);
  const std::string_view mark = call.text(1, "...");
  return from_text(call, [&](std::string_view text) {
    const std::int64_t kept = length - static_cast<std::int64_t>(utf16_length(mark));
    if (length < 0 || static_cast<std::int64_t>(utf16_length(text)) <= length) return std::string(text);
    return std::string(first_units(text, static_cast<std::size_t>(std::max<std::int64_t>(kept, 0)))) +
           std::string(mark);
  });
}
Value truncate_words(const FilterCall& call) {
  const std::int64_t most = call.whole(0, 15);
  return from_text(call, [&](std::string_view text) {
    const std::vector<std::string_view> words = split_words(text);
    const auto kept = static_cast<std::size_t>(std::max<std::int64_t>(most, 0));
    if (words.size() <= kept) return std::string(text);
    std::string result;
    for (std::size_t i = 0; i < kept; ++i) {
      if (i != 0) result += ' ';
      result += words[i];
    }
    return result.append(call.text(1, "..."));
  });
}

/// Part of a text or of a sequence: from a place (from the end when negative), one element or as many as given.
Value slice(const FilterCall& call) {
  const Value input = plain(call.input);
  if (input.is_null()) return {};
  const std::string_view text = is_sequence(input) ? std::string_view() : call.text();
  const auto total = static_cast<std::int64_t>(is_sequence(input) ? call.elements().count : utf16_length(text));
  const std::int64_t start = call.whole(0, 0);
  const std::int64_t begin = std::clamp<std::int64_t>(start < 0 ? start + total : start, 0, total);
  const std::int64_t count = std::clamp<std::int64_t>(call.whole(1, 1), 0, total - begin);
  if (call.run.failed()) return {};
  if (is_sequence(input)) {
    const Items all = call.elements();
    return all.count == 0 ? call.input : make_list(call.run, all.data + begin, static_cast<std::uint32_t>(count));
  }
  std::string part;
  expression::append_units(part, text, static_cast<std::size_t>(begin), static_cast<std::size_t>(count));
  return call.run.text(part);
}

/// The pieces between separators; characters when the separator is empty.
Value split_text(const FilterCall& call) {
  if (plain(call.input).is_null()) return {};
  std::string_view text = call.text();
  const std::string_view separator = call.text(0);
  std::vector<Value> pieces;
  while (!text.empty() || !pieces.empty()) {
    std::size_t end = separator.empty() ? 0 : text.find(separator);
    if (separator.empty() && !text.empty()) next_point(text, end);
    if (!call.run.charge(1)) return {};
    pieces.push_back(Value::string(text.substr(0, end)));
    if (end == std::string_view::npos || (separator.empty() && end == text.size())) break;
    text.remove_prefix(end + separator.size());
  }
  return make_list(call.run, pieces.data(), static_cast<std::uint32_t>(pieces.size()));
}

constexpr Filter rows[] = {
    {"Append", 1, 1, append},
    {"Capitalize", 0, 0, capitalize},
    {"Downcase", 0, 0, downcase},
    {"Escape", 0, 0, escape},
    {"H", 0, 0, escape},
    {"Lstrip", 0, 0, lstrip},
    {"NewlineToBr", 0, 0, newline_to_br},
    {"Prepend", 1, 1, prepend},
    {"Remove", 1, 1, remove},
    {"RemoveFirst", 1, 1, remove_first},
    {"Rstrip", 0, 0, rstrip},
    {"Slice", 1, 2, slice},
    {"Split", 1, 1, split_text},
    {"Strip", 0, 0, strip},
    {"StripHtml", 0, 0, strip_html},
    {"StripNewlines", 0, 0, strip_newlines},
    {"Truncate", 0, 2, truncate},
    {"TruncateWords", 0, 2, truncate_words},
    {"Upcase", 0, 0, upcase},
    {"UrlDecode", 0, 0, url_decode},
    {"UrlEncode", 0, 0, url_encode},
};

}  // namespace

constinit const std::span<const Filter> text_filters = rows;

}  // namespace sluice::liquid
