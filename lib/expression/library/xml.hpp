// SPDX-License-Identifier: Apache-2.0
// What the files of System.Xml.Linq share.
#pragma once

#include "expression/xml_tree.hpp"

namespace sluice::expression {

inline XmlNode& xml_node(const Value& value) { return *static_cast<XmlNode*>(const_cast<Object*>(value.as_object())); }
inline Value xml_value(const XmlNode* node) { return node == nullptr ? Value() : Value::object(node); }
inline const XmlName& xml_name(const Value& value) { return *static_cast<const XmlName*>(value.as_object()); }

/// Whether the value is a node or attribute.
bool is_xml(const Value& value);
/// A name as XName.Get reads it: `local` or `{space}local`; null after raising.
XmlName* parse_xml_name(Evaluation& run, std::string_view text);
/// A value as content of an element or attribute: numbers, dates and booleans as XML Schema spells them.
Value xml_content_text(Evaluation& run, const Value& value);
/// An element's or attribute's text as the type of the conversion.
Value convert_xml(Call& call);
Value parse_xml_as(Call& call, std::string_view text, const Type* wanted, bool keep_white);

inline constexpr Trait on_tree = Trait::impure;

}  // namespace sluice::expression
