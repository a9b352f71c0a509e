// SPDX-License-Identifier: Apache-2.0
// XML 1.0 with namespaces, read by libxml2 and told piece by piece (X2): no document type, no entity but XML's own
// five, no file, no network; UTF-8 whatever the text says of itself. Everything that reads XML from outside stands on
// this.
#pragma once

#include <sluice/limits.hpp>

#include <tl/expected.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sluice {

inline constexpr std::string_view xml_space = "http://www.w3.org/XML/1998/namespace";
inline constexpr std::string_view xmlns_space = "http://www.w3.org/2000/xmlns/";

/// A name of an element or attribute. `xmlns` alone is an attribute of no space, `xmlns:p` one of `xmlns_space`.
struct XmlEventName {
  std::string_view written;  ///< With its prefix.
  std::string_view local;
  std::string_view space;  ///< What the prefix stands for; empty: no namespace.
  std::size_t end = 0;     ///< Of an element: where its start tag ends in the text, give or take its last bracket.
};

struct XmlEventAttribute {
  XmlEventName name;
  std::string_view value;
};

/// `<?xml version="1.0" encoding="utf-8" standalone="yes"?>`
struct XmlEventDeclaration {
  std::optional<std::string_view> version, encoding, standalone;
};

/// Takes the pieces in their order. Texts are decoded, and end with the call. False: read no further.
class XmlHandler {
 public:
  virtual ~XmlHandler() = default;
  virtual bool declaration(const XmlEventDeclaration& declaration) = 0;
  virtual bool start(const XmlEventName& name, std::span<const XmlEventAttribute> attributes) = 0;
  /// `is_empty_tag`: the element was `<a/>`.
  virtual bool end(bool is_empty_tag) = 0;
  /// All of it up to the next tag, comment or the like. `is_white`: white space that `xml:space` does not preserve.
  virtual bool text(std::string_view text, bool is_white) = 0;
  virtual bool cdata(std::string_view text) = 0;
  virtual bool comment(std::string_view text) = 0;
  virtual bool instruction(std::string_view target, std::string_view text) = 0;
};

/// Why a text was not read to its end.
struct XmlFailure {
  enum class Kind : std::uint8_t {
    malformed,   ///< Not well-formed, or it has a document type.
    attributes,  ///< More attributes in one tag, or namespaces in scope, than are read.
    depth,       ///< Deeper than `ContentLimits::depth`.
    nodes,       ///< More than `ContentLimits::members`.
    stopped      ///< By the handler.
  };
  Kind kind = Kind::malformed;
  std::string message;
};

/// Reads a whole document.
tl::expected<void, XmlFailure> read_xml_events(std::string_view text, XmlHandler& handler, const ContentLimits& limits);

}  // namespace sluice
