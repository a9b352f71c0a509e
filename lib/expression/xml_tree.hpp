// SPDX-License-Identifier: Apache-2.0
// The tree of System.Xml.Linq. Nodes live in the evaluation's arena and are linked to their neighbours; every walk goes
// along these links, so that no depth of a tree needs a depth of calls.
#pragma once

#include "base/xml_events.hpp"
#include "expression/objects.hpp"

#include <string_view>

namespace sluice::expression {

enum class XmlKind : std::uint8_t { document, element, text, cdata, comment, instruction, attribute };

/// XName, and XNamespace, whose local name is empty. `text` is `{space}local`.
struct XmlName : TextObject {
  std::string_view local;
  std::string_view space;
};

struct XmlDeclaration : Object {
  Value version, encoding, standalone;  ///< Texts or null.
};

struct XmlNode : Object {
  XmlKind kind;
  bool written_full;  ///< An element that is `<a></a>` and not `<a />` when it has no nodes.
  XmlNode *parent, *previous, *next;
  XmlNode *first, *last;                      ///< Nodes of elements and documents.
  XmlNode *first_attribute, *last_attribute;  ///< Of elements.
  std::string_view local, space;              ///< Of elements and attributes; the target of instructions.
  std::string_view value;                     ///< Of all the others.
  const XmlDeclaration* declaration;          ///< Of documents.

  bool is_container() const { return kind == XmlKind::document || kind == XmlKind::element; }
  bool is_text() const { return kind == XmlKind::text || kind == XmlKind::cdata; }
  bool has_name(const XmlName& name) const { return local == name.local && space == name.space; }
};

/// `xmlns="…"` or `xmlns:p="…"`.
bool is_namespace_declaration(const XmlNode& attribute);
/// The prefix that such an attribute declares.
std::string_view declared_prefix(const XmlNode& attribute);

/// Null when a budget is used up.
XmlNode* make_xml(Evaluation& run, XmlKind kind);
XmlName* make_xml_name(Evaluation& run, std::string_view local, std::string_view space);

/// Links `node`, which has no parent, behind the last one (attributes: behind the last attribute).
void append_xml(XmlNode& parent, XmlNode& node);
/// Links `node` before `place`.
void insert_xml(XmlNode& place, XmlNode& node);
/// Unlinks a node or attribute from its parent.
void remove_xml(XmlNode& node);
/// A copy without parent; null when a budget is used up.
XmlNode* clone_xml(Evaluation& run, const XmlNode& node);
bool equal_xml(Evaluation& run, const XmlNode& left, const XmlNode& right);

/// The node that follows in document order within `root`, which is not left; null at the end.
XmlNode* next_xml(XmlNode* at, const XmlNode* root);
/// As `next_xml`, but passes what is inside `at`.
XmlNode* next_outside_xml(XmlNode* at, const XmlNode* root);
XmlNode* find_attribute(const XmlNode& element, std::string_view local, std::string_view space);
/// All text inside, as `XElement.Value` gives it; of other kinds their own.
Value value_of_xml(Evaluation& run, const XmlNode& node);

/// Reads a document. White space between elements is dropped unless `keep_white`.
/// **Errors** (raised; null then): XmlException, for a DOCTYPE too.
XmlNode* read_xml(Evaluation& run, std::string_view text, bool keep_white);

/// As `ToString` writes a node.
void write_xml(Evaluation& run, ArenaText& to, const XmlNode& node, bool indent, bool omit_duplicate_namespaces);

}  // namespace sluice::expression
