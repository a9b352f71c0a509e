// SPDX-License-Identifier: Apache-2.0
// Makes the tree of System.Xml.Linq from what base/xml_events tells; declarations of namespaces are attributes to it.
#include "expression/xml_tree.hpp"

#include "base/xml_events.hpp"

namespace sluice::expression {
namespace {

class XmlBuilder final : public XmlHandler {
 public:
  XmlBuilder(Evaluation& run, bool keep_white) : run_(run), keep_white_(keep_white) {}

  XmlNode* read(std::string_view text) {
    document_ = make_xml(run_, XmlKind::document);
    if (document_ == nullptr || !run_.charge(text.size() / 8)) return nullptr;
    level_ = document_;
    const auto done = read_xml_events(text, *this, ContentLimits());
    if (!done) report(done.error());
    return run_.failed() ? nullptr : document_;
  }

  bool declaration(const XmlEventDeclaration& declaration) override {
    static const Type* type = read_type("XDeclaration");
    auto* made = run_.make<XmlDeclaration>();
    if (made == nullptr) return false;
    made->type = type;
    made->version = pseudo_attribute(declaration.version);
    made->encoding = pseudo_attribute(declaration.encoding);
    made->standalone = pseudo_attribute(declaration.standalone);
    document_->declaration = made;
    return !run_.failed();
  }
  bool start(const XmlEventName& name, std::span<const XmlEventAttribute> attributes) override {
    XmlNode* element = make_xml(run_, XmlKind::element);
    if (element == nullptr) return false;
    append_xml(*level_, *element);
    level_ = element;
    put_name(name, *element);
    for (const XmlEventAttribute& given : attributes) {
      XmlNode* attribute = make_xml(run_, XmlKind::attribute);
      if (attribute == nullptr) return false;
      attribute->value = kept(given.value);
      put_name(given.name, *attribute);
      append_xml(*element, *attribute);
    }
    return !run_.failed();
  }
  bool end(bool is_empty_tag) override {
    level_->written_full = level_->first == nullptr && !is_empty_tag;
    level_ = level_->parent;
    return true;
  }
  bool text(std::string_view text, bool is_white) override {
    return (is_white && !keep_white_) || leaf(XmlKind::text, text) != nullptr;
  }
  bool cdata(std::string_view text) override { return leaf(XmlKind::cdata, text) != nullptr; }
  bool comment(std::string_view text) override { return leaf(XmlKind::comment, text) != nullptr; }
  bool instruction(std::string_view target, std::string_view text) override {
    XmlNode* node = leaf(XmlKind::instruction, text);
    if (node != nullptr) node->local = kept(target);
    return node != nullptr;
  }

 private:
  void report(const XmlFailure& failure) {
    if (run_.failed()) return;
    switch (failure.kind) {
      case XmlFailure::Kind::attributes: run_.exhaust("XML attributes"); break;
      case XmlFailure::Kind::depth: run_.exhaust("XML depth"); break;
      case XmlFailure::Kind::nodes: run_.exhaust("XML nodes"); break;
      case XmlFailure::Kind::malformed:
      case XmlFailure::Kind::stopped: run_.raise(Fault::xml, failure.message); break;
    }
  }
  XmlNode* leaf(XmlKind kind, std::string_view value) {
    XmlNode* node = make_xml(run_, kind);
    if (node == nullptr) return nullptr;
    node->value = kept(value);
    append_xml(*level_, *node);
    return run_.failed() ? nullptr : node;
  }
  std::string_view kept(std::string_view text) {
    const Value copy = run_.text(text);
    return copy.is_null() ? std::string_view() : copy.as_string();
  }
  void put_name(const XmlEventName& name, XmlNode& to) {
    to.local = kept(name.local);
    // Most names are of the same space as the one before.
    if (name.space != last_space_) last_space_ = kept(name.space);
    to.space = last_space_;
  }
  Value pseudo_attribute(const std::optional<std::string_view>& text) { return text ? run_.text(*text) : Value(); }

  Evaluation& run_;
  const bool keep_white_;
  XmlNode* document_ = nullptr;
  XmlNode* level_ = nullptr;
  std::string_view last_space_;
};

}  // namespace

XmlNode* read_xml(Evaluation& run, std::string_view text, bool keep_white) {
  return XmlBuilder(run, keep_white).read(text);
}

}  // namespace sluice::expression
