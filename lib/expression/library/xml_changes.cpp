// SPDX-License-Identifier: Apache-2.0
// System.Xml.Linq: making and changing nodes. What has a parent already is copied when it is put elsewhere.
#include "expression/library/xml.hpp"

#include "base/text.hpp"

namespace sluice::expression {
namespace {

/// Sequences inside sequences of content beyond are refused.
constexpr unsigned most_content_levels = 64;

XmlNode& self(Call& call) { return xml_node(call[0]); }

/// Puts content into a parent: at its end, or before one of its nodes.
class Content {
 public:
  Content(Evaluation& run, XmlNode& parent, XmlNode* before = nullptr) : run_(run), parent_(parent), before_(before) {}

  void add(const Value& content, unsigned level = 0) {
    if (content.is_null() || run_.failed() || !run_.charge(1)) return;
    if (is_xml(content)) return add_node(xml_node(content));
    if (!content.is_string() && content.is_reference() && element_of(type_of(content)) != nullptr) {
      if (level >= most_content_levels) {
        run_.exhaust("content levels");
        return;
      }
      for (const Value& item : items_of(run_, content)) add(item, level + 1);
      return;
    }
    const Value text = xml_content_text(run_, content);
    if (!run_.failed()) add_text(text.as_string());
  }

  void add_text(std::string_view text) {
    if (parent_.kind == XmlKind::document) {
      if (trim(text).empty()) return;
      run_.raise(Fault::argument, "Non-whitespace characters cannot be added to content.");
      return;
    }
    XmlNode* last = before_ == nullptr ? parent_.last : before_->previous;
    if (text.empty()) {
      if (parent_.first == nullptr) parent_.written_full = true;
      return;
    }
    if (last != nullptr && last->kind == XmlKind::text) {
      ArenaText joined(&run_.arena);
      joined.append(last->value).append(text);
      const Value whole = run_.adopt(std::move(joined));
      if (!whole.is_null()) last->value = whole.as_string();
      return;
    }
    XmlNode* node = make_xml(run_, XmlKind::text);
    if (node == nullptr) return;
    node->value = text;
    put(*node);
  }

 private:
  void add_node(XmlNode& node) {
    if (node.kind == XmlKind::document) {
      run_.raise(Fault::argument, "An XDocument cannot be added to content.");
      return;
    }
    XmlNode* own = &node;
    if (node.parent != nullptr || is_root_of_parent(node)) own = clone_xml(run_, node);
    if (own == nullptr) return;
    if (own->kind != XmlKind::attribute) return put(*own);
    if (parent_.kind != XmlKind::element) {
      run_.raise(Fault::argument, "An attribute cannot be added to content.");
    } else if (find_attribute(parent_, own->local, own->space) != nullptr) {
      run_.raise(Fault::invalid_operation, "Duplicate attribute.");
    } else {
      append_xml(parent_, *own);
    }
  }
  bool is_root_of_parent(const XmlNode& node) const {
    const XmlNode* at = &parent_;
    while (at->parent != nullptr) at = at->parent;
    return at == &node;
  }
  void put(XmlNode& node) {
    if (parent_.kind == XmlKind::document && !fits_document(node)) return;
    if (before_ == nullptr)
      append_xml(parent_, node);
    else
      insert_xml(*before_, node);
  }
  bool fits_document(const XmlNode& node) {
    if (node.is_text()) {
      run_.raise(Fault::argument, "Text cannot be added to a document.");
      return false;
    }
    for (const XmlNode* at = parent_.first; at != nullptr && node.kind == XmlKind::element; at = at->next) {
      if (at->kind != XmlKind::element) continue;
      run_.raise(Fault::invalid_operation, "This operation would create an incorrectly structured document.");
      return false;
    }
    return true;
  }

  Evaluation& run_;
  XmlNode& parent_;
  XmlNode* before_;
};

void remove_nodes(XmlNode& of) {
  while (of.first != nullptr) remove_xml(*of.first);
  of.written_full = false;
}
void remove_all_attributes(XmlNode& of) {
  while (of.first_attribute != nullptr) remove_xml(*of.first_attribute);
}
Value done() { return {}; }

// Making
Value new_element(Call& call) {
  if (call.is_null(0)) return call.null_argument("name");
  if (is_xml(call[0])) return xml_value(clone_xml(call.run, self(call)));
  XmlNode* made = make_xml(call.run, XmlKind::element);
  if (made == nullptr) return {};
  made->local = xml_name(call[0]).local;
  made->space = xml_name(call[0]).space;
  if (call.count > 1) Content(call.run, *made).add(call[1]);
  return call.run.failed() ? Value() : xml_value(made);
}
Value new_document(Call& call) {
  if (call.count == 1 && !call.is_null(0) && is_xml(call[0]) && self(call).kind == XmlKind::document)
    return xml_value(clone_xml(call.run, self(call)));
  XmlNode* made = make_xml(call.run, XmlKind::document);
  if (made == nullptr) return {};
  std::uint32_t content = 0;
  static const Type* declaration = read_type("XDeclaration");
  if (call.count > 1) {
    if (!call.is_null(0) && type_of(call[0]) == declaration)
      made->declaration = static_cast<const XmlDeclaration*>(call[0].as_object());
    content = 1;
  }
  if (call.count > content) Content(call.run, *made).add(call[content]);
  return call.run.failed() ? Value() : xml_value(made);
}
Value new_attribute(Call& call) {
  if (call.is_null(0)) return call.null_argument("name");
  if (call.count == 1) return xml_value(clone_xml(call.run, self(call)));
  if (call.is_null(1)) return call.null_argument("value");
  XmlNode* made = make_xml(call.run, XmlKind::attribute);
  const Value text = xml_content_text(call.run, call[1]);
  if (made == nullptr || call.run.failed()) return {};
  made->local = xml_name(call[0]).local;
  made->space = xml_name(call[0]).space;
  made->value = text.as_string();
  return xml_value(made);
}
template <XmlKind kind>
Value new_leaf(Call& call) {
  if (call.is_null(0)) return call.null_argument("value");
  XmlNode* made = make_xml(call.run, kind);
  if (made != nullptr) made->value = call.text(0);
  return xml_value(made);
}
Value new_instruction(Call& call) {
  if (call.is_null(0)) return call.null_argument("target");
  if (call.is_null(1)) return call.null_argument("data");
  XmlNode* made = make_xml(call.run, XmlKind::instruction);
  if (made == nullptr) return {};
  made->local = call.text(0);
  made->value = call.text(1);
  return xml_value(made);
}
Value new_declaration(Call& call) {
  auto* made = call.run.make<XmlDeclaration>();
  if (made == nullptr) return {};
  made->type = call.result();
  made->version = call[0];
  made->encoding = call[1];
  made->standalone = call[2];
  return Value::object(made);
}
const XmlDeclaration& declared(Call& call) { return call.object<XmlDeclaration>(0); }
Value version(Call& call) { return declared(call).version; }
Value encoding(Call& call) { return declared(call).encoding; }
Value standalone(Call& call) { return declared(call).standalone; }
Value declaration_text(Call& call) {
  std::string text = "<?xml";
  const auto part = [&](const char* name, const Value& value) {
    if (!value.is_null()) text.append(" ").append(name).append("=\"").append(value.as_string()).append("\"");
  };
  part("version", declared(call).version);
  part("encoding", declared(call).encoding);
  part("standalone", declared(call).standalone);
  return call.text_result(text + "?>");
}

// Changing
Value add(Call& call) {
  Content(call.run, self(call)).add(call[1]);
  return done();
}
Value add_first(Call& call) {
  Content(call.run, self(call), self(call).first).add(call[1]);
  return done();
}
bool has_parent(Call& call) {
  if (self(call).parent != nullptr) return true;
  call.raise(Fault::invalid_operation, "The parent is missing.");
  return false;
}
Value add_before(Call& call) {
  if (has_parent(call)) Content(call.run, *self(call).parent, &self(call)).add(call[1]);
  return done();
}
Value add_after(Call& call) {
  if (has_parent(call)) Content(call.run, *self(call).parent, self(call).next).add(call[1]);
  return done();
}
Value remove(Call& call) {
  if (has_parent(call)) remove_xml(self(call));
  return done();
}
Value remove_each(Call& call) {
  for (const Value& item : items_of(call.run, call[0])) {
    if (!item.is_null()) remove_xml(xml_node(item));
  }
  return done();
}
Value replace_with(Call& call) {
  if (!has_parent(call)) return done();
  XmlNode& parent = *self(call).parent;
  XmlNode* behind = self(call).next;
  remove_xml(self(call));
  Content(call.run, parent, behind).add(call[1]);
  return done();
}
Value clear_nodes(Call& call) {
  remove_nodes(self(call));
  return done();
}
Value clear_all(Call& call) {
  remove_all_attributes(self(call));
  remove_nodes(self(call));
  return done();
}
Value clear_attributes(Call& call) {
  remove_all_attributes(self(call));
  return done();
}
/// The content is read before the old goes: it may be a sequence over the element itself.
template <bool nodes, bool attributes>
Value replace_content(Call& call) {
  const Items items = items_of(call.run, call[1]);
  if (call.run.failed()) return {};
  if (nodes) remove_nodes(self(call));
  if (attributes) remove_all_attributes(self(call));
  Content content(call.run, self(call));
  for (const Value& item : items) content.add(item);
  return done();
}
Value set_name(Call& call) {
  if (call.is_null(1)) return call.null_argument("value");
  self(call).local = xml_name(call[1]).local;
  self(call).space = xml_name(call[1]).space;
  return done();
}
Value set_value(Call& call) {
  if (call.is_null(1)) return call.null_argument("value");
  const Value text = xml_content_text(call.run, call[1]);
  if (call.run.failed()) return {};
  if (self(call).kind == XmlKind::element) {
    remove_nodes(self(call));
    Content(call.run, self(call)).add_text(text.as_string());
  } else {
    self(call).value = text.as_string();
  }
  return done();
}
Value set_attribute(Call& call) {
  if (call.is_null(1)) return call.null_argument("name");
  const XmlName& name = xml_name(call[1]);
  XmlNode* found = find_attribute(self(call), name.local, name.space);
  if (call.is_null(2)) {
    if (found != nullptr) remove_xml(*found);
    return done();
  }
  const Value text = xml_content_text(call.run, call[2]);
  if (found == nullptr && !call.run.failed()) {
    found = make_xml(call.run, XmlKind::attribute);
    if (found == nullptr) return {};
    found->local = name.local;
    found->space = name.space;
    append_xml(self(call), *found);
  }
  if (!call.run.failed()) found->value = text.as_string();
  return done();
}
Value set_element(Call& call) {
  if (call.is_null(1)) return call.null_argument("name");
  const XmlName& name = xml_name(call[1]);
  XmlNode* found = self(call).first;
  while (found != nullptr && !(found->kind == XmlKind::element && found->has_name(name))) found = found->next;
  if (call.is_null(2)) {
    if (found != nullptr) remove_xml(*found);
    return done();
  }
  const Value text = xml_content_text(call.run, call[2]);
  if (call.run.failed()) return {};
  if (found == nullptr) {
    found = make_xml(call.run, XmlKind::element);
    if (found == nullptr) return {};
    found->local = name.local;
    found->space = name.space;
    append_xml(self(call), *found);
  }
  remove_nodes(*found);
  Content(call.run, *found).add_text(text.as_string());
  return done();
}

constexpr MemberRow members[] = {
    {"XElement", "new", "(XName name)", "XElement", new_element, "An empty element.", on_tree},
    {"XElement", "new", "(XName name, object content)", "XElement", new_element,
     "Content: text, elements, attributes, sequences of these.", on_tree},
    {"XElement", "new", "(XName name, params object[] content)", "XElement", new_element,
     "Content: text, elements, attributes, sequences of these.", on_tree},
    {"XElement", "new", "(XElement other)", "XElement", new_element, "A copy.", on_tree},
    {"XDocument", "new", "()", "XDocument", new_document, "An empty document.", on_tree},
    {"XDocument", "new", "(params object[] content)", "XDocument", new_document, "A document of that content.",
     on_tree},
    {"XDocument", "new", "(XDeclaration declaration, params object[] content)", "XDocument", new_document,
     "A document of that content.", on_tree},
    {"XDocument", "new", "(XDocument other)", "XDocument", new_document, "A copy.", on_tree},
    {"XAttribute", "new", "(XName name, object value)", "XAttribute", new_attribute, "An attribute.", on_tree},
    {"XAttribute", "new", "(XAttribute other)", "XAttribute", new_attribute, "A copy.", on_tree},
    {"XText", "new", "(string value)", "XText", new_leaf<XmlKind::text>, "A text node.", on_tree},
    {"XCData", "new", "(string value)", "XCData", new_leaf<XmlKind::cdata>, "A CDATA section.", on_tree},
    {"XComment", "new", "(string value)", "XComment", new_leaf<XmlKind::comment>, "A comment.", on_tree},
    {"XProcessingInstruction", "new", "(string target, string data)", "XProcessingInstruction", new_instruction,
     "A processing instruction.", on_tree},
    {"XDeclaration", "new", "(string version, string encoding, string standalone)", "XDeclaration", new_declaration,
     "The line in front of a document.", on_tree},
    {"XDeclaration", "Version", "", "string", version, "`1.0`.", on_tree},
    {"XDeclaration", "Encoding", "", "string", encoding, "Null when not told.", on_tree},
    {"XDeclaration", "Standalone", "", "string", standalone, "Null when not told.", on_tree},
    {"XDeclaration", "ToString", "()", "string", declaration_text, "The line itself.", on_tree},
    {"XContainer", "Add", "(object content)", "void", add, "Behind what is inside.", on_tree},
    {"XContainer", "Add", "(params object[] content)", "void", add, "Behind what is inside.", on_tree},
    {"XContainer", "AddFirst", "(object content)", "void", add_first, "Before what is inside.", on_tree},
    {"XContainer", "AddFirst", "(params object[] content)", "void", add_first, "Before what is inside.", on_tree},
    {"XContainer", "RemoveNodes", "()", "void", clear_nodes, "Takes out what is inside.", on_tree},
    {"XContainer", "ReplaceNodes", "(params object[] content)", "void", replace_content<true, false>,
     "Puts the content in place of what is inside.", on_tree},
    {"XNode", "AddBeforeSelf", "(object content)", "void", add_before, "InvalidOperationException without a parent.",
     on_tree},
    {"XNode", "AddBeforeSelf", "(params object[] content)", "void", add_before,
     "InvalidOperationException without a parent.", on_tree},
    {"XNode", "AddAfterSelf", "(object content)", "void", add_after, "InvalidOperationException without a parent.",
     on_tree},
    {"XNode", "AddAfterSelf", "(params object[] content)", "void", add_after,
     "InvalidOperationException without a parent.", on_tree},
    {"XNode", "Remove", "()", "void", remove, "InvalidOperationException without a parent.", on_tree},
    {"XNode", "ReplaceWith", "(object content)", "void", replace_with, "InvalidOperationException without a parent.",
     on_tree},
    {"XNode", "ReplaceWith", "(params object[] content)", "void", replace_with,
     "InvalidOperationException without a parent.", on_tree},
    {"XAttribute", "Remove", "()", "void", remove, "InvalidOperationException without a parent.", on_tree},
    {"XElement", "RemoveAll", "()", "void", clear_all, "Takes out nodes and attributes.", on_tree},
    {"XElement", "RemoveAttributes", "()", "void", clear_attributes, "Takes out the attributes.", on_tree},
    {"XElement", "ReplaceAll", "(params object[] content)", "void", replace_content<true, true>,
     "Puts the content in place of nodes and attributes.", on_tree},
    {"XElement", "ReplaceAttributes", "(params object[] content)", "void", replace_content<false, true>,
     "Puts the content in place of the attributes.", on_tree},
    {"XElement", "Name=", "(XName value)", "void", set_name, "Renames it.", on_tree},
    {"XElement", "Value=", "(string value)", "void", set_value, "Puts the text in place of what is inside.", on_tree},
    {"XElement", "SetValue", "(object value)", "void", set_value, "Puts the text in place of what is inside.", on_tree},
    {"XElement", "SetAttributeValue", "(XName name, object value)", "void", set_attribute,
     "Adds, changes or, by null, removes an attribute.", on_tree},
    {"XElement", "SetElementValue", "(XName name, object value)", "void", set_element,
     "Adds, changes or, by null, removes an element.", on_tree},
    {"XAttribute", "Value=", "(string value)", "void", set_value, "Changes it.", on_tree},
    {"XAttribute", "SetValue", "(object value)", "void", set_value, "Changes it.", on_tree},
    {"XText", "Value=", "(string value)", "void", set_value, "Changes it.", on_tree},
    {"XComment", "Value=", "(string value)", "void", set_value, "Changes it.", on_tree},
    {"static Extensions", "Remove", "(this IEnumerable<XNode> source)", "void", remove_each, "Takes out each.",
     on_tree},
    {"static Extensions", "Remove", "(this IEnumerable<XAttribute> source)", "void", remove_each, "Takes out each.",
     on_tree},
};

}  // namespace

extern const Family xml_changes_family{"xml changes", "LINQ to XML: making and changing.", "System.Xml.Linq", {}, {},
                                       members};

}  // namespace sluice::expression
