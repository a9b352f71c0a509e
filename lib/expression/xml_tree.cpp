// SPDX-License-Identifier: Apache-2.0
#include "expression/xml_tree.hpp"

namespace sluice::expression {
namespace {

const Type* type_of_kind(XmlKind kind) {
  static const Type* types[] = {read_type("XDocument"), read_type("XElement"), read_type("XText"),
                                read_type("XCData"),    read_type("XComment"), read_type("XProcessingInstruction"),
                                read_type("XAttribute")};
  return types[static_cast<std::size_t>(kind)];
}

/// The links that a node takes part in: its parent's nodes or its attributes.
struct Ends {
  XmlNode** first;
  XmlNode** last;
};
Ends ends_of(XmlNode& parent, const XmlNode& node) {
  if (node.kind == XmlKind::attribute) return {&parent.first_attribute, &parent.last_attribute};
  return {&parent.first, &parent.last};
}

XmlNode* copy_alone(Evaluation& run, const XmlNode& node) {
  XmlNode* made = make_xml(run, node.kind);
  if (made == nullptr) return nullptr;
  made->written_full = node.written_full;
  made->local = node.local;
  made->space = node.space;
  made->value = node.value;
  made->declaration = node.declaration;
  for (const XmlNode* at = node.first_attribute; at != nullptr; at = at->next) {
    XmlNode* attribute = copy_alone(run, *at);  // Attributes have none themselves.
    if (attribute == nullptr) return nullptr;
    append_xml(*made, *attribute);
  }
  return made;
}

bool equal_alone(const XmlNode& left, const XmlNode& right) {
  if (left.kind != right.kind || left.local != right.local || left.space != right.space) return false;
  if (!left.is_container()) return left.value == right.value;
  const XmlNode* a = left.first_attribute;
  const XmlNode* b = right.first_attribute;
  for (; a != nullptr && b != nullptr; a = a->next, b = b->next) {
    if (a->local != b->local || a->space != b->space || a->value != b->value) return false;
  }
  const bool same_end = left.first != nullptr || right.first != nullptr || left.written_full == right.written_full;
  return a == b && same_end;
}

}  // namespace

bool is_namespace_declaration(const XmlNode& attribute) {
  return attribute.space == xmlns_space || (attribute.space.empty() && attribute.local == "xmlns");
}
std::string_view declared_prefix(const XmlNode& attribute) {
  return attribute.space.empty() ? std::string_view() : attribute.local;
}

XmlNode* make_xml(Evaluation& run, XmlKind kind) {
  auto* node = run.make<XmlNode>();
  if (node == nullptr || !run.charge(1)) return nullptr;
  node->type = type_of_kind(kind);
  node->kind = kind;
  return node;
}

XmlName* make_xml_name(Evaluation& run, std::string_view local, std::string_view space) {
  static const Type* name_type = read_type("XName");
  static const Type* space_type = read_type("XNamespace");
  auto* name = run.make<XmlName>();
  if (name == nullptr) return nullptr;
  name->type = local.empty() ? space_type : name_type;
  name->local = local;
  name->space = space;
  if (local.empty() || space.empty()) {
    name->text = local.empty() ? space : local;
    return name;
  }
  char* text = run.text_buffer(local.size() + space.size() + 2);
  if (text == nullptr) return nullptr;
  name->text = {text, local.size() + space.size() + 2};
  *text++ = '{';
  text += space.copy(text, space.size());
  *text++ = '}';
  local.copy(text, local.size());
  return name;
}

void append_xml(XmlNode& parent, XmlNode& node) {
  const Ends ends = ends_of(parent, node);
  node.parent = &parent;
  node.previous = *ends.last;
  node.next = nullptr;
  (node.previous == nullptr ? *ends.first : node.previous->next) = &node;
  *ends.last = &node;
}

void insert_xml(XmlNode& place, XmlNode& node) {
  const Ends ends = ends_of(*place.parent, place);
  node.parent = place.parent;
  node.previous = place.previous;
  node.next = &place;
  (place.previous == nullptr ? *ends.first : place.previous->next) = &node;
  place.previous = &node;
}

void remove_xml(XmlNode& node) {
  if (node.parent == nullptr) return;
  const Ends ends = ends_of(*node.parent, node);
  (node.previous == nullptr ? *ends.first : node.previous->next) = node.next;
  (node.next == nullptr ? *ends.last : node.next->previous) = node.previous;
  if (node.kind != XmlKind::attribute && *ends.first == nullptr) node.parent->written_full = false;
  node.parent = node.previous = node.next = nullptr;
}

XmlNode* next_outside_xml(XmlNode* at, const XmlNode* root) {
  while (at != root && at->next == nullptr && at->parent != nullptr) at = at->parent;
  return at == root ? nullptr : at->next;
}
XmlNode* next_xml(XmlNode* at, const XmlNode* root) {
  return at->first != nullptr ? at->first : next_outside_xml(at, root);
}

XmlNode* clone_xml(Evaluation& run, const XmlNode& node) {
  XmlNode* root = copy_alone(run, node);
  XmlNode* to = root;
  const XmlNode* at = &node;
  while (to != nullptr) {
    if (at->first != nullptr) {
      at = at->first;
    } else {
      while (at != &node && at->next == nullptr) {
        at = at->parent;
        to = to->parent;
      }
      if (at == &node) return root;
      at = at->next;
      to = to->parent;
    }
    XmlNode* copy = copy_alone(run, *at);
    if (copy == nullptr) return nullptr;
    append_xml(*to, *copy);
    to = copy;
  }
  return nullptr;
}

bool equal_xml(Evaluation& run, const XmlNode& left, const XmlNode& right) {
  const XmlNode* a = &left;
  const XmlNode* b = &right;
  while (run.charge(1)) {
    if (!equal_alone(*a, *b) || (a->first == nullptr) != (b->first == nullptr)) return false;
    if (a->first != nullptr) {
      a = a->first;
      b = b->first;
      continue;
    }
    while (a != &left && a->next == nullptr && b->next == nullptr) {
      a = a->parent;
      b = b->parent;
    }
    if (a == &left) return true;
    if (a->next == nullptr || b->next == nullptr) return false;
    a = a->next;
    b = b->next;
  }
  return false;
}

XmlNode* find_attribute(const XmlNode& element, std::string_view local, std::string_view space) {
  for (XmlNode* at = element.first_attribute; at != nullptr; at = at->next) {
    if (at->local == local && at->space == space) return at;
  }
  return nullptr;
}

Value value_of_xml(Evaluation& run, const XmlNode& node) {
  if (!node.is_container()) return Value::string(node.value);
  if (node.first == nullptr) return Value::string("");
  if (node.first == node.last && node.first->is_text()) return Value::string(node.first->value);
  ArenaText text(&run.arena);
  for (XmlNode* at = node.first; at != nullptr; at = next_xml(at, &node)) {
    if (at->is_text()) text += at->value;
    if (!run.charge(1)) return {};
    if (text.size() > run.limits.string_bytes) return run.exhaust("string bytes");
  }
  return run.adopt(std::move(text));
}

}  // namespace sluice::expression
