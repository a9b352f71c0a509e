// SPDX-License-Identifier: Apache-2.0
// One loop over the document, a stack of open elements, a function for each kind of markup. Every function goes
// forward; nothing recurses. After a mistake the scan goes on where the markup can be told again, so that the others
// are found in the same go.
#include "pipeline/document/markup_scan.hpp"

#include "base/text.hpp"
#include "pipeline/document/expression_shield.hpp"
#include "pipeline/document/references.hpp"

#include <sluice/message.hpp>

#include <algorithm>
#include <string_view>

namespace sluice {
namespace {

constexpr std::string_view comment_begin = "<!--";
constexpr std::string_view data_begin = "<![CDATA[";
constexpr auto npos = std::string_view::npos;

constexpr bool starts_name(char c) {
  return is_alpha(c) || c == '_' || c == ':' || static_cast<unsigned char>(c) >= 0x80;
}
constexpr bool in_name(char c) { return starts_name(c) || is_digit(c) || c == '-' || c == '.'; }

std::string tag(std::string_view name) { return "<" + std::string(name) + ">"; }

class Scanner {
 public:
  Scanner(const SourceText& source, PolicyFormat format, const DocumentLimits& limits, Diagnostics& diagnostics,
          const ElementNames* templates)
      : source_(source),
        text_(source.text()),
        is_raw_(format == PolicyFormat::rawxml),
        limits_(limits),
        diagnostics_(diagnostics),
        templates_(templates) {}

  MarkupScan run() {
    if (text_.size() > limits_.bytes) {
      stop("SL9001", 0, 1,
           "the document has " + std::to_string(text_.size()) + " bytes, at most " + std::to_string(limits_.bytes) +
               " are allowed");
      return std::move(result_);
    }
    result_.shielded = text_;
    check_characters();
    if (text_.starts_with("\xEF\xBB\xBF")) {
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
  /// What a start tag has shown so far.
  struct StartTag {
    std::string_view name;
    std::vector<std::string_view> attributes;
    bool holds_template = false;
    bool is_damaged = false;  ///< What is wrong behind a damaged expression most probably comes from it.
  };

  // ---- Findings ----------------------------------------------------------------------------------------------------

  void report(std::string_view code, std::size_t offset, std::size_t length, std::string message,
              std::string hint = {}) {
    diagnostics_.add(source_.diagnostic(Severity::error, code, offset, length, std::move(message), std::move(hint)));
    result_.ok = false;
    if (++findings_ == most_findings) give_up();
  }
  /// Reports a fault after which the elements cannot be told any more; what else is wrong with the markup still can.
  void report_structure(std::string_view code, std::size_t offset, std::size_t length, std::string message,
                        std::string hint = {}) {
    report(code, offset, length, std::move(message), std::move(hint));
    result_.is_tree = false;
  }
  /// Reports a fault behind which nothing can be told apart any more.
  void stop(std::string_view code, std::size_t offset, std::size_t length, std::string message, std::string hint = {}) {
    report(code, offset, length, std::move(message), std::move(hint));
    give_up();
  }
  void give_up() {
    stopped_ = true;
    result_.is_tree = false;
  }

  // ---- Text and copy -----------------------------------------------------------------------------------------------

  std::string_view rest(std::size_t from) const { return text_.substr(std::min(from, text_.size())); }
  bool starts(std::string_view what) const { return rest(at_).starts_with(what); }
  void skip_blanks() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
  }
  std::string_view name_at(std::size_t offset) const {
    std::size_t end = offset;
    if (end < text_.size() && starts_name(text_[end])) {
      while (end < text_.size() && in_name(text_[end])) ++end;
    }
    return text_.substr(offset, end - offset);
  }
  void blank(std::size_t from, std::size_t to) { std::fill(copy_at(from), copy_at(to), ' '); }
  /// Replaces what pugixml would take for markup.
  void shield(std::size_t from, std::size_t to) {
    std::replace_if(
        copy_at(from), copy_at(to), [](char c) { return c == '<' || c == '>' || c == '&' || c == '"' || c == '\''; },
        '_');
  }
  std::string::iterator copy_at(std::size_t offset) {
    return result_.shielded.begin() + static_cast<std::ptrdiff_t>(offset);
  }

  void check_characters() {
    for (std::size_t i = 0; i < text_.size() && !stopped_;) {
      const std::size_t length = utf8_sequence_length(text_.substr(i));
      if (length == 0) return stop("SL1002", i, 1, "the text is not valid UTF-8", "save the file as UTF-8");
      const auto byte = static_cast<unsigned char>(text_[i]);
      const std::string_view sequence = text_.substr(i, length);
      if ((byte < 0x20 && !is_blank(text_[i])) || sequence == "\xEF\xBF\xBE" || sequence == "\xEF\xBF\xBF") {
        report("SL1002", i, length, "a character that XML forbids: code " + std::to_string(code_of(sequence)));
        blank(i, i + length);
      }
      i += length;
    }
  }
  /// Code point of the few characters that are refused.
  static unsigned code_of(std::string_view sequence) {
    return sequence.size() == 1 ? static_cast<unsigned char>(sequence[0])
                                : 0xFF80u + static_cast<unsigned char>(sequence[2]) - 0x40u;
  }

  // ---- Markup ------------------------------------------------------------------------------------------------------

  void markup() {
    if (starts(comment_begin)) return comment();
    if (starts(data_begin)) return character_data();
    if (starts("<?")) return instruction();
    if (starts("<!")) return declaration();
    if (starts("</")) return end_tag();
    start_tag();
  }

  void comment() {
    const std::size_t begin = at_ + comment_begin.size();
    const std::size_t end = text_.find("-->", begin);
    if (end == npos) return stop("SL1003", at_, 4, "the comment does not end", "close it with '-->'");
    const std::size_t dashes = text_.substr(begin, end - begin).find("--");
    if (!is_raw_ && dashes != npos) {
      report("SL1003", begin + dashes, 2, "'--' is not allowed inside a comment in format xml");
    }
    // Strict parsers refuse `--` inside a comment; raw documents have it.
    shield(begin, end);
    std::replace(copy_at(begin), copy_at(end), '-', '_');
    at_ = end + 3;
  }

  void character_data() {
    const std::size_t start = at_;
    const std::size_t end = text_.find("]]>", at_ + data_begin.size());
    if (end == npos)
      return stop("SL1003", at_, data_begin.size(), "the CDATA section does not end", "close it with ']]>'");
    at_ = end + 3;
    if (!open_.empty()) return;
    report("SL1006", start, data_begin.size(), "text must stand inside the root element");
    blank(start, at_);
  }

  void instruction() {
    const std::size_t start = at_;
    const std::size_t end = text_.find("?>", at_);
    const bool xml = starts("<?xml") && at_ + 5 < text_.size() && is_blank(text_[at_ + 5]);
    const std::string message = "processing instructions are not allowed in policy documents";
    if (end == npos) return stop("SL1007", at_, 2, message);
    at_ = end + 2;
    blank(start, at_);
    // The XML declaration is one only at the very beginning.
    if (!xml || trim(text_.substr(0, start)) != (text_.starts_with("\xEF\xBB\xBF") ? text_.substr(0, 3) : "")) {
      report("SL1007", start, 2, message);
    }
  }

  /// What follows a document type may be anything; one without own declarations ends at `>`.
  void declaration() {
    const std::size_t start = at_;
    const std::size_t end = text_.find_first_of("[>", at_);
    const std::string message = "document types and entity declarations are not allowed in policy documents";
    if (end == npos || text_[end] == '[') return stop("SL1007", start, 9, message);
    at_ = end + 1;
    blank(start, at_);
    report("SL1007", start, 9, message);
  }

  void end_tag() {
    const std::size_t start = at_;
    const std::string_view name = name_at(at_ + 2);
    at_ += 2 + name.size();
    skip_blanks();
    if (name.empty() || at_ >= text_.size() || text_[at_] != '>') {
      return stop("SL1003", start, 2, "the end tag is malformed", "write </name>");
    }
    ++at_;
    if (!open_.empty() && open_.back().name == name) {
      result_.elements[open_.back().extent].content_end = start;
      open_.pop_back();
    } else {
      unexpected_end(start, name);
    }
  }

  /// Closes what the tag most probably closes. Tags behind one that does not match are not told: they follow from it.
  void unexpected_end(std::size_t start, std::string_view name) {
    if (result_.is_tree && open_.empty()) {
      report_structure("SL1003", start, at_ - start, "</" + std::string(name) + "> closes an element that is not open");
    } else if (result_.is_tree) {
      const auto opened = source_.position(open_.back().offset);
      report_structure("SL1003", start, at_ - start,
                       "expected </" + std::string(open_.back().name) + ">, which was opened at " +
                           std::to_string(opened.line) + ":" + std::to_string(opened.column) + ", found </" +
                           std::string(name) + ">");
    }
    const auto same = std::find_if(open_.rbegin(), open_.rend(), [&](const Open& open) { return open.name == name; });
    if (same != open_.rend()) open_.erase(same.base() - 1, open_.end());
  }

  void start_tag() {
    const std::size_t start = at_;
    StartTag element{name_at(at_ + 1), {}};
    if (element.name.empty()) return stray_bracket();
    const std::size_t length = element.name.size() + 1;
    if (open_.empty() && ++roots_ > 1) return second_root(start, element.name);
    if (++elements_ > limits_.elements) {
      return stop("SL9003", start, length,
                  "the document has more than " + std::to_string(limits_.elements) + " elements");
    }
    at_ += length;
    if (!attributes(start, element)) return;
    const bool closed = text_[at_] == '/';
    at_ += closed ? 2 : 1;
    result_.elements.push_back({start, at_, at_});
    if (closed) return;
    open_.push_back({element.name, start, result_.elements.size() - 1});
    if (open_.size() > limits_.depth) {
      return stop("SL9002", start, length,
                  "elements are nested deeper than " + std::to_string(limits_.depth) + " levels");
    }
    const bool is_template = templates_ == nullptr || templates_->count(element.name) != 0;
    if (element.holds_template && is_raw_ && is_template) template_text();
  }

  void stray_bracket() {
    report("SL1003", at_, 1, "'<' does not begin an element here",
           "write &lt; in text; an expression must be the whole text");
    shield(at_, at_ + 1);
    ++at_;
  }

  void second_root(std::size_t start, std::string_view name) {
    report("SL1006", start, name.size() + 1, "a document has one root element, " + tag(name) + " is another one");
    blank(start, text_.size());
    at_ = text_.size();
  }

  /// Moves to the end of the tag; false when there is none.
  bool attributes(std::size_t start, StartTag& element) {
    for (;;) {
      const std::size_t before = at_;
      skip_blanks();
      if (at_ >= text_.size()) {
        stop("SL1003", start, element.name.size() + 1, "the tag of " + tag(element.name) + " does not end");
        return false;
      }
      if (text_[at_] == '>' || starts("/>")) return true;
      if (before == at_) {
        damaged_tag(element, at_, 1, "a blank must stand before an attribute of " + tag(element.name),
                    "a quote inside a literal value is written &quot;");
      } else {
        attribute(element);
      }
      if (stopped_) return false;
    }
  }

  /// Goes on at the end of the tag.
  void damaged_tag(const StartTag& element, std::size_t offset, std::size_t length, std::string message,
                   std::string hint) {
    if (!element.is_damaged) report("SL1003", offset, length, std::move(message), std::move(hint));
    result_.is_tree = false;
    const std::size_t end = std::min(text_.find('>', at_), text_.size());
    at_ = end > at_ && end < text_.size() && text_[end - 1] == '/' ? end - 1 : end;
  }

  void attribute(StartTag& element) {
    const std::size_t start = at_;
    const std::string_view name = name_at(at_);
    const auto refuse = [&](std::string why) {
      damaged_tag(element, start, std::max<std::size_t>(name.size(), 1), std::move(why), "write name=\"value\"");
    };
    if (name.empty()) return refuse("an attribute of " + tag(element.name) + " has no name");
    note_attribute(element, name);
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
    if (!value_end(element, quote)) return;
    shield(value, at_);
    if (name == "template" && equal_ignoring_case(text_.substr(value, at_ - value), "liquid"))
      element.holds_template = true;
    ++at_;
  }

  void note_attribute(StartTag& element, std::string_view name) {
    auto& seen = element.attributes;
    const auto of_element = "' of " + tag(element.name);
    if (std::find(seen.begin(), seen.end(), name) != seen.end()) {
      return report("SL1005", at_, name.size(), "attribute '" + std::string(name) + of_element + " stands twice");
    }
    seen.push_back(name);
    if (seen.size() == limits_.attributes_per_element + 1) {
      stop("SL9003", at_, name.size(),
           tag(element.name) + " has more than " + std::to_string(limits_.attributes_per_element) + " attributes");
    }
  }

  /// Moves to the quote that ends the attribute's value; false when there is none.
  bool value_end(StartTag& element, char quote) {
    const std::size_t start = at_;
    const std::size_t next = text_.find(quote, at_);
    if (next == npos) {
      stop("SL1003", start - 1, 1, "the value of the attribute does not end");
      return false;
    }
    const bool is_expression = begins_expression(rest(at_));
    if (!is_expression || !is_raw_) {
      at_ = is_raw_ && quote == '"' ? literal_end(start) : next;
      check_references(start, at_);
      check_brackets(start, at_);
    }
    if (!is_expression) return true;
    const ExpressionExtent extent =
        is_raw_ ? expression_extent(rest(start), quote) : escaped_expression_extent(rest(start), quote);
    if (extent.problem == ExpressionExtent::Problem::none) {
      at_ = start + extent.size;
      return true;
    }
    refuse_expression(start, extent.problem);
    element.is_damaged = true;
    const auto probable = is_raw_ ? probable_value_end(rest(start), quote) : next - start;
    if (!probable) give_up();
    at_ = start + probable.value_or(0);
    return probable.has_value();
  }

  /// Where a raw literal that begins at `start` ends. Distinguished names have quotes of their own (`O="A, B", C=US`):
  /// one behind `=` whose partner is followed by the next part or the end. There is a quote behind `start`.
  std::size_t literal_end(std::size_t start) const {
    std::size_t end = text_.find('"', start);
    while (end > start && text_[end - 1] == '=' && !ends_attribute(rest(end + 1))) {
      const std::size_t partner = quoted_part_end(end + 1);
      const std::size_t next = partner == npos ? npos : text_.find('"', partner);
      if (next == npos) break;
      end = next;
    }
    return end;
  }

  /// Behind the quote that ends a quoted part of a name; npos: it is none. A quote in it is doubled.
  std::size_t quoted_part_end(std::size_t from) const {
    for (std::size_t at = text_.find('"', from); at != npos; at = text_.find('"', at + 2)) {
      const std::string_view behind = rest(at + 1);
      const std::size_t blanks = leading_blanks(behind);
      if (blanks < behind.size() && std::string_view(",;+").find(behind[blanks]) != npos) return at + 1;
      if (!behind.starts_with('"')) return npos;
      if (ends_attribute(behind.substr(1))) return at + 1;
    }
    return npos;
  }

  /// Whether what stands behind a quote is what stands behind an attribute.
  bool ends_attribute(std::string_view behind) const {
    const std::size_t blanks = leading_blanks(behind);
    behind.remove_prefix(blanks);
    return behind.starts_with('>') || behind.starts_with("/>") ||
           (blanks != 0 && !behind.empty() && starts_name(behind[0]));
  }

  void refuse_expression(std::size_t start, ExpressionExtent::Problem problem) {
    result_.damaged.push_back(start);
    start += leading_blanks(rest(start));
    if (problem == ExpressionExtent::Problem::unbalanced) {
      return report("SL1004", start, 2, "the expression does not end", "check its brackets and quotes");
    }
    report("SL1010", start, 2, "an expression must be the whole value, more text follows it",
           "join the parts inside the expression: @(\"text\" + value)");
  }

  // ---- Text
  // ----------------------------------------------------------------------------------------------------------

  void element_text() {
    const std::size_t start = at_;
    at_ = std::min(text_.find('<', at_), text_.size());
    if (open_.empty()) return text_outside(start);
    const bool is_expression = begins_expression(rest(start));
    if (is_expression && is_raw_ && raw_expression_text(start)) return;
    if (is_expression && !is_raw_) {
      const auto problem = escaped_expression_extent(rest(start), '<').problem;
      if (problem == ExpressionExtent::Problem::unbalanced) refuse_expression(start, problem);
    }
    check_references(start, at_);
    shield(start, at_);
  }

  void text_outside(std::size_t start) {
    const std::string_view text = text_.substr(start, at_ - start);
    const std::string_view body = trim(text);
    if (!body.empty()) {
      report("SL1006", static_cast<std::size_t>(body.data() - text_.data()), 1,
             "text must stand inside the root element");
    }
    blank(start, at_);
  }

  /// Moves behind an expression that is the text's whole beginning. False when text goes on behind it: that is literal
  /// as a whole, and whether the element may hold it is checked later.
  bool raw_expression_text(std::size_t start) {
    const ExpressionExtent extent = expression_extent(rest(start), '<');
    if (extent.problem == ExpressionExtent::Problem::followed_by_text) return false;
    if (extent.problem == ExpressionExtent::Problem::none) {
      at_ = start + extent.size;
    } else {
      refuse_expression(start, extent.problem);
      at_ = std::max(at_, std::min(text_.find("</" + std::string(open_.back().name), start), text_.size()));
    }
    shield(start, at_);
    return true;
  }

  /// The text of a template may hold any `<`: it ends where its end tag is. One in a CDATA section is like any other.
  void template_text() {
    if (trim(rest(at_)).starts_with(data_begin)) return;
    const std::string end_tag = "</" + std::string(open_.back().name);
    const std::size_t end = text_.find(end_tag, at_);
    if (end == npos) {
      return stop("SL1003", open_.back().offset, end_tag.size() - 1, tag(open_.back().name) + " is not closed");
    }
    shield(at_, end);
    at_ = end;
  }

  /// Format xml has no bare ampersand; in raw documents one stands for itself, but an unknown entity is a mistake.
  void check_references(std::size_t from, std::size_t to) {
    for (std::size_t i = text_.find('&', from); i < to && !stopped_; i = text_.find('&', i + 1)) {
      std::string ignored;
      if (decode_reference(text_.substr(i, to - i), ignored) != 0) continue;
      const std::string_view name = name_at(i + 1);
      const bool looks_like_entity = !name.empty() && i + 1 + name.size() < to && text_[i + 1 + name.size()] == ';';
      if (looks_like_entity) {
        report("SL1008", i, name.size() + 2, "entity '&" + std::string(name) + ";' is not declared",
               "only &amp; &lt; &gt; &quot; &apos; and &#...; exist");
      } else if (!is_raw_) {
        report("SL1008", i, 1, "a bare '&' is not allowed in format xml", "write &amp;");
      }
    }
  }

  /// The same for `<` in a value.
  void check_brackets(std::size_t from, std::size_t to) {
    const std::size_t bracket = is_raw_ ? npos : text_.find('<', from);
    if (bracket < to) report("SL1003", bracket, 1, "a bare '<' is not allowed in a value in format xml", "write &lt;");
  }

  void finish() {
    if (!open_.empty() && result_.is_tree) {
      report_structure("SL1003", open_.back().offset, open_.back().name.size() + 1,
                       tag(open_.back().name) + " is not closed");
    } else if (roots_ == 0 && result_.ok) {
      report_structure("SL1003", 0, 1, "the document has no element", "a policy document is <policies>...</policies>");
    }
    if (roots_ == 0) result_.is_tree = false;
  }

  const SourceText& source_;
  std::string_view text_;
  bool is_raw_;
  const DocumentLimits& limits_;
  Diagnostics& diagnostics_;
  const ElementNames* templates_;
  MarkupScan result_;
  std::size_t at_ = 0;
  std::size_t elements_ = 0;
  std::size_t findings_ = 0;
  unsigned roots_ = 0;
  bool stopped_ = false;
  std::vector<Open> open_;
};

}  // namespace

MarkupScan scan_markup(const SourceText& source, PolicyFormat format, const DocumentLimits& limits,
                       Diagnostics& diagnostics, const ElementNames* templates) {
  return Scanner(source, format, limits, diagnostics, templates).run();
}

}  // namespace sluice
