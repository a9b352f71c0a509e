// SPDX-License-Identifier: Apache-2.0
// Prints nodes as XNode.ToString does: System.Xml's indenting writer, and the prefixes that LINQ to XML chooses.
#include "expression/xml_tree.hpp"

#include <optional>
#include <vector>

namespace sluice::expression {
namespace {

struct Binding {
  std::string_view prefix, space;
  bool pending = false;  ///< Still to be written in the element's tag.
};

/// Prefixes in scope, the nearest last.
class Scope {
 public:
  std::vector<Binding> all;

  /// The space that a prefix means; null when it is unknown.
  const Binding* meaning(std::string_view prefix) const {
    for (std::size_t i = all.size(); i-- > 0;) {
      if (all[i].prefix == prefix) return &all[i];
    }
    return nullptr;
  }
  /// A prefix that means the space here; attributes cannot use the default one.
  std::optional<std::string_view> prefix_of(std::string_view space, bool allow_default) const {
    if (space.empty()) return std::string_view();
    if (space == xml_space) return std::string_view("xml");
    if (space == xmlns_space) return std::string_view("xmlns");
    for (std::size_t i = all.size(); i-- > 0;) {
      if (all[i].space != space || (all[i].prefix.empty() && !allow_default)) continue;
      if (meaning(all[i].prefix) == &all[i]) return all[i].prefix;
    }
    return std::nullopt;
  }
};

class Writer {
 public:
  Writer(Evaluation& run, ArenaText& to, bool indent, bool omit) : run_(run), to_(to), indent_(indent), omit_(omit) {}

  void write(const XmlNode& root) {
    if (root.kind == XmlKind::attribute) return attribute_alone(root);
    const XmlNode* parents[most_ancestors];
    std::size_t count = 0;
    for (const XmlNode* at = root.parent; at != nullptr && count < most_ancestors; at = at->parent)
      parents[count++] = at;
    while (count > 0) note_declarations(*parents[--count]);
    auto* at = const_cast<XmlNode*>(&root);
    while (at != nullptr && within_limits()) {
      open(*at);
      if (at->first != nullptr) {
        at = at->first;
        continue;
      }
      close(*at);
      while (at != &root && at->next == nullptr) {
        at = at->parent;
        close(*at);
      }
      at = at == &root ? nullptr : at->next;
    }
  }

 private:
  /// Beyond, declarations of outer elements are written again.
  static constexpr std::size_t most_ancestors = 256;

  bool within_limits() {
    if (!run_.charge(1)) return false;
    if (to_.size() <= run_.limits.string_bytes) return true;
    run_.exhaust("string bytes");
    return false;
  }
  void new_line() {
    to_ += newline_of(run_);
    to_.append(levels_.size() * 2, ' ');
  }
  /// Where elements, comments and instructions begin; beside text they stay on the line.
  void begin_line() {
    if (indent_ && !mixed_ && !to_.empty()) new_line();
  }

  void open(const XmlNode& node) {
    switch (node.kind) {
      case XmlKind::document: break;
      case XmlKind::element: open_element(node); break;
      case XmlKind::text:
        mixed_ = true;
        escape_text(node.value);
        break;
      case XmlKind::cdata:
        mixed_ = true;
        write_cdata(node.value);
        break;
      case XmlKind::comment:
        begin_line();
        to_.append("<!--").append(node.value).append("-->");
        break;
      case XmlKind::instruction:
        begin_line();
        to_.append("<?").append(node.local);
        if (!node.value.empty()) to_.append(" ").append(node.value);
        to_ += "?>";
        break;
      case XmlKind::attribute: break;
    }
  }
  void close(const XmlNode& node) {
    if (node.kind != XmlKind::element) return;
    const Level level = levels_.back();
    levels_.pop_back();
    if (node.first != nullptr || node.written_full) {
      if (node.first != nullptr && indent_ && !mixed_) new_line();
      to_ += "</";
      put_name(level.prefix, node.local);
      to_ += '>';
    }
    mixed_ = level.outer_mixed;
    declared_.all.resize(level.declared);
    written_.all.resize(level.written);
  }

  void note_declarations(const XmlNode& element) {
    for (const XmlNode* at = element.first_attribute; at != nullptr; at = at->next) {
      if (is_namespace_declaration(*at)) declared_.all.push_back({declared_prefix(*at), at->value});
    }
  }
  void put_name(std::string_view prefix, std::string_view local) {
    if (!prefix.empty()) to_.append(prefix).append(":");
    to_ += local;
  }

  void open_element(const XmlNode& element) {
    begin_line();
    Level level{{}, mixed_, declared_.all.size(), written_.all.size()};
    note_declarations(element);
    auto prefix = declared_.prefix_of(element.space, true);
    if (!prefix) prefix = written_.prefix_of(element.space, true);
    level.prefix = prefix.value_or(std::string_view());
    levels_.push_back(level);
    bind(level.prefix, element.space);
    to_ += '<';
    put_name(level.prefix, element.local);
    for (const XmlNode* at = element.first_attribute; at != nullptr; at = at->next) write_attribute(*at);
    for (std::size_t i = level.written; i < written_.all.size(); ++i) {
      if (written_.all[i].pending) write_declaration(written_.all[i].prefix, written_.all[i].space);
    }
    to_ += element.first == nullptr && !element.written_full ? " />" : ">";
  }
  /// Binds a prefix in the open tag; what is new there has to be declared.
  void bind(std::string_view prefix, std::string_view space) {
    const Binding* known = written_.meaning(prefix);
    const bool here =
        known != nullptr && static_cast<std::size_t>(known - written_.all.data()) >= levels_.back().written;
    if (here) return;
    const bool same = known != nullptr ? known->space == space : space.empty() || prefix == "xml" || prefix == "xmlns";
    written_.all.push_back({prefix, space, !same});
  }
  void write_attribute(const XmlNode& attribute) {
    if (is_namespace_declaration(attribute)) return write_namespace(attribute);
    auto prefix = declared_.prefix_of(attribute.space, false);
    if (!prefix) prefix = written_.prefix_of(attribute.space, false);
    if (!prefix) prefix = generated_prefix();
    if (!attribute.space.empty()) bind(*prefix, attribute.space);
    to_ += ' ';
    put_name(*prefix, attribute.local);
    put_value(attribute.value);
  }
  void write_namespace(const XmlNode& attribute) {
    const std::string_view prefix = declared_prefix(attribute);
    Binding* here = nullptr;
    Binding* outer = nullptr;
    for (std::size_t i = 0; i < written_.all.size(); ++i) {
      if (written_.all[i].prefix != prefix) continue;
      (i >= levels_.back().written ? here : outer) = &written_.all[i];
    }
    if (omit_ && outer != nullptr && outer->space == attribute.value) return;
    if (here != nullptr)
      here->pending = false;
    else
      written_.all.push_back({prefix, attribute.value, false});
    write_declaration(prefix, attribute.value);
  }
  void write_declaration(std::string_view prefix, std::string_view space) {
    to_ += " xmlns";
    if (!prefix.empty()) to_.append(":").append(prefix);
    put_value(space);
  }
  /// `p1`, `p2` …: numbered by the bindings in scope, as System.Xml does.
  std::string_view generated_prefix() {
    const std::string made = "p" + std::to_string(written_.all.size());
    return run_.arena.copy(written_.meaning(made) == nullptr ? made : made + "_0");
  }
  void attribute_alone(const XmlNode& attribute) {
    if (attribute.space == xmlns_space) {
      put_name("xmlns", attribute.local);
    } else {
      for (const XmlNode* at = attribute.parent; at != nullptr; at = at->parent) note_declarations(*at);
      put_name(declared_.prefix_of(attribute.space, false).value_or(attribute.space.empty() ? "" : "p1"),
               attribute.local);
    }
    put_value(attribute.value);
  }

  void put_value(std::string_view value) {
    to_ += "=\"";
    for (const char c : value) {
      switch (c) {
        case '&': to_ += "&amp;"; break;
        case '<': to_ += "&lt;"; break;
        case '>': to_ += "&gt;"; break;
        case '"': to_ += "&quot;"; break;
        case '\t': to_ += "&#x9;"; break;
        case '\n': to_ += "&#xA;"; break;
        case '\r': to_ += "&#xD;"; break;
        default: to_ += c;
      }
    }
    to_ += '"';
  }
  /// Line ends become the writer's own.
  void escape_text(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      switch (text[i]) {
        case '&': to_ += "&amp;"; break;
        case '<': to_ += "&lt;"; break;
        case '>': to_ += "&gt;"; break;
        case '\r':
          if (i + 1 < text.size() && text[i + 1] == '\n') ++i;
          [[fallthrough]];
        case '\n': to_ += newline_of(run_); break;
        default: to_ += text[i];
      }
    }
  }
  void write_cdata(std::string_view text) {
    to_ += "<![CDATA[";
    for (std::size_t end = text.find("]]>"); end != std::string_view::npos; end = text.find("]]>")) {
      to_.append(text.substr(0, end + 2)).append("]]><![CDATA[");
      text.remove_prefix(end + 2);
    }
    to_.append(text).append("]]>");
  }

  struct Level {
    std::string_view prefix;
    bool outer_mixed;
    std::size_t declared, written;  ///< Sizes of the scopes outside.
  };
  Evaluation& run_;
  ArenaText& to_;
  const bool indent_;
  const bool omit_;
  bool mixed_ = false;
  Scope declared_;  ///< By the tree.
  Scope written_;   ///< In the text.
  std::vector<Level> levels_;
};

}  // namespace

void write_xml(Evaluation& run, ArenaText& to, const XmlNode& node, bool indent, bool omit_duplicate_namespaces) {
  Writer(run, to, indent, omit_duplicate_namespaces).write(node);
}

}  // namespace sluice::expression
