// SPDX-License-Identifier: Apache-2.0
// libxml2 checks that a text is well-formed and reports it piece by piece; prefixes are resolved here, for attributes
// keep their order and declarations are attributes to System.Xml.Linq. No entity but XML's own five exists, nothing is
// loaded, and a document type is refused before it is read.
#include "expression/xml_tree.hpp"

#include "base/text.hpp"

#include <sluice/limits.hpp>

#include <libxml/parser.h>
#include <libxml/parserInternals.h>

#include <algorithm>
#include <memory>
#include <vector>

namespace sluice::expression {
namespace {

/// libxml2 compares each attribute of a tag with all others.
constexpr std::size_t most_attributes = 1'000;

/// Whether a start tag has more attributes than libxml2 shall see. Looks at well-formed texts alone: in others, which
/// are refused anyway, it may take something else for a tag.
bool has_long_tag(std::string_view text) {
  std::size_t at = 0;
  while ((at = text.find('<', at)) != std::string_view::npos) {
    const std::string_view rest = text.substr(at);
    const std::string_view end = rest.starts_with("<!--")        ? "-->"
                                 : rest.starts_with("<![CDATA[") ? "]]>"
                                 : rest.starts_with("<?")        ? "?>"
                                                                 : std::string_view();
    if (!end.empty()) {
      at = std::min(text.size(), text.find(end, at));
      continue;
    }
    std::size_t values = 0;
    for (++at; at < text.size() && text[at] != '>' && text[at] != '<'; ++at) {
      if (text[at] != '"' && text[at] != '\'') continue;
      if (++values > most_attributes) return true;
      at = std::min(text.size() - 1, text.find(text[at], at + 1));
    }
  }
  return false;
}

class XmlBuilder {
 public:
  XmlBuilder(Evaluation& run, bool keep_white) : run_(run), keep_white_(keep_white) {}

  XmlNode* read(std::string_view text) {
    static const bool initialised = [] {
      xmlInitParser();
      return true;
    }();
    document_ = initialised ? make_xml(run_, XmlKind::document) : nullptr;
    if (document_ == nullptr || !run_.charge(text.size() / 8)) return nullptr;
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    if (text.size() > INT32_MAX) return refuse("The text is too long.");
    if (text.find('\0') != std::string_view::npos)
      return refuse("'.', hexadecimal value 0x00, is an invalid character.");
    if (has_long_tag(text)) {
      run_.exhaust("XML attributes");
      return nullptr;
    }
    const std::unique_ptr<xmlParserCtxt, decltype(&xmlFreeParserCtxt)> parser(
        xmlCreateMemoryParserCtxt(text.data(), static_cast<int>(text.size())), &xmlFreeParserCtxt);
    if (parser == nullptr) return refuse("Root element is missing.");
    xmlCtxtUseOptions(parser.get(), XML_PARSE_NOENT | XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
                                        XML_PARSE_IGNORE_ENC);
    *parser->sax = handlers();
    parser->userData = this;
    parser_ = parser.get();
    level_ = document_;
    xmlParseDocument(parser_);
    if (run_.failed()) return nullptr;
    if (parser_->wellFormed == 0) return refuse(library_message());
    read_declaration(text);
    return run_.failed() ? nullptr : document_;
  }

 private:
  static std::string_view view(const xmlChar* text) { return reinterpret_cast<const char*>(text); }
  static XmlBuilder& self(void* data) { return *static_cast<XmlBuilder*>(data); }

  /// The handlers of SAX 1: names as written, attributes in order.
  static xmlSAXHandler handlers() {
    xmlSAXHandler sax{};
    sax.initialized = 1;
    sax.getEntity = [](void*, const xmlChar* name) { return xmlGetPredefinedEntity(name); };
    sax.internalSubset = [](void* data, const xmlChar*, const xmlChar*, const xmlChar*) {
      self(data).stop("For security reasons DTD is prohibited in this XML document.");
    };
    sax.startElement = [](void* data, const xmlChar* name, const xmlChar** attributes) {
      self(data).start(view(name), attributes);
    };
    sax.endElement = [](void* data, const xmlChar*) { self(data).end(); };
    sax.characters = [](void* data, const xmlChar* text, int size) {
      self(data).characters({reinterpret_cast<const char*>(text), static_cast<std::size_t>(size)});
    };
    sax.ignorableWhitespace = sax.characters;
    sax.cdataBlock = [](void* data, const xmlChar* text, int size) {
      self(data).leaf(XmlKind::cdata, {reinterpret_cast<const char*>(text), static_cast<std::size_t>(size)});
    };
    sax.comment = [](void* data, const xmlChar* text) { self(data).leaf(XmlKind::comment, view(text)); };
    sax.processingInstruction = [](void* data, const xmlChar* target, const xmlChar* text) {
      XmlNode* node = self(data).leaf(XmlKind::instruction, text == nullptr ? std::string_view() : view(text));
      if (node != nullptr) node->local = self(data).run_.arena.copy(view(target));
    };
    return sax;
  }

  XmlNode* refuse(std::string_view message) {
    if (!run_.failed()) run_.raise(Fault::xml, message);
    return nullptr;
  }
  void stop(std::string_view message) {
    refuse(message);
    xmlStopParser(parser_);
  }
  std::string library_message() const {
    const xmlError& error = parser_->lastError;
    const std::string_view what = error.message == nullptr ? "The text is not well-formed XML." : error.message;
    return std::string(trim(what)) + " Line " + std::to_string(error.line) + ", position " +
           std::to_string(error.int2) + ".";
  }

  XmlNode* leaf(XmlKind kind, std::string_view value) {
    if (run_.failed()) return nullptr;
    finish_text();
    XmlNode* node = make_counted(kind);
    if (node == nullptr) return nullptr;
    node->value = kept(value);
    append_xml(*level_, *node);
    return node;
  }
  XmlNode* make_counted(XmlKind kind) {
    constexpr ContentLimits limits;
    if (++nodes_ > limits.members) {
      run_.exhaust("XML nodes");
      xmlStopParser(parser_);
      return nullptr;
    }
    return make_xml(run_, kind);
  }
  std::string_view kept(std::string_view text) {
    const Value copy = run_.text(text);
    return copy.is_null() ? std::string_view() : copy.as_string();
  }

  /// Text comes in pieces; it ends where anything else begins.
  void characters(std::string_view text) {
    if (run_.failed() || level_ == document_) return;
    text_ += text;
  }
  void finish_text() {
    if (text_.empty()) return;
    const bool white = trim_xml(text_).empty();
    if (!white || keep_white_ || preserves_.back()) {
      XmlNode* node = make_counted(XmlKind::text);
      if (node != nullptr) {
        node->value = kept(text_);
        append_xml(*level_, *node);
      }
    }
    text_.clear();
  }
  static std::string_view trim_xml(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    return first == std::string_view::npos ? std::string_view() : text.substr(first);
  }

  void start(std::string_view name, const xmlChar** attributes) {
    if (run_.failed()) return;
    finish_text();
    constexpr ContentLimits limits;
    if (preserves_.size() > limits.depth) {
      run_.exhaust("XML depth");
      return xmlStopParser(parser_);
    }
    XmlNode* element = make_counted(XmlKind::element);
    if (element == nullptr) return;
    append_xml(*level_, *element);
    level_ = element;
    preserves_.push_back(preserves_.back());
    marks_.push_back(bindings_.size());
    for (const xmlChar** at = attributes; at != nullptr && *at != nullptr; at += 2) declare(view(at[0]), view(at[1]));
    for (const xmlChar** at = attributes; at != nullptr && *at != nullptr; at += 2)
      add_attribute(*element, view(at[0]), view(at[1]));
    resolve(name, true, *element);
  }
  void declare(std::string_view name, std::string_view value) {
    if (name == "xmlns") {
      bindings_.push_back({"", kept(value)});
    } else if (name.starts_with("xmlns:")) {
      if (value.empty()) return stop("A prefix cannot be bound to the empty namespace.");
      bindings_.push_back({kept(name.substr(6)), kept(value)});
    }
  }
  void add_attribute(XmlNode& element, std::string_view name, std::string_view value) {
    XmlNode* attribute = make_counted(XmlKind::attribute);
    if (attribute == nullptr) return;
    attribute->value = kept(value);
    resolve(name, false, *attribute);
    if (run_.failed()) return;
    if (find_attribute(element, attribute->local, attribute->space) != nullptr)
      return stop("'" + std::string(name) + "' is a duplicate attribute name.");
    if (name == "xml:space") preserves_.back() = value == "preserve";
    append_xml(element, *attribute);
  }
  void resolve(std::string_view name, bool is_element, XmlNode& to) {
    const std::size_t colon = name.find(':');
    const std::string_view prefix = colon == std::string_view::npos ? std::string_view() : name.substr(0, colon);
    const std::string_view local = colon == std::string_view::npos ? name : name.substr(colon + 1);
    if (local.empty() || local.find(':') != std::string_view::npos || (colon == 0))
      return stop("The name '" + std::string(name) + "' is not a qualified name.");
    to.local = kept(local);
    if (prefix.empty() && !is_element) return;
    if (prefix == "xml") {
      to.space = xml_space;
      return;
    }
    if (prefix == "xmlns") {
      to.space = xmlns_space;
      return;
    }
    for (std::size_t i = bindings_.size(); i-- > 0;) {
      if (bindings_[i].prefix != prefix) continue;
      to.space = bindings_[i].space;
      return;
    }
    if (!prefix.empty()) stop("'" + std::string(prefix) + "' is an undeclared prefix.");
  }
  void end() {
    if (run_.failed()) return;
    finish_text();
    level_->written_full = level_->first == nullptr && !ended_empty();
    preserves_.pop_back();
    bindings_.resize(marks_.back());
    marks_.pop_back();
    level_ = level_->parent;
  }
  /// Whether the text in front is the end of `<a/>`.
  bool ended_empty() const {
    const xmlChar* at = parser_->input->cur;
    return at - parser_->input->base >= 2 && at[-1] == '>' && at[-2] == '/';
  }

  /// `<?xml version="1.0" encoding="utf-8"?>`, which is well-formed by now.
  void read_declaration(std::string_view text) {
    if (!text.starts_with("<?xml") || text.size() < 6 || !is_white(text[5])) return;
    const std::string_view inside = text.substr(5, text.find("?>") - 5);
    static const Type* type = read_type("XDeclaration");
    auto* made = run_.make<XmlDeclaration>();
    if (made == nullptr) return;
    made->type = type;
    made->version = pseudo_attribute(inside, "version");
    made->encoding = pseudo_attribute(inside, "encoding");
    made->standalone = pseudo_attribute(inside, "standalone");
    document_->declaration = made;
  }
  static bool is_white(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
  Value pseudo_attribute(std::string_view inside, std::string_view name) {
    const std::size_t at = inside.find(name);
    if (at == std::string_view::npos) return {};
    const std::size_t open = inside.find_first_of("'\"", at);
    const std::size_t close = open == std::string_view::npos ? open : inside.find(inside[open], open + 1);
    return close == std::string_view::npos ? Value() : run_.text(inside.substr(open + 1, close - open - 1));
  }

  struct Binding {
    std::string_view prefix, space;
  };
  Evaluation& run_;
  const bool keep_white_;
  xmlParserCtxt* parser_ = nullptr;
  XmlNode* document_ = nullptr;
  XmlNode* level_ = nullptr;
  std::string text_;
  std::size_t nodes_ = 0;
  std::vector<Binding> bindings_;
  std::vector<std::size_t> marks_;
  std::vector<bool> preserves_{false};
};

}  // namespace

XmlNode* read_xml(Evaluation& run, std::string_view text, bool keep_white) {
  return XmlBuilder(run, keep_white).read(text);
}

}  // namespace sluice::expression
