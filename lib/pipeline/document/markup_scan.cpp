// SPDX-License-Identifier: Apache-2.0
// One loop over the document, a stack of open elements, a function for each kind of markup. Every function goes
// forward, so the scan is linear; nothing recurses.
#include "pipeline/document/markup_scan.hpp"

#include "base/text.hpp"

#include <sluice/expression.hpp>

#include <algorithm>
#include <vector>

namespace sluice {
namespace {

constexpr bool starts_name(char c) {
  return is_alpha(c) || c == '_' || c == ':' || static_cast<unsigned char>(c) >= 0x80;
}
constexpr bool in_name(char c) { return starts_name(c) || is_digit(c) || c == '-' || c == '.'; }

/// Decodes all references; malformed ones stay as they are.
std::string decoded(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    std::size_t length = text.front() == '&' ? decode_reference(text, result) : 0;
    if (length == 0) {
      result += text.front();
      length = 1;
    }
    text.remove_prefix(length);
  }
  return result;
}

class Scanner {
 public:
  Scanner(const SourceText& source, PolicyFormat format, const DocumentLimits& limits, Diagnostics& diagnostics)
      : source_(source), text_(source.text()), format_(format), limits_(limits), diagnostics_(diagnostics) {
    result_.shielded = text_;
  }

  MarkupScan run() {
    if (text_.size() > limits_.bytes) {
      report("SL9001", 0, 1,
             "the document has " + std::to_string(text_.size()) + " bytes, at most " + std::to_string(limits_.bytes) +
                 " are allowed");
      return std::move(result_);
    }
    if (!check_characters()) return std::move(result_);
    if (text_.substr(0, 3) == "\xEF\xBB\xBF") {
      blank(0, 3);
      at_ = 3;
    }
    while (at_ < text_.size() && !stopped_) {
      if (text_[at_] == '<') {
        markup();
      } else {
        element_text();
      }
    }
    if (!stopped_) finish();
    return std::move(result_);
  }

 private:
  struct Open {
    std::string_view name;
    std::size_t offset;
    std::size_t extent;  ///< Index in the result's elements.
  };

  void report(std::string_view code, std::size_t offset, std::size_t length, std::string message,
              std::string hint = {}) {
    diagnostics_.add(source_.diagnostic(Severity::error, code, offset, length, std::move(message), std::move(hint)));
    result_.ok = false;
  }
  /// Reports a fault behind which nothing can be told apart any more.
  void stop(std::string_view code, std::size_t offset, std::size_t length, std::string message, std::string hint = {}) {
    report(code, offset, length, std::move(message), std::move(hint));
    stopped_ = true;
  }
  std::string_view rest(std::size_t from) const { return text_.substr(std::min(from, text_.size())); }
  bool starts(std::string_view what) const { return rest(at_).substr(0, what.size()) == what; }
  void blank(std::size_t from, std::size_t to) {
    std::fill_n(result_.shielded.begin() + static_cast<std::ptrdiff_t>(from), to - from, ' ');
  }
  /// Replaces what pugixml would take for markup.
  void shield(std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < to; ++i) {
      char& c = result_.shielded[i];
      if (c == '<' || c == '>' || c == '&' || c == '"' || c == '\'') c = '_';
    }
  }

  bool check_characters() {
    for (std::size_t i = 0; i < text_.size();) {
      const auto byte = static_cast<unsigned char>(text_[i]);
      const std::size_t length = utf8_sequence_length(text_.substr(i));
      if (length == 0) {
        report("SL1002", i, 1, "the text is not valid UTF-8", "save the file as UTF-8");
        return false;
      }
      if (byte < 0x20 && !is_blank(text_[i])) {
        report("SL1002", i, 1, "a control character (code " + std::to_string(byte) + ") is not allowed in XML");
        return false;
      }
      i += length;
    }
    return true;
  }

  // ---- Markup ------------------------------------------------------------------------------------------------------

  void markup() {
    if (starts("<!--")) return comment();
    if (starts("<![CDATA[")) return character_data();
    if (starts("<?")) return instruction();
    if (starts("<!")) {
      return stop("SL1007", at_, 9, "document types and entity declarations are not allowed in policy documents");
    }
    if (starts("</")) return end_tag();
    start_tag();
  }

  void comment() {
    const std::size_t end = text_.find("-->", at_ + 4);
    if (end == std::string_view::npos) return stop("SL1003", at_, 4, "the comment does not end", "close it with '-->'");
    shield(at_ + 4, end);
    // `--` inside a comment is refused by strict parsers; documents have it.
    for (std::size_t i = at_ + 4; i < end; ++i) {
      if (result_.shielded[i] == '-') result_.shielded[i] = '_';
    }
    at_ = end + 3;
  }

  void character_data() {
    const std::size_t end = text_.find("]]>", at_ + 9);
    if (end == std::string_view::npos)
      return stop("SL1003", at_, 9, "the CDATA section does not end", "close it with ']]>'");
    if (open_.empty()) report("SL1006", at_, 9, "text must stand inside the root element");
    at_ = end + 3;
  }

  void instruction() {
    const std::size_t end = text_.find("?>", at_);
    const bool declaration =
        starts("<?xml") && at_ + 5 < text_.size() && is_blank(text_[at_ + 5]) && open_.empty() && roots_ == 0;
    if (!declaration || end == std::string_view::npos) {
      return stop("SL1007", at_, 2, "processing instructions are not allowed in policy documents");
    }
    blank(at_, end + 2);
    at_ = end + 2;
  }

  std::string_view name_at(std::size_t offset) const {
    std::size_t end = offset;
    if (end < text_.size() && starts_name(text_[end])) {
      while (end < text_.size() && in_name(text_[end])) ++end;
    }
    return text_.substr(offset, end - offset);
  }
  void skip_blanks() { at_ += leading_blanks(rest(at_)); }

  void end_tag() {
    const std::size_t start = at_;
    const std::string_view name = name_at(at_ + 2);
    at_ += 2 + name.size();
    skip_blanks();
    if (name.empty() || at_ >= text_.size() || text_[at_] != '>') {
      return stop("SL1003", start, 2, "the end tag is malformed", "write </name>");
    }
    ++at_;
    if (open_.empty()) {
      return stop("SL1003", start, at_ - start, "</" + std::string(name) + "> closes an element that is not open");
    }
    if (open_.back().name != name) {
      const auto opened = source_.position(open_.back().offset);
      return stop("SL1003", start, at_ - start,
                  "expected </" + std::string(open_.back().name) + ">, which was opened at " +
                      std::to_string(opened.line) + ":" + std::to_string(opened.column) + ", found </" +
                      std::string(name) + ">");
    }
    result_.elements[open_.back().extent].content_end = start;
    open_.pop_back();
  }

  void start_tag() {
    const std::size_t start = at_;
    const std::string_view name = name_at(at_ + 1);
    if (name.empty()) {
      return stop("SL1003", start, 1, "'<' does not begin an element here",
                  "write &lt; in text; an expression must be the whole text");
    }
    if (open_.empty() && ++roots_ > 1) {
      return stop("SL1006", start, name.size() + 1,
                  "a document has one root element, <" + std::string(name) + "> is another one");
    }
    if (++elements_ > limits_.elements) {
      return stop("SL9003", start, name.size() + 1,
                  "the document has more than " + std::to_string(limits_.elements) + " elements");
    }
    at_ += 1 + name.size();
    bool raw_text = false;
    std::vector<std::string_view> seen;
    for (;;) {
      const std::size_t before = at_;
      skip_blanks();
      if (at_ >= text_.size())
        return stop("SL1003", start, name.size() + 1, "the tag of <" + std::string(name) + "> does not end");
      if (text_[at_] == '>' || starts("/>")) break;
      if (before == at_)
        return stop("SL1003", at_, 1, "a blank must stand before an attribute of <" + std::string(name) + ">",
                    "a quote inside a literal value is written &quot;");
      if (!attribute(name, seen, raw_text)) return;
    }
    const bool closed = text_[at_] == '/';
    at_ += closed ? 2 : 1;
    result_.elements.push_back({start, at_, at_});
    if (closed) return;
    open_.push_back({name, start, result_.elements.size() - 1});
    if (open_.size() > limits_.depth) {
      return stop("SL9002", start, name.size() + 1,
                  "elements are nested deeper than " + std::to_string(limits_.depth) + " levels");
    }
    if (raw_text) template_text();
  }

  bool attribute(std::string_view element, std::vector<std::string_view>& seen, bool& raw_text) {
    const std::size_t start = at_;
    const std::string_view name = name_at(at_);
    const auto refuse = [&](std::string why) {
      stop("SL1003", start, std::max<std::size_t>(name.size(), 1), std::move(why), "write name=\"value\"");
      return false;
    };
    if (name.empty()) return refuse("an attribute of <" + std::string(element) + "> has no name");
    if (std::find(seen.begin(), seen.end(), name) != seen.end()) {
      report("SL1005", start, name.size(),
             "attribute '" + std::string(name) + "' of <" + std::string(element) + "> stands twice");
    }
    seen.push_back(name);
    if (seen.size() == limits_.attributes_per_element + 1) {
      report("SL9003", start, name.size(),
             "<" + std::string(element) + "> has more than " + std::to_string(limits_.attributes_per_element) +
                 " attributes");
    }
    at_ += name.size();
    skip_blanks();
    if (at_ >= text_.size() || text_[at_] != '=') return refuse("attribute '" + std::string(name) + "' has no value");
    ++at_;
    skip_blanks();
    const char quote = at_ < text_.size() ? text_[at_] : '\0';
    if (quote != '"' && quote != '\'')
      return refuse("the value of attribute '" + std::string(name) + "' is not in quotes");
    ++at_;
    const std::size_t value = at_;
    if (!value_end(quote)) return false;
    if (name == "template" && text_.substr(value, at_ - value) == "liquid") raw_text = true;
    ++at_;
    return true;
  }

  /// Moves to the quote that ends the attribute's value.
  bool value_end(char quote) {
    const std::size_t start = at_;
    if (begins_expression(rest(at_))) {
      const ExpressionExtent extent = expression_extent(rest(at_), quote);
      if (extent.problem != ExpressionExtent::Problem::none) {
        refuse_expression(start, extent);
        return false;
      }
      at_ += extent.size;
      shield(start, at_);
      return true;
    }
    at_ = text_.find(quote, at_);
    if (at_ == std::string_view::npos) {
      at_ = start;
      stop("SL1003", start - 1, 1, "the value of the attribute does not end");
      return false;
    }
    check_references(start, at_);
    shield(start, at_);
    return true;
  }

  void refuse_expression(std::size_t start, const ExpressionExtent& extent) {
    start += leading_blanks(rest(start));
    if (extent.problem == ExpressionExtent::Problem::unbalanced) {
      return stop("SL1004", start, 2, "the expression does not end", "check its brackets and quotes");
    }
    stop("SL1010", start, 2, "an expression must be the whole value, more text follows it",
         "join the parts inside the expression: @(\"text\" + value)");
  }

  // ---- Text
  // ----------------------------------------------------------------------------------------------------------

  void element_text() {
    const std::size_t start = at_;
    const std::string_view ahead = rest(at_);
    if (!open_.empty() && begins_expression(ahead)) {
      const ExpressionExtent extent = expression_extent(ahead, '<');
      if (extent.problem == ExpressionExtent::Problem::none) {
        at_ += extent.size;
        shield(start, at_);
        return;
      }
      if (extent.problem == ExpressionExtent::Problem::unbalanced) return refuse_expression(start, extent);
      // Text that goes on behind an expression is literal as a whole; whether the element may hold it is checked later.
    }
    at_ = std::min(text_.find('<', at_), text_.size());
    const std::string_view text = text_.substr(start, at_ - start);
    if (open_.empty() && !trim(text).empty()) {
      report("SL1006", start + leading_blanks(text), 1, "text must stand inside the root element");
      blank(start, at_);
    }
    check_references(start, at_);
    shield(start, at_);
  }

  /// The text of a template may hold any `<`: it ends where its end tag is.
  void template_text() {
    const std::string end_tag = "</" + std::string(open_.back().name);
    const std::size_t end = text_.find(end_tag, at_);
    if (end == std::string_view::npos) {
      return stop("SL1003", open_.back().offset, end_tag.size() - 1,
                  "<" + std::string(open_.back().name) + "> is not closed");
    }
    shield(at_, end);
    at_ = end;
  }

  /// Format xml has no bare ampersand; in raw documents one stands for itself, but an unknown entity is a mistake.
  void check_references(std::size_t from, std::size_t to) {
    for (std::size_t i = text_.find('&', from); i < to; i = text_.find('&', i + 1)) {
      std::string ignored;
      if (decode_reference(text_.substr(i, to - i), ignored) != 0) continue;
      const std::string_view name = name_at(i + 1);
      const bool looks_like_entity = !name.empty() && i + 1 + name.size() < to && text_[i + 1 + name.size()] == ';';
      if (looks_like_entity) {
        report("SL1008", i, name.size() + 2, "entity '&" + std::string(name) + ";' is not declared",
               "only &amp; &lt; &gt; &quot; &apos; and &#...; exist");
      } else if (format_ == PolicyFormat::xml) {
        report("SL1008", i, 1, "a bare '&' is not allowed in format xml", "write &amp;");
      }
    }
  }

  void finish() {
    if (!open_.empty()) {
      report("SL1003", open_.back().offset, open_.back().name.size() + 1,
             "<" + std::string(open_.back().name) + "> is not closed");
    } else if (roots_ == 0) {
      report("SL1003", 0, 1, "the document has no element", "a policy document is <policies>...</policies>");
    }
  }

  const SourceText& source_;
  std::string_view text_;
  PolicyFormat format_;
  const DocumentLimits& limits_;
  Diagnostics& diagnostics_;
  MarkupScan result_;
  std::size_t at_ = 0;
  std::size_t elements_ = 0;
  unsigned roots_ = 0;
  bool stopped_ = false;
  std::vector<Open> open_;
};

}  // namespace

MarkupScan scan_markup(const SourceText& source, PolicyFormat format, const DocumentLimits& limits,
                       Diagnostics& diagnostics) {
  return Scanner(source, format, limits, diagnostics).run();
}

std::size_t leading_blanks(std::string_view text) {
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_blank) - text.begin());
}

bool begins_expression(std::string_view text) {
  const std::string_view begin = text.substr(leading_blanks(text), 2);
  return begin == "@(" || begin == "@{";
}

std::size_t decode_reference(std::string_view text, std::string& to) {
  const std::size_t end = text.substr(0, 12).find(';');
  if (end == std::string_view::npos) return 0;
  const std::string_view name = text.substr(1, end - 1);
  if (name == "amp")
    to += '&';
  else if (name == "lt")
    to += '<';
  else if (name == "gt")
    to += '>';
  else if (name == "quot")
    to += '"';
  else if (name == "apos")
    to += '\'';
  else if (name.size() > 1 && name.front() == '#') {
    const bool hexadecimal = name[1] == 'x';
    std::uint32_t code = 0;
    const std::string_view digits = name.substr(hexadecimal ? 2 : 1);
    if (digits.empty()) return 0;
    for (char c : digits) {
      const int digit = hex_value(c);
      if (digit < 0 || (!hexadecimal && digit > 9)) return 0;
      code = code * (hexadecimal ? 16 : 10) + static_cast<std::uint32_t>(digit);
      if (code > 0x10FFFF) return 0;
    }
    if ((code < 0x20 && code != 9 && code != 10 && code != 13) || (code >= 0xD800 && code <= 0xDFFF)) return 0;
    append_utf8(to, code);
  } else {
    return 0;
  }
  return end + 1;
}

ExpressionExtent expression_extent(std::string_view text, char delimiter) {
  const std::size_t before = std::min(text.find(delimiter), text.size());
  const std::string plain = decoded(text.substr(0, before));
  const std::string_view candidate = trim(plain);
  if (before < text.size() && expression_length(candidate) == candidate.size()) return {before, {}};

  const std::size_t start = leading_blanks(text);
  const auto length = expression_length(text.substr(start));
  if (!length) return {0, ExpressionExtent::Problem::unbalanced};
  const std::size_t end = start + *length + leading_blanks(text.substr(start + *length));
  if (end < text.size() && text[end] == delimiter) return {end, {}};
  return {0, ExpressionExtent::Problem::followed_by_text};
}

}  // namespace sluice
