// SPDX-License-Identifier: Apache-2.0
// pugixml parses the shielded copy in place and without changing values, so that `value - buffer` is an offset into
// the file; what stands there is then taken from the original. pugixml's types do not leave this file.
#include "pipeline/document/policy_tree.hpp"

#include "base/text.hpp"
#include "pipeline/document/markup_scan.hpp"
#include "pipeline/document/text_origin.hpp"

#include <pugixml.hpp>

#include <algorithm>
#include <cstring>

namespace sluice {
namespace {

/// Named values have at most 4096 characters; a document may name them often.
constexpr std::size_t largest_substituted_text = 4u << 20;

constexpr bool in_named_value(char c) { return is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == '_'; }

/// Names that Liquid templates use with the same braces.
bool is_template_name(std::string_view name) { return name.substr(0, 5) == "body." || name.substr(0, 8) == "context."; }

class Builder {
 public:
  Builder(const std::shared_ptr<const SourceText>& source, const MarkupScan& scan, const TreeOptions& options,
          Diagnostics& diagnostics)
      : source_(source),
        text_(source->text()),
        buffer_(scan.shielded.data()),
        extents_(scan.elements),
        options_(options),
        diagnostics_(diagnostics) {}

  /// Depth is bounded by the scan.
  PolicyElement element(const pugi::xml_node& node) {
    PolicyElement result;
    result.name = node.name();
    result.file = source_->file();
    result.pos = source_->position(offset(node.name()) - 1);
    for (const auto& attribute : node.attributes()) {
      result.attributes.push_back(
          {attribute.name(), mapped(offset(attribute.value()), std::strlen(attribute.value()), Decode::references),
           source_->position(offset(attribute.name()))});
    }
    MappedText text{"", std::make_shared<TextOrigin>(source_)};
    for (const auto& child : node.children()) {
      if (child.type() == pugi::node_element) {
        result.children.push_back(element(child));
      } else {
        append(text, offset(child.value()), std::strlen(child.value()),
               child.type() == pugi::node_cdata ? Decode::nothing : Decode::references);
      }
    }
    result.text = finished(std::move(text));
    if (!result.children.empty()) result.inner = finished(inner_markup(node));
    return result;
  }

 private:
  enum class Decode : std::uint8_t { nothing, references };

  std::size_t offset(const char* in_buffer) const { return static_cast<std::size_t>(in_buffer - buffer_); }

  void append(MappedText& to, std::size_t from, std::size_t size, Decode decode) const {
    std::string_view rest = text_.substr(from, size);
    // An expression that is balanced as it stands holds no references: `&` and `&&` are C#.
    if (decode == Decode::references && begins_expression(rest)) {
      const std::string_view body = trim(rest);
      if (expression_length(body) == body.size() && !decodes_to_expression(body)) decode = Decode::nothing;
    }
    to.origin->copied(to.text.size(), from);
    while (!rest.empty()) {
      const std::size_t reference = decode == Decode::references ? rest.find('&') : std::string_view::npos;
      to.text += rest.substr(0, reference);
      if (reference == std::string_view::npos) break;
      rest.remove_prefix(reference);
      const std::size_t at = from + size - rest.size();
      const std::size_t start = to.text.size();
      std::size_t length = decode_reference(rest, to.text);
      if (length == 0) {
        to.text += '&';
        length = 1;
      } else {
        to.origin->replaced(start, at);
        to.origin->copied(to.text.size(), at + length);
      }
      rest.remove_prefix(length);
    }
  }
  /// Whether decoding references leaves a balanced expression: then they were meant as references.
  static bool decodes_to_expression(std::string_view body) {
    std::string plain;
    bool any = false;
    while (!body.empty()) {
      std::size_t length = body.front() == '&' ? decode_reference(body, plain) : 0;
      any = any || length != 0;
      if (length == 0) {
        plain += body.front();
        length = 1;
      }
      body.remove_prefix(length);
    }
    return any && expression_length(plain) == plain.size();
  }

  PolicyText mapped(std::size_t from, std::size_t size, Decode decode) {
    MappedText text{"", std::make_shared<TextOrigin>(source_)};
    append(text, from, size, decode);
    return finished(std::move(text));
  }

  /// What stands between the tags of an element that holds markup, as it stands.
  MappedText inner_markup(const pugi::xml_node& node) const {
    const std::size_t begin = offset(node.name()) - 1;
    const auto extent = std::lower_bound(extents_.begin(), extents_.end(), begin,
                                         [](const ElementExtent& e, std::size_t at) { return e.begin < at; });
    return copied(extent->content_begin, extent->content_end);
  }
  MappedText copied(std::size_t begin, std::size_t end) const {
    MappedText text{std::string(text_.substr(begin, end - begin)), std::make_shared<TextOrigin>(source_)};
    text.origin->copied(0, begin);
    return text;
  }

  /// A part of a text with its map.
  static void append_part(MappedText& to, const MappedText& from, std::size_t begin, std::size_t end) {
    while (begin < end) {
      const auto piece = from.origin->piece(begin, end);
      if (piece.copied) {
        to.origin->copied(to.text.size(), piece.source);
      } else {
        to.origin->replaced(to.text.size(), piece.source);
      }
      to.text.append(from.text, begin, piece.size);
      begin += piece.size;
    }
  }

  /// Trims, puts named values in, and sees whether it is an expression.
  PolicyText finished(MappedText text) {
    substitute(text);
    const std::size_t begin = leading_blanks(text.text);
    MappedText trimmed{"", std::make_shared<TextOrigin>(source_)};
    append_part(trimmed, text, begin, begin + trim(text.text).size());
    PolicyText result;
    result.is_expression = begins_expression(trimmed.text);
    result.pos = source_->position((trimmed.text.empty() ? text : trimmed).origin->source_offset(0));
    result.text = std::move(trimmed.text);
    result.origin = std::move(trimmed.origin);
    return result;
  }

  void substitute(MappedText& text) {
    if (text.text.find("{{") == std::string::npos) return;
    MappedText result{"", std::make_shared<TextOrigin>(source_)};
    std::size_t done = 0;
    const auto keep_until = [&](std::size_t end) {
      append_part(result, text, done, end);
      done = end;
    };
    for (std::size_t open = text.text.find("{{"); open != std::string::npos; open = text.text.find("{{", open)) {
      std::size_t name = open + 2;
      while (name < text.text.size() && is_blank(text.text[name])) ++name;
      std::size_t name_end = name;
      while (name_end < text.text.size() && in_named_value(text.text[name_end])) ++name_end;
      std::size_t close = name_end;
      while (close < text.text.size() && is_blank(text.text[close])) ++close;
      if (name_end == name || text.text.compare(close, 2, "}}") != 0) {
        open += 2;
        continue;
      }
      const std::string name_text = text.text.substr(name, name_end - name);
      const auto value = options_.named_values ? options_.named_values(name_text) : std::nullopt;
      if (!value) {
        if (!is_template_name(name_text)) unknown(*text.origin, open, close + 2 - open, name_text);
        open = close + 2;
        continue;
      }
      keep_until(open);
      result.origin->replaced(result.text.size(), text.origin->source_offset(open));
      result.text += *value;
      done = open = close + 2;
      if (result.text.size() > largest_substituted_text) break;
    }
    keep_until(text.text.size());
    text = std::move(result);
  }

  void unknown(const TextOrigin& origin, std::size_t at, std::size_t size, const std::string& name) {
    const bool alone = !options_.named_values;
    diagnostics_.add(origin.diagnostic(alone ? Severity::warning : Severity::error, "SL1009", at, size,
                                       "named value '" + name + "' is not defined",
                                       alone ? "" : "add it to the folder 'named values' or to the settings"));
  }

  std::shared_ptr<const SourceText> source_;
  std::string_view text_;
  const char* buffer_;
  const std::vector<ElementExtent>& extents_;
  const TreeOptions& options_;
  Diagnostics& diagnostics_;
};

}  // namespace

PolicyTree read_policy_tree(const PolicySource& policy, const TreeOptions& options, Diagnostics& diagnostics) {
  PolicyTree tree;
  tree.source = std::make_shared<const SourceText>(policy.file, policy.text);
  MarkupScan scan = scan_markup(*tree.source, policy.format, options.limits, diagnostics);
  if (!scan.ok) return tree;
  pugi::xml_document document;
  constexpr unsigned flags = pugi::parse_minimal | pugi::parse_cdata;
  const auto parsed =
      document.load_buffer_inplace(scan.shielded.data(), scan.shielded.size(), flags, pugi::encoding_utf8);
  if (!parsed) {
    diagnostics.add(tree.source->diagnostic(Severity::error, "SL1003", static_cast<std::size_t>(parsed.offset), 1,
                                            std::string("the markup is malformed: ") + parsed.description()));
    return tree;
  }
  tree.root = Builder(tree.source, scan, options, diagnostics).element(document.document_element());
  return tree;
}

}  // namespace sluice
