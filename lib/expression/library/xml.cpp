// SPDX-License-Identifier: Apache-2.0
// System.Xml.Linq: reading, asking and printing. Sequences are computed when they are asked for the first time.
#include "expression/library/xml.hpp"
#include "expression/library/body_types.hpp"
#include "expression/sequence.hpp"

namespace sluice::expression {

bool is_xml(const Value& value) {
  static const Type* type = read_type("XObject");
  return value.kind() == ValueKind::object && is_a(type_of(value), type);
}

Value parse_xml_as(Call& call, std::string_view text, const Type* wanted, bool keep_white) {
  static const Type* document = read_type("XDocument");
  XmlNode* read = read_xml(call.run, text, keep_white);
  if (read == nullptr) return {};
  if (wanted == document) return xml_value(read);
  for (XmlNode* at = read->first; at != nullptr; at = at->next) {
    if (at->kind != XmlKind::element) continue;
    remove_xml(*at);
    return xml_value(at);
  }
  return call.raise(Fault::xml, "Root element is missing.");
}

namespace {

constexpr TypeRow types[] = {
    {"XObject", "System.Xml.Linq.XObject"},
    {"XNode", "System.Xml.Linq.XNode", TypeKind::reference, "XObject"},
    {"XContainer", "System.Xml.Linq.XContainer", TypeKind::reference, "XNode"},
    {"XElement", "System.Xml.Linq.XElement", TypeKind::reference, "XContainer"},
    {"XDocument", "System.Xml.Linq.XDocument", TypeKind::reference, "XContainer"},
    {"XText", "System.Xml.Linq.XText", TypeKind::reference, "XNode"},
    {"XCData", "System.Xml.Linq.XCData", TypeKind::reference, "XText"},
    {"XComment", "System.Xml.Linq.XComment", TypeKind::reference, "XNode"},
    {"XProcessingInstruction", "System.Xml.Linq.XProcessingInstruction", TypeKind::reference, "XNode"},
    {"XAttribute", "System.Xml.Linq.XAttribute", TypeKind::reference, "XObject"},
    {"XDeclaration", "System.Xml.Linq.XDeclaration"},
    {"Extensions", "System.Xml.Linq.Extensions", TypeKind::static_class},
};
constexpr EnumRow enums[] = {
    {"SaveOptions", "System.Xml.Linq.SaveOptions", "None=0 DisableFormatting=1 OmitDuplicateNamespaces=2", true},
    {"LoadOptions", "System.Xml.Linq.LoadOptions", "None=0 PreserveWhitespace=1 SetBaseUri=2 SetLineInfo=4", true},
    {"XmlNodeType", "System.Xml.XmlNodeType",
     "None=0 Element=1 Attribute=2 Text=3 CDATA=4 EntityReference=5 Entity=6 ProcessingInstruction=7 Comment=8 "
     "Document=9 DocumentType=10 DocumentFragment=11 Notation=12 Whitespace=13 SignificantWhitespace=14 EndElement=15 "
     "EndEntity=16 XmlDeclaration=17"},
};

XmlNode& self(Call& call) { return xml_node(call[0]); }
/// The name to look for: the second argument, if the call has it.
const XmlName* wanted_name(Call& call) { return call.count > 1 ? &xml_name(call[1]) : nullptr; }
bool fits(const XmlNode& node, const XmlName* name) {
  return node.kind == XmlKind::element && (name == nullptr || node.has_name(*name));
}

/// Collects what a call gives. A null name fits nothing.
class Collected {
 public:
  explicit Collected(Call& call) : call_(call), nothing_(call.count > 1 && call.is_null(1)) {}
  bool add(const XmlNode* node) {
    return nothing_ || (call_.run.charge(1) && list_.add(call_.run, Value::object(node)));
  }
  Value sequence() {
    if (call_.run.failed()) return {};
    return make_sequence(call_.run, call_.result()->arguments[0], list_.items().data, list_.count());
  }
  const XmlName* name() const { return nothing_ ? nullptr : wanted_name(call_); }

 private:
  Call& call_;
  const bool nothing_;
  ValueList list_;
};

void add_children(Collected& to, const XmlNode& of) {
  for (const XmlNode* at = of.first; at != nullptr; at = at->next) {
    if (fits(*at, to.name()) && !to.add(at)) return;
  }
}
void add_descendants(Collected& to, const XmlNode& of) {
  for (XmlNode* at = of.first; at != nullptr; at = next_xml(at, &of)) {
    if (fits(*at, to.name()) && !to.add(at)) return;
  }
}
void add_nodes(Collected& to, const XmlNode& of) {
  for (const XmlNode* at = of.first; at != nullptr && to.add(at);) at = at->next;
}
void add_all_nodes(Collected& to, const XmlNode& of) {
  for (XmlNode* at = of.first; at != nullptr && to.add(at);) at = next_xml(at, &of);
}
void add_ancestors(Collected& to, const XmlNode& of) {
  for (const XmlNode* at = of.parent; at != nullptr; at = at->parent) {
    if (fits(*at, to.name()) && !to.add(at)) return;
  }
}
void add_attributes(Collected& to, const XmlNode& of) {
  for (const XmlNode* at = of.first_attribute; at != nullptr; at = at->next) {
    if ((to.name() == nullptr || at->has_name(*to.name())) && !to.add(at)) return;
  }
}
using Adder = void (*)(Collected&, const XmlNode&);

template <Adder adder, bool with_self = false>
Value collect(Call& call) {
  Collected all(call);
  if (with_self && fits(self(call), all.name())) all.add(&self(call));
  adder(all, self(call));
  return all.sequence();
}
/// The same for every element of a sequence.
template <Adder adder, bool with_self = false>
Value collect_each(Call& call) {
  Collected all(call);
  for (const Value& item : items_of(call.run, call[0])) {
    if (item.is_null() || call.run.failed()) continue;
    if (with_self && fits(xml_node(item), all.name())) all.add(&xml_node(item));
    adder(all, xml_node(item));
  }
  return all.sequence();
}
template <bool forward, bool elements>
Value siblings(Call& call) {
  Collected all(call);
  const XmlNode* at = forward ? self(call).next : self(call).parent == nullptr ? nullptr : self(call).parent->first;
  for (; at != nullptr && at != &self(call); at = at->next) {
    if ((!elements || fits(*at, all.name())) && !all.add(at)) break;
  }
  return all.sequence();
}

Value element(Call& call) {
  if (call.is_null(1)) return {};
  for (const XmlNode* at = self(call).first; at != nullptr; at = at->next) {
    if (fits(*at, &xml_name(call[1]))) return xml_value(at);
  }
  return {};
}
Value attribute(Call& call) {
  if (call.is_null(1)) return {};
  return xml_value(find_attribute(self(call), xml_name(call[1]).local, xml_name(call[1]).space));
}
Value name(Call& call) {
  const XmlName* made = make_xml_name(call.run, self(call).local, self(call).space);
  return made == nullptr ? Value() : Value::object(made);
}
Value value(Call& call) { return value_of_xml(call.run, self(call)); }
Value has_elements(Call& call) {
  for (const XmlNode* at = self(call).first; at != nullptr; at = at->next) {
    if (at->kind == XmlKind::element) return Value::boolean(true);
  }
  return Value::boolean(false);
}
Value has_attributes(Call& call) { return Value::boolean(self(call).first_attribute != nullptr); }
Value is_empty(Call& call) { return Value::boolean(self(call).first == nullptr && !self(call).written_full); }
Value parent(Call& call) {
  const XmlNode* found = self(call).parent;
  return found != nullptr && found->kind == XmlKind::element ? xml_value(found) : Value();
}
Value document(Call& call) {
  const XmlNode* at = &self(call);
  while (at->parent != nullptr) at = at->parent;
  return at->kind == XmlKind::document ? xml_value(at) : Value();
}
Value node_type(Call& call) {
  static constexpr std::int32_t numbers[] = {9, 1, 3, 4, 8, 7, 2};
  return Value::enumeration(*call.result(), numbers[static_cast<std::size_t>(self(call).kind)]);
}
Value first_node(Call& call) { return xml_value(self(call).first); }
Value last_node(Call& call) { return xml_value(self(call).last); }
Value next_node(Call& call) { return xml_value(self(call).next); }
Value previous_node(Call& call) { return xml_value(self(call).previous); }
Value first_attribute(Call& call) { return xml_value(self(call).first_attribute); }
Value last_attribute(Call& call) { return xml_value(self(call).last_attribute); }
Value root(Call& call) {
  for (const XmlNode* at = self(call).first; at != nullptr; at = at->next) {
    if (at->kind == XmlKind::element) return xml_value(at);
  }
  return {};
}
Value declaration(Call& call) {
  return self(call).declaration == nullptr ? Value() : Value::object(self(call).declaration);
}
Value is_declaration(Call& call) { return Value::boolean(is_namespace_declaration(self(call))); }
Value target(Call& call) { return Value::string(self(call).local); }
Value deep_equals(Call& call) {
  if (call.is_null(0) || call.is_null(1)) return Value::boolean(call.is_null(0) && call.is_null(1));
  return Value::boolean(equal_xml(call.run, self(call), xml_node(call[1])));
}

// Namespaces in scope
const XmlNode* declaration_in_scope(const XmlNode* element, std::string_view prefix) {
  for (; element != nullptr; element = element->parent) {
    for (const XmlNode* at = element->first_attribute; at != nullptr; at = at->next) {
      if (is_namespace_declaration(*at) && declared_prefix(*at) == prefix) return at;
    }
  }
  return nullptr;
}
Value space_result(Call& call, std::string_view space) {
  const XmlName* made = make_xml_name(call.run, {}, space);
  return made == nullptr ? Value() : Value::object(made);
}
Value default_namespace(Call& call) {
  const XmlNode* found = declaration_in_scope(&self(call), {});
  return space_result(call, found == nullptr ? std::string_view() : found->value);
}
Value namespace_of_prefix(Call& call) {
  if (call.is_null(1)) return call.null_argument("prefix");
  if (call.text(1) == "xml") return space_result(call, xml_space);
  if (call.text(1) == "xmlns") return space_result(call, xmlns_space);
  const XmlNode* found = declaration_in_scope(&self(call), call.text(1));
  return found == nullptr ? Value() : space_result(call, found->value);
}
Value prefix_of_namespace(Call& call) {
  if (call.is_null(1)) return call.null_argument("ns");
  const std::string_view space = xml_name(call[1]).space;
  for (const XmlNode* element = &self(call); element != nullptr; element = element->parent) {
    for (const XmlNode* at = element->first_attribute; at != nullptr; at = at->next) {
      if (!is_namespace_declaration(*at) || at->value != space || declared_prefix(*at).empty()) continue;
      if (declaration_in_scope(&self(call), declared_prefix(*at)) == at) return Value::string(declared_prefix(*at));
    }
  }
  return space == xml_space ? Value::string("xml") : space == xmlns_space ? Value::string("xmlns") : Value();
}

// Text
Value parse(Call& call) {
  if (call.is_null(0)) return call.null_argument("text");
  constexpr std::int32_t preserve_white = 1;
  const bool keep = call.count > 1 && (call[1].enum_value() & preserve_white) != 0;
  return parse_xml_as(call, call.text(0), call.result(), keep);
}
Value print(Call& call) {
  constexpr std::int32_t disable_formatting = 1, omit_duplicates = 2;
  const std::int32_t options = call.count > 1 ? call[1].enum_value() : 0;
  ArenaText text(&call.arena());
  write_xml(call.run, text, self(call), (options & disable_formatting) == 0, (options & omit_duplicates) != 0);
  return call.run.failed() ? Value() : call.run.adopt(std::move(text));
}

bool is_body_type(const Type* wanted) {
  static const Type* all[] = {read_type("XElement"), read_type("XDocument"), read_type("XNode")};
  return wanted == all[0] || wanted == all[1] || wanted == all[2];
}
Value read_body(Call& call, std::string_view text, const Type* wanted) {
  const Value made = parse_xml_as(call, text, wanted, false);
  if (!call.run.failed() || call.run.fatal) return made;
  const std::string message = "The message body is not a valid XML. " + std::string(call.run.raised->message);
  return call.raise(Fault::xml, message);
}

#define SLUICE_FROM_XML(name)                                                                                       \
  {"XElement", "explicit", "(XElement element)", name, convert_xml, "The value as XML Schema spells it.", on_tree}, \
      {"XElement", "explicit", "(XElement element)", name "?", convert_xml, "Null for null.", on_tree},             \
      {"XAttribute", "explicit", "(XAttribute attribute)", name, convert_xml, "The value as XML Schema spells it.", \
       on_tree},                                                                                                    \
  {                                                                                                                 \
    "XAttribute", "explicit", "(XAttribute attribute)", name "?", convert_xml, "Null for null.", on_tree            \
  }
#define SLUICE_AXIS(receiver, member, adder, doc)                                                    \
  {receiver, member, "()", "IEnumerable<XElement>", adder, doc, on_tree}, {                          \
    receiver, member, "(XName name)", "IEnumerable<XElement>", adder, "Those of that name.", on_tree \
  }
#define SLUICE_EACH(item, member, adder, doc)                                                                         \
  {"static Extensions", member, "(this IEnumerable<" item "> source)", "IEnumerable<XElement>", adder, doc, on_tree}, \
  {                                                                                                                   \
    "static Extensions", member, "(this IEnumerable<" item "> source, XName name)", "IEnumerable<XElement>", adder,   \
        "Those of that name.", on_tree                                                                                \
  }

constexpr MemberRow members[] = {
    {"static XElement", "Parse", "(string text)", "XElement", parse, "XmlException for what is not well-formed.",
     on_tree, "XElement.Parse(\"<a><b>1</b></a>\").Element(\"b\").Value"},
    {"static XElement", "Parse", "(string text, LoadOptions options)", "XElement", parse,
     "XmlException for what is not well-formed.", on_tree},
    {"static XDocument", "Parse", "(string text)", "XDocument", parse, "XmlException for what is not well-formed.",
     on_tree},
    {"static XDocument", "Parse", "(string text, LoadOptions options)", "XDocument", parse,
     "XmlException for what is not well-formed.", on_tree},
    {"XNode", "ToString", "()", "string", print, "Indented by two blanks.", on_tree},
    {"XNode", "ToString", "(SaveOptions options)", "string", print, "Without line ends: DisableFormatting.", on_tree},
    {"XAttribute", "ToString", "()", "string", print, "`name=\"value\"`.", on_tree},
    {"static XNode", "DeepEquals", "(XNode n1, XNode n2)", "bool", deep_equals, "The same names and contents.",
     on_tree},
    {"XObject", "Parent", "", "XElement", parent, "The element around; null at the top.", on_tree},
    {"XObject", "Document", "", "XDocument", document, "The document around; null without one.", on_tree},
    {"XObject", "NodeType", "", "XmlNodeType", node_type, "What kind it is.", on_tree},
    {"XNode", "NextNode", "", "XNode", next_node, "The node behind; null at the end.", on_tree},
    {"XNode", "PreviousNode", "", "XNode", previous_node, "The node before; null at the beginning.", on_tree},
    SLUICE_AXIS("XNode", "Ancestors", (collect<add_ancestors>), "The elements around, the nearest first."),
    SLUICE_AXIS("XNode", "ElementsAfterSelf", (siblings<true, true>), "The elements behind, of the same parent."),
    SLUICE_AXIS("XNode", "ElementsBeforeSelf", (siblings<false, true>), "The elements before, of the same parent."),
    {"XNode", "NodesAfterSelf", "()", "IEnumerable<XNode>", siblings<true, false>, "The nodes behind.", on_tree},
    {"XNode", "NodesBeforeSelf", "()", "IEnumerable<XNode>", siblings<false, false>, "The nodes before.", on_tree},
    SLUICE_AXIS("XContainer", "Elements", (collect<add_children>), "The elements right inside."),
    SLUICE_AXIS("XContainer", "Descendants", (collect<add_descendants>), "The elements inside, in document order."),
    {"XContainer", "Element", "(XName name)", "XElement", element, "The first of that name; null for none.", on_tree},
    {"XContainer", "Nodes", "()", "IEnumerable<XNode>", collect<add_nodes>, "The nodes right inside.", on_tree},
    {"XContainer", "DescendantNodes", "()", "IEnumerable<XNode>", collect<add_all_nodes>, "The nodes inside.", on_tree},
    {"XContainer", "FirstNode", "", "XNode", first_node, "Null for none.", on_tree},
    {"XContainer", "LastNode", "", "XNode", last_node, "Null for none.", on_tree},
    SLUICE_AXIS("XElement", "AncestorsAndSelf", (collect<add_ancestors, true>), "Itself and the elements around."),
    SLUICE_AXIS("XElement", "DescendantsAndSelf", (collect<add_descendants, true>), "Itself and the elements inside."),
    {"XElement", "Name", "", "XName", name, "Its name.", on_tree},
    {"XElement", "Value", "", "string", value, "All text inside.", on_tree},
    {"XElement", "HasElements", "", "bool", has_elements, "Whether an element is inside.", on_tree},
    {"XElement", "HasAttributes", "", "bool", has_attributes, "Whether it has attributes.", on_tree},
    {"XElement", "IsEmpty", "", "bool", is_empty, "True of `<a />`, false of `<a></a>`.", on_tree},
    {"XElement", "Attribute", "(XName name)", "XAttribute", attribute, "Null for none.", on_tree},
    {"XElement", "Attributes", "()", "IEnumerable<XAttribute>", collect<add_attributes>, "In their order.", on_tree},
    {"XElement", "Attributes", "(XName name)", "IEnumerable<XAttribute>", collect<add_attributes>, "One or none.",
     on_tree},
    {"XElement", "FirstAttribute", "", "XAttribute", first_attribute, "Null for none.", on_tree},
    {"XElement", "LastAttribute", "", "XAttribute", last_attribute, "Null for none.", on_tree},
    {"XElement", "GetDefaultNamespace", "()", "XNamespace", default_namespace, "Of `xmlns`, here or around.", on_tree},
    {"XElement", "GetNamespaceOfPrefix", "(string prefix)", "XNamespace", namespace_of_prefix, "Null when unknown.",
     on_tree},
    {"XElement", "GetPrefixOfNamespace", "(XNamespace ns)", "string", prefix_of_namespace, "Null for none.", on_tree},
    {"XDocument", "Root", "", "XElement", root, "Null for none.", on_tree},
    {"XDocument", "Declaration", "", "XDeclaration", declaration, "Null for none.", on_tree},
    {"XAttribute", "Name", "", "XName", name, "Its name.", on_tree},
    {"XAttribute", "Value", "", "string", value, "Its value.", on_tree},
    {"XAttribute", "IsNamespaceDeclaration", "", "bool", is_declaration, "True of `xmlns` and `xmlns:p`.", on_tree},
    {"XAttribute", "NextAttribute", "", "XAttribute", next_node, "Null at the end.", on_tree},
    {"XAttribute", "PreviousAttribute", "", "XAttribute", previous_node, "Null at the beginning.", on_tree},
    {"XText", "Value", "", "string", value, "The text.", on_tree},
    {"XComment", "Value", "", "string", value, "The comment.", on_tree},
    {"XProcessingInstruction", "Target", "", "string", target, "What it is for.", on_tree},
    {"XProcessingInstruction", "Data", "", "string", value, "What it says.", on_tree},
    {"XElement", "explicit", "(XElement element)", "string", convert_xml, "All text inside; null for null.", on_tree},
    {"XAttribute", "explicit", "(XAttribute attribute)", "string", convert_xml, "Its value; null for null.", on_tree},
    SLUICE_FROM_XML("bool"),
    SLUICE_FROM_XML("int"),
    SLUICE_FROM_XML("uint"),
    SLUICE_FROM_XML("long"),
    SLUICE_FROM_XML("ulong"),
    SLUICE_FROM_XML("float"),
    SLUICE_FROM_XML("double"),
    SLUICE_FROM_XML("decimal"),
    SLUICE_FROM_XML("DateTime"),
    SLUICE_FROM_XML("DateTimeOffset"),
    SLUICE_FROM_XML("TimeSpan"),
    SLUICE_FROM_XML("Guid"),
    SLUICE_EACH("XContainer", "Elements", (collect_each<add_children>), "The elements right inside of each."),
    SLUICE_EACH("XContainer", "Descendants", (collect_each<add_descendants>), "The elements inside of each."),
    SLUICE_EACH("XElement", "DescendantsAndSelf", (collect_each<add_descendants, true>), "Each and what is inside."),
    SLUICE_EACH("XNode", "Ancestors", (collect_each<add_ancestors>), "The elements around each."),
    SLUICE_EACH("XElement", "AncestorsAndSelf", (collect_each<add_ancestors, true>), "Each and what is around."),
    {"static Extensions", "Nodes", "(this IEnumerable<XContainer> source)", "IEnumerable<XNode>",
     collect_each<add_nodes>, "The nodes right inside of each.", on_tree},
    {"static Extensions", "DescendantNodes", "(this IEnumerable<XContainer> source)", "IEnumerable<XNode>",
     collect_each<add_all_nodes>, "The nodes inside of each.", on_tree},
    {"static Extensions", "Attributes", "(this IEnumerable<XElement> source)", "IEnumerable<XAttribute>",
     collect_each<add_attributes>, "The attributes of each.", on_tree},
    {"static Extensions", "Attributes", "(this IEnumerable<XElement> source, XName name)", "IEnumerable<XAttribute>",
     collect_each<add_attributes>, "Those of that name.", on_tree},
};
#undef SLUICE_FROM_XML
#undef SLUICE_AXIS
#undef SLUICE_EACH

}  // namespace

const BodyReader xml_body_reader{is_body_type, read_body};

extern const Family xml_family{"xml", "LINQ to XML: asking.", "System.Xml.Linq", types, enums, members};

}  // namespace sluice::expression
