// SPDX-License-Identifier: Apache-2.0
// pugixml parses the shielded copy in place and without changing values, so that `value - buffer` is an offset into
// the file; what stands there is then taken from the original. pugixml's types do not leave this file.
#include "pipeline/document/policy_tree.hpp"

#include "base/text.hpp"
#include "pipeline/document/expression_shield.hpp"
#include "pipeline/document/markup_scan.hpp"
#include "pipeline/document/references.hpp"

#include <pugixml.hpp>

#include <algorithm>
#include <cstring>

namespace sluice {
namespace {

class Builder {
 public:
  Builder(const std::shared_ptr<const SourceText>& source, PolicyFormat format, const MarkupScan& scan,
          const TreeOptions& options, Diagnostics& diagnostics)
      : source_(source),
        text_(source->text()),
        buffer_(scan.shielded.data()),
        is_raw_(format == PolicyFormat::rawxml),
        scan_(scan),
        options_(options),
        diagnostics_(&diagnostics) {}

  /// Depth is bounded by the scan.
  PolicyElement element(const pugi::xml_node& node) {
    PolicyElement result;
    result.name = node.name();
    result.file = source_->file();
    result.pos = source_->position(offset(node.name()) - 1);
    for (const auto& attribute : node.attributes()) {
      const std::size_t from = offset(attribute.value());
      MappedText value(source_);
      append(value, from, std::strlen(attribute.value()), Decode::references);
      result.attributes.push_back({attribute.name(), finished(std::move(value), is_damaged(from), result, true),
                                   source_->position(offset(attribute.name()))});
    }
    const Braces outer = braces_;
    const PolicyAttribute* language = result.attribute("template");
    if (language != nullptr && equal_ignoring_case(language->value.text, "liquid")) braces_ = Braces::liquid;
    content(node, result);
    braces_ = outer;
    return result;
  }

 private:
  enum class Decode : std::uint8_t { nothing, references };

  void content(const pugi::xml_node& node, PolicyElement& result) {
    Diagnostics repeated;
    Diagnostics* const outer = diagnostics_;
    if (has_child(node) && options_.markup_elements.count(result.name) != 0) {
      result.inner = finished(inner_markup(node), false, result);
      diagnostics_ = &repeated;  // What is wrong with the children has been found in their text.
    }
    MappedText text(source_);
    bool damaged = false;
    for (const auto& child : node.children()) {
      if (child.type() == pugi::node_element) {
        result.children.push_back(element(child));
        continue;
      }
      const std::size_t from = offset(child.value());
      damaged = damaged || is_damaged(from);
      append(text, from, std::strlen(child.value()),
             child.type() == pugi::node_cdata ? Decode::nothing : Decode::references);
    }
    result.text = finished(std::move(text), damaged, result);
    diagnostics_ = outer;
  }
  static bool has_child(const pugi::xml_node& node) {
    return node.find_child([](const pugi::xml_node& child) { return child.type() == pugi::node_element; });
  }

  std::size_t offset(const char* in_buffer) const { return static_cast<std::size_t>(in_buffer - buffer_); }
  bool is_damaged(std::size_t from) const {
    return std::binary_search(scan_.damaged.begin(), scan_.damaged.end(), from);
  }

  void append(MappedText& to, std::size_t from, std::size_t size, Decode decode) const {
    std::string_view rest = text_.substr(from, size);
    if (decode == Decode::nothing || stands_as_it_is(rest)) return to.append(rest, from);
    for (;;) {
      const std::size_t plain = std::min(rest.find('&'), rest.size());
      to.append(rest.substr(0, plain), from);
      rest.remove_prefix(plain);
      from += plain;
      if (rest.empty()) return;
      std::string decoded;
      std::size_t length = decode_reference(rest, decoded);
      if (length == 0) {
        length = 1;
        to.append("&", from);
      } else {
        to.append(decoded, from, TextOrigin::Part::reference);
      }
      rest.remove_prefix(length);
      from += length;
    }
  }
  /// Whether the text holds no references: an expression that is balanced as it stands, where `&` and `&&` are C#, and
  /// the markup that a template writes.
  bool stands_as_it_is(std::string_view text) const {
    if (!is_raw_) return false;
    if (braces_ == Braces::liquid && text.find('<') != std::string_view::npos) return true;
    if (!begins_expression(text)) return false;
    const std::string_view body = trim_blanks(text);
    return expression_length(body) == body.size() && !decodes_to_expression(body);
  }

  /// What stands between the tags of an element that holds markup, as it stands.
  MappedText inner_markup(const pugi::xml_node& node) const {
    const std::size_t begin = offset(node.name()) - 1;
    const auto extent = std::lower_bound(scan_.elements.begin(), scan_.elements.end(), begin,
                                         [](const ElementExtent& e, std::size_t at) { return e.begin < at; });
    MappedText text(source_);
    text.append(text_.substr(extent->content_begin, extent->content_end - extent->content_begin),
                extent->content_begin);
    return text;
  }

  /// Whether blanks are part of the value because nothing but blanks and punctuation is there: `separator=" "`.
  static bool is_separator(std::string_view text) {
    return text.find_first_of("\r\n") == std::string_view::npos && std::none_of(text.begin(), text.end(), [](char c) {
             return is_alpha(c) || is_digit(c) || static_cast<unsigned char>(c) >= 0x80;
           });
  }

  /// Trims, puts named values in, and sees whether it is an expression.
  PolicyText finished(MappedText text, bool damaged, PolicyElement& owner, bool is_attribute = false) {
    PolicyText result;
    if (damaged) {
      // Its text is of no use; that it is an expression is.
      owner.is_faulty = true;
      result.is_expression = true;
      result.pos = source_->position(text.origin->source_offset(leading_blanks(text.text)));
      result.origin = std::move(text.origin);
      return result;
    }
    text = with_named_values(std::move(text), options_.named_values, braces_, *diagnostics_);
    result.is_expression = begins_expression(text.text);
    const std::string_view body = result.is_expression                      ? trim_blanks(text.text)
                                  : is_attribute && is_separator(text.text) ? std::string_view(text.text)
                                                                            : trim(text.text);
    const std::size_t begin = static_cast<std::size_t>(body.data() - text.text.data());
    MappedText trimmed(source_);
    trimmed.append(text, begin, begin + body.size());
    result.pos = source_->position((trimmed.text.empty() ? text : trimmed).origin->source_offset(0));
    result.text = std::move(trimmed.text);
    result.origin = std::move(trimmed.origin);
    return result;
  }

  std::shared_ptr<const SourceText> source_;
  std::string_view text_;
  const char* buffer_;
  bool is_raw_;
  const MarkupScan& scan_;
  const TreeOptions& options_;
  Diagnostics* diagnostics_;
  Braces braces_ = Braces::named_values;
};

}  // namespace

PolicyTree read_policy_tree(const PolicySource& policy, const TreeOptions& options, Diagnostics& diagnostics) {
  PolicyTree tree;
  tree.source = std::make_shared<const SourceText>(policy.file, policy.text);
  MarkupScan scan = scan_markup(*tree.source, policy.format, options.limits, diagnostics, &options.markup_elements);
  if (!scan.is_tree) return tree;
  pugi::xml_document document;
  constexpr unsigned flags = pugi::parse_minimal | pugi::parse_cdata;
  const auto parsed =
      document.load_buffer_inplace(scan.shielded.data(), scan.shielded.size(), flags, pugi::encoding_utf8);
  if (!parsed) {
    diagnostics.add(tree.source->diagnostic(Severity::error, "SL1003", static_cast<std::size_t>(parsed.offset), 1,
                                            std::string("the markup is malformed: ") + parsed.description()));
    return tree;
  }
  tree.root = Builder(tree.source, policy.format, scan, options, diagnostics).element(document.document_element());
  return tree;
}

}  // namespace sluice
