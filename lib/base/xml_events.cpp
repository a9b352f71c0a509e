// SPDX-License-Identifier: Apache-2.0
// libxml2 checks that a text is well-formed and reports it by the handlers of SAX 1: names as written, attributes in
// order, declarations of namespaces among them. Prefixes are resolved here. A document type is refused before it is
// read.
#include "base/xml_events.hpp"

#include "base/text.hpp"
#include "base/xml_library.hpp"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>

#include <algorithm>
#include <memory>
#include <vector>

namespace sluice {
namespace {

/// libxml2 compares each attribute of a tag with all others, and so does the check of namespaces.
constexpr std::size_t most_attributes = 1'000;
/// Prefixes in scope: all of them may be looked through for every name.
constexpr std::size_t most_bindings = 256;

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

std::string_view view(const xmlChar* text) { return reinterpret_cast<const char*>(text); }

class Reader {
 public:
  Reader(XmlHandler& handler, const ContentLimits& limits) : handler_(handler), limits_(limits) {}

  tl::expected<void, XmlFailure> read(std::string_view text) {
    prepare_xml_library();
    if (text.size() > INT32_MAX) return refuse("The text is too long.");
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    if (text.find('\0') != std::string_view::npos)
      return refuse("'.', hexadecimal value 0x00, is an invalid character.");
    if (has_long_tag(text)) return refuse("A tag has too many attributes.", XmlFailure::Kind::attributes);
    const std::unique_ptr<xmlParserCtxt, decltype(&xmlFreeParserCtxt)> parser(
        xmlCreateMemoryParserCtxt(text.data(), static_cast<int>(text.size())), &xmlFreeParserCtxt);
    if (parser == nullptr) return refuse("Root element is missing.");
    xmlCtxtUseOptions(parser.get(), XML_PARSE_NOENT | XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
                                        XML_PARSE_IGNORE_ENC);
    *parser->sax = handlers();
    parser->userData = this;
    parser_ = parser.get();
    if (!read_declaration(text)) return refuse("", XmlFailure::Kind::stopped);
    xmlParseDocument(parser_);
    if (failure_) return tl::unexpected(std::move(*failure_));
    if (parser_->wellFormed == 0) return refuse(library_message());
    return {};
  }

 private:
  static Reader& self(void* data) { return *static_cast<Reader*>(data); }
  static tl::unexpected<XmlFailure> refuse(std::string message, XmlFailure::Kind kind = XmlFailure::Kind::malformed) {
    return tl::unexpected(XmlFailure{kind, std::move(message)});
  }

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
      const std::string_view all(reinterpret_cast<const char*>(text), static_cast<std::size_t>(size));
      Reader& reader = self(data);
      if (reader.begin_piece()) reader.go_on(reader.handler_.cdata(all));
    };
    sax.comment = [](void* data, const xmlChar* text) {
      Reader& reader = self(data);
      if (reader.begin_piece()) reader.go_on(reader.handler_.comment(view(text)));
    };
    sax.processingInstruction = [](void* data, const xmlChar* target, const xmlChar* text) {
      Reader& reader = self(data);
      if (!reader.begin_piece()) return;
      reader.go_on(reader.handler_.instruction(view(target), text == nullptr ? std::string_view() : view(text)));
    };
    return sax;
  }

  void stop(std::string message, XmlFailure::Kind kind = XmlFailure::Kind::malformed) {
    if (!failure_) failure_ = XmlFailure{kind, std::move(message)};
    xmlStopParser(parser_);
  }
  void go_on(bool goes_on) {
    if (!goes_on) stop("", XmlFailure::Kind::stopped);
  }
  std::string library_message() const {
    const xmlError& error = parser_->lastError;
    const std::string_view what = error.message == nullptr ? "The text is not well-formed XML." : error.message;
    return std::string(trim(what)) + " Line " + std::to_string(error.line) + ", position " +
           std::to_string(error.int2) + ".";
  }

  bool count_node() {
    if (++nodes_ <= limits_.members) return true;
    stop("More than " + std::to_string(limits_.members) + " nodes.", XmlFailure::Kind::nodes);
    return false;
  }
  /// The text before it ends. False when nothing more is to be told.
  bool begin_piece() {
    finish_text();
    return !failure_ && count_node();
  }

  /// Text comes in pieces; it ends where anything else begins.
  void characters(std::string_view text) {
    if (!failure_ && !levels_.empty()) text_ += text;
  }
  void finish_text() {
    if (text_.empty() || failure_) return;
    const bool is_white = !levels_.back().preserves && text_.find_first_not_of(" \t\r\n") == std::string::npos;
    if (count_node()) go_on(handler_.text(text_, is_white));
    text_.clear();
  }

  void start(std::string_view name, const xmlChar** attributes) {
    if (!begin_piece()) return;
    if (levels_.size() >= limits_.depth) {
      return stop("Deeper than " + std::to_string(limits_.depth) + " elements.", XmlFailure::Kind::depth);
    }
    levels_.push_back({!levels_.empty() && levels_.back().preserves, bindings_.size()});
    attributes_.clear();
    for (const xmlChar** at = attributes; at != nullptr && *at != nullptr; at += 2) {
      if (!count_node()) return;
      attributes_.push_back({{view(at[0]), {}, {}, 0}, view(at[1])});
    }
    for (const XmlEventAttribute& attribute : attributes_) declare(attribute.name.written, attribute.value);
    for (XmlEventAttribute& attribute : attributes_) resolve(attribute.name, false);
    check_attributes();
    XmlEventName element{name, {}, {}, 0};
    resolve(element, true);
    element.end = static_cast<std::size_t>(parser_->input->cur - parser_->input->base) + parser_->input->consumed;
    if (!failure_) go_on(handler_.start(element, attributes_));
  }
  void declare(std::string_view name, std::string_view value) {
    if (bindings_.size() >= most_bindings) {
      if (name.starts_with("xmlns")) stop("Too many namespaces are declared.", XmlFailure::Kind::attributes);
    } else if (name == "xmlns") {
      bindings_.push_back({"", std::string(value)});
    } else if (name.starts_with("xmlns:")) {
      if (value.empty()) return stop("A prefix cannot be bound to the empty namespace.");
      bindings_.push_back({std::string(name.substr(6)), std::string(value)});
    }
  }
  /// libxml2 has seen that no attribute is written twice; two prefixes may mean the same.
  void check_attributes() {
    for (std::size_t i = 0; i < attributes_.size() && !failure_; ++i) {
      const XmlEventAttribute& one = attributes_[i];
      if (one.name.written == "xml:space") levels_.back().preserves = one.value == "preserve";
      if (one.name.space.empty()) continue;
      for (std::size_t k = 0; k < i; ++k) {
        if (attributes_[k].name.local == one.name.local && attributes_[k].name.space == one.name.space)
          return stop("'" + std::string(one.name.written) + "' is a duplicate attribute name.");
      }
    }
  }
  void resolve(XmlEventName& name, bool is_element) {
    const std::size_t colon = name.written.find(':');
    const bool is_plain = colon == std::string_view::npos;
    const std::string_view prefix = is_plain ? std::string_view() : name.written.substr(0, colon);
    name.local = is_plain ? name.written : name.written.substr(colon + 1);
    if (name.local.empty() || name.local.find(':') != std::string_view::npos || colon == 0)
      return stop("The name '" + std::string(name.written) + "' is not a qualified name.");
    if (prefix.empty() && !is_element) return;
    if (prefix == "xml") {
      name.space = xml_space;
      return;
    }
    if (prefix == "xmlns") {
      name.space = xmlns_space;
      return;
    }
    for (std::size_t i = bindings_.size(); i-- > 0;) {
      if (bindings_[i].prefix != prefix) continue;
      name.space = bindings_[i].space;
      return;
    }
    if (!prefix.empty()) stop("'" + std::string(prefix) + "' is an undeclared prefix.");
  }
  void end() {
    finish_text();
    if (failure_) return;
    go_on(handler_.end(ended_empty()));
    bindings_.resize(levels_.back().bindings);
    levels_.pop_back();
  }
  /// Whether the text in front is the end of `<a/>`.
  bool ended_empty() const {
    const xmlChar* at = parser_->input->cur;
    return at - parser_->input->base >= 2 && at[-1] == '>' && at[-2] == '/';
  }

  /// Looks at the text itself: SAX does not tell. What is wrong in it, the parser will find.
  bool read_declaration(std::string_view text) {
    if (!text.starts_with("<?xml") || text.size() < 6 || !is_blank(text[5])) return true;
    const std::string_view inside = text.substr(5, text.find("?>") - 5);
    return handler_.declaration({pseudo_attribute(inside, "version"), pseudo_attribute(inside, "encoding"),
                                 pseudo_attribute(inside, "standalone")});
  }
  static std::optional<std::string_view> pseudo_attribute(std::string_view inside, std::string_view name) {
    const std::size_t at = inside.find(name);
    if (at == std::string_view::npos) return std::nullopt;
    const std::size_t open = inside.find_first_of("'\"", at);
    const std::size_t close = open == std::string_view::npos ? open : inside.find(inside[open], open + 1);
    if (close == std::string_view::npos) return std::nullopt;
    return inside.substr(open + 1, close - open - 1);
  }

  struct Binding {
    std::string prefix, space;
  };
  struct Level {
    bool preserves;        ///< White space, by `xml:space`.
    std::size_t bindings;  ///< Outside of the element.
  };
  XmlHandler& handler_;
  const ContentLimits& limits_;
  xmlParserCtxt* parser_ = nullptr;
  std::optional<XmlFailure> failure_;
  std::string text_;
  std::size_t nodes_ = 0;
  std::vector<XmlEventAttribute> attributes_;
  std::vector<Binding> bindings_;
  std::vector<Level> levels_;
};

}  // namespace

tl::expected<void, XmlFailure> read_xml_events(std::string_view text, XmlHandler& handler,
                                               const ContentLimits& limits) {
  return Reader(handler, limits).read(text);
}

}  // namespace sluice
