// SPDX-License-Identifier: Apache-2.0
#include "xslt/document.hpp"

#include "base/xml_library.hpp"

#include <algorithm>

namespace sluice::xslt {
namespace {

const xmlChar* chars(const std::string& text) { return reinterpret_cast<const xmlChar*>(text.c_str()); }

class Builder final : public XmlHandler {
 public:
  Builder(std::string_view text, ElementPlaces* places) : text_(text), places_(places) {
    document_.reset(xmlNewDoc(reinterpret_cast<const xmlChar*>("1.0")));
    level_ = reinterpret_cast<xmlNode*>(document_.get());
  }
  DocumentPtr take() { return std::move(document_); }

  bool declaration(const XmlEventDeclaration&) override { return document_ != nullptr; }
  bool start(const XmlEventName& name, std::span<const XmlEventAttribute> attributes) override {
    xmlNode* element = xmlNewDocNode(document_.get(), nullptr, chars(std::string(name.local)), nullptr);
    if (element == nullptr) return false;
    link(element);
    level_ = element;
    note_place(*element, name.end);
    for (const auto& [attribute, value] : attributes) {
      if (!declares(attribute)) continue;
      const std::string prefix(attribute.space.empty() ? std::string_view() : attribute.local);
      if (xmlNewNs(element, chars(std::string(value)), prefix.empty() ? nullptr : chars(prefix)) == nullptr)
        return false;
    }
    if (!name.space.empty()) xmlSetNs(element, space_of(name));
    for (const auto& [attribute, value] : attributes) {
      if (declares(attribute)) continue;
      xmlNs* space = attribute.space.empty() ? nullptr : space_of(attribute);
      if (xmlNewNsProp(element, space, chars(std::string(attribute.local)), chars(std::string(value))) == nullptr)
        return false;
    }
    return true;
  }
  bool end(bool) override {
    level_ = level_->parent;
    return true;
  }
  bool text(std::string_view text, bool) override {
    return link(xmlNewDocTextLen(document_.get(), bytes(text), size(text)));
  }
  bool cdata(std::string_view text) override {
    return link(xmlNewCDataBlock(document_.get(), bytes(text), size(text)));
  }
  bool comment(std::string_view text) override {
    return link(xmlNewDocComment(document_.get(), chars(std::string(text))));
  }
  bool instruction(std::string_view target, std::string_view text) override {
    return link(xmlNewDocPI(document_.get(), chars(std::string(target)), chars(std::string(text))));
  }

 private:
  static const xmlChar* bytes(std::string_view text) { return reinterpret_cast<const xmlChar*>(text.data()); }
  static int size(std::string_view text) { return static_cast<int>(text.size()); }
  static bool declares(const XmlEventName& name) { return name.space == xmlns_space || name.written == "xmlns"; }

  /// By hand: xmlAddChild would join texts, and give back another node than it was given.
  bool link(xmlNode* node) {
    if (node == nullptr) return false;
    node->parent = level_;
    node->prev = level_->last;
    (level_->last != nullptr ? level_->last->next : level_->children) = node;
    level_->last = node;
    return true;
  }
  xmlNs* space_of(const XmlEventName& name) {
    const std::string prefix(name.written.substr(0, name.written.size() - name.local.size()));
    if (prefix.empty()) return xmlSearchNs(document_.get(), level_, nullptr);
    return xmlSearchNs(document_.get(), level_, chars(prefix.substr(0, prefix.size() - 1)));
  }
  void note_place(xmlNode& element, std::size_t end) {
    constexpr std::size_t most_places = UINT16_MAX - 1;
    if (places_ == nullptr || places_->size() >= most_places) return;
    const std::size_t begin = end == 0 ? 0 : text_.rfind('<', std::min(end, text_.size()) - 1);
    places_->push_back(begin == std::string_view::npos ? 0 : begin);
    element.line = static_cast<unsigned short>(places_->size());
  }

  std::string_view text_;
  ElementPlaces* places_;
  DocumentPtr document_;
  xmlNode* level_;
};

}  // namespace

tl::expected<DocumentPtr, XmlFailure> read_document(std::string_view text, const ContentLimits& limits,
                                                    ElementPlaces* places) {
  prepare_xml_library();
  Builder builder(text, places);
  auto read = read_xml_events(text, builder, limits);
  if (!read) return tl::unexpected(std::move(read.error()));
  return builder.take();
}

}  // namespace sluice::xslt
