// SPDX-License-Identifier: Apache-2.0
// Walks are as deep as `ContentLimits::depth`. The result is written straight away and never longer than allowed by
// more than one name or text: a long name that is given to many elements would be far longer than the JSON.
// Source: Json.NET, "Converting between JSON and XML"; API Management policy reference, json-to-xml.
#include "base/json_to_xml.hpp"

#include "base/json.hpp"
#include "base/json_date.hpp"
#include "base/text.hpp"
#include "base/xml_prefixes.hpp"
#include "base/xml_text.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace sluice {
namespace {

/// What is written into a start tag.
struct Attribute {
  std::string_view name;
  const JsonValue* value;
};

/// The members of an object by what becomes of them.
struct Parts {
  std::vector<Attribute> declarations;  ///< Named by their prefixes.
  std::vector<Attribute> attributes;
  std::vector<const JsonMember*> content;
};

class Writer {
 public:
  explicit Writer(const JsonToXmlOptions& options) : options_(options), prefixes_(options.namespace_separator) {}

  Result<std::string> write(const JsonValue& root) {
    if (!write_document(root)) return fail(std::move(*error_));
    return std::move(out_);
  }

 private:
  bool refuse(std::string message) {
    if (!error_) error_ = Error(ErrorCode::content_conversion_failed, std::move(message));
    return false;
  }
  bool is_within() {
    if (out_.size() <= options_.most_bytes) return true;
    if (!error_) {
      error_ = Error(options_.too_large, "The body has more than " + std::to_string(options_.most_bytes) + " bytes.");
    }
    return false;
  }

  // ---- The document ----

  bool write_document(const JsonValue& root) {
    Parts parts;
    if (root.is_object() && !sort_out(root, parts)) return false;
    std::vector<const JsonMember*> content;
    for (const JsonMember* member : parts.content) {
      if (!member->name.starts_with('?')) {
        content.push_back(member);
      } else if (member->name == "?xml" ? !write_declaration(member->value)
                                        : !write_instruction(member->name, member->value)) {
        return false;
      }
    }
    const bool is_one = content.size() == 1 && parts.attributes.empty() && parts.declarations.empty();
    if (!is_one || !is_root(*content[0])) {
      if (!root.is_object()) return write_element(xml_document_name, root);
      parts.content = std::move(content);
      return write_parts(xml_document_name, parts);
    }
    const JsonValue& value = content[0]->value;
    return write_element(content[0]->name, value.is_array() ? value.items[0] : value);
  }
  /// Whether the member alone is an element.
  static bool is_root(const JsonMember& member) {
    return !member.name.starts_with('#') && (!member.value.is_array() || member.value.items.size() == 1);
  }
  /// The text is UTF-8, whatever encoding the member names.
  bool write_declaration(const JsonValue& value) {
    const auto text = [&](std::string_view name) {
      const JsonValue* member = value.is_object() ? value.find(name) : nullptr;
      return member != nullptr ? member->string() : std::nullopt;
    };
    std::string declaration = "<?xml version=\"1.0\"";
    if (text("@encoding")) declaration += " encoding=\"utf-8\"";
    if (const auto alone = text("@standalone"); alone == "yes" || alone == "no")
      declaration.append(" standalone=\"").append(*alone).append("\"");
    out_.insert(0, declaration + "?>");
    return true;
  }

  // ---- Names ----

  bool is_declaration(std::string_view name, std::string_view& prefix) const {
    const std::string_view mark = options_.namespace_prefix;
    if (mark.empty() || !name.starts_with(mark)) return false;
    std::string_view rest = name.substr(mark.size());
    if (rest.starts_with(options_.namespace_separator)) rest.remove_prefix(options_.namespace_separator.size());
    if (rest.size() + mark.size() == name.size() && !rest.empty()) return false;  // `xmlnsthing`
    prefix = rest;
    return true;
  }
  static bool is_xmlns(std::string_view name, std::string_view& prefix) {
    if (name != "xmlns" && !name.starts_with("xmlns:")) return false;
    prefix = name.substr(std::min<std::size_t>(name.size(), 6));
    return true;
  }

  // ---- Elements ----

  bool sort_out(const JsonValue& object, Parts& parts) {
    for (const JsonMember& member : object.members) {
      std::string_view prefix;
      if (!options_.attribute_block_name.empty() && member.name == options_.attribute_block_name) {
        if (!member.value.is_object()) return refuse("'" + std::string(member.name) + "' must be an object.");
        for (const JsonMember& inner : member.value.members) {
          const bool declares = is_declaration(inner.name, prefix) || is_xmlns(inner.name, prefix);
          (declares ? parts.declarations : parts.attributes).push_back({declares ? prefix : inner.name, &inner.value});
        }
      } else if (member.name.starts_with('@')) {
        const std::string_view name = member.name.substr(1);
        const bool declares = is_xmlns(name, prefix);
        (declares ? parts.declarations : parts.attributes).push_back({declares ? prefix : name, &member.value});
      } else if (is_declaration(member.name, prefix)) {
        parts.declarations.push_back({prefix, &member.value});
      } else {
        parts.content.push_back(&member);
      }
    }
    return true;
  }

  bool write_element(std::string_view name, const JsonValue& value) {
    Parts parts;
    if (value.is_object()) return sort_out(value, parts) && write_parts(name, parts);
    if (!open_tag(name, parts)) return false;
    if (value.is_null() || (value.is_array() && value.items.empty())) return close_empty();
    out_ += '>';
    if (value.is_array()) {
      // An array inside another: an element that holds elements of its own name.
      for (const JsonValue& item : value.items) {
        if (!write_element(name, item)) return false;
      }
    } else if (!write_text(value)) {
      return false;
    }
    return close_tag();
  }
  bool write_parts(std::string_view name, const Parts& parts) {
    if (!open_tag(name, parts)) return false;
    if (parts.content.empty()) return close_empty();
    out_ += '>';
    for (const JsonMember* member : parts.content) {
      if (!write_member(member->name, member->value)) return false;
    }
    return close_tag();
  }
  bool write_member(std::string_view name, const JsonValue& value) {
    if (!value.is_array()) return write_one(name, value);
    for (const JsonValue& item : value.items) {
      if (!write_one(name, item)) return false;
    }
    return true;
  }
  bool write_one(std::string_view name, const JsonValue& value) {
    if (name == "#text" || name == "#whitespace" || name == "#significant-whitespace") return write_text(value);
    if (name == "#cdata-section") return write_cdata(value);
    if (name.starts_with('?')) return write_instruction(name, value);
    return write_element(name, value);
  }

  struct Level {
    std::string name;
    std::size_t prefixes;  ///< Outside.
  };
  /// All of a start tag but its end.
  bool open_tag(std::string_view name, const Parts& parts) {
    if (name.empty()) return refuse("A member without a name cannot become an element.");
    Level level{{}, prefixes_.size()};
    std::string attributes;
    if (!declare(parts.declarations, level.prefixes, attributes)) return false;
    level.name = prefixes_.qualified(name).first;
    std::set<std::pair<std::string, std::string_view>> seen;
    for (const Attribute& attribute : parts.attributes) {
      if (attribute.name.empty()) return refuse("An attribute has no name.");
      const auto [written, space] = prefixes_.qualified(attribute.name);
      if (!seen.emplace(space.empty() ? written : written.substr(written.find(':') + 1), space).second)
        return refuse("The attribute '" + written.substr(0, 100) + "' stands twice.");
      if (!append_attribute(attributes, written, *attribute.value)) return false;
      if (out_.size() + attributes.size() > options_.most_bytes) break;
    }
    out_.append("<").append(level.name).append(attributes);
    levels_.push_back(std::move(level));
    return is_within();
  }
  bool declare(const std::vector<Attribute>& declarations, std::size_t outside, std::string& attributes) {
    for (const Attribute& declaration : declarations) {
      const auto space = declaration.value->string();
      if (!space) return refuse("The name of a namespace must be a text.");
      if (auto fault = prefixes_.declare(declaration.name, *space, outside)) return refuse(std::move(*fault));
      const std::string name = declaration.name.empty() ? "xmlns" : "xmlns:" + std::string(declaration.name);
      if (!append_attribute(attributes, name, *declaration.value)) return false;
    }
    return true;
  }
  bool append_attribute(std::string& to, std::string_view name, const JsonValue& value) {
    std::string text;
    if (!plain_text(value, text)) return false;
    to.append(" ").append(name).append("=");
    append_xml_value(to, text);
    return true;
  }
  bool close_tag() {
    out_.append("</").append(levels_.back().name).append(">");
    return leave();
  }
  bool close_empty() {
    out_ += " />";
    return leave();
  }
  bool leave() {
    prefixes_.leave(levels_.back().prefixes);
    levels_.pop_back();
    return is_within();
  }

  // ---- Texts ----

  /// The text of a value that is neither object nor array. Numbers stay as they are written.
  bool plain_text(const JsonValue& value, std::string& text) {
    switch (value.kind) {
      case JsonKind::null: return true;
      case JsonKind::boolean: text = value.truth ? "true" : "false"; return true;
      case JsonKind::number: text = value.text; return true;
      case JsonKind::string: break;
      default: return refuse("An object or array stands where XML has a text.");
    }
    auto date = options_.parses_dates ? rewritten_json_date(value.text) : std::nullopt;
    text = date ? std::move(*date) : std::string(value.text);
    return is_xml_text(text) || refuse("A text holds a character that XML does not have.");
  }
  bool write_text(const JsonValue& value) {
    std::string text;
    if (!plain_text(value, text)) return false;
    append_xml_text(out_, text);
    return is_within();
  }
  bool write_cdata(const JsonValue& value) {
    std::string text;
    if (!plain_text(value, text)) return false;
    out_ += "<![CDATA[";
    std::size_t at = 0;
    for (std::size_t end = text.find("]]>"); end != std::string::npos; end = text.find("]]>", at)) {
      out_.append(text, at, end + 2 - at).append("]]><![CDATA[");
      at = end + 2;
    }
    out_.append(text, at).append("]]>");
    return is_within();
  }
  bool write_instruction(std::string_view name, const JsonValue& value) {
    const std::string_view target = name.substr(1);
    std::string text;
    if (target.empty() || equal_ignoring_case(target, "xml") || encode_xml_name(target, false) != target)
      return refuse("'" + std::string(name.substr(0, 100)) + "' is no processing instruction.");
    if (!plain_text(value, text)) return false;
    if (text.find("?>") != std::string::npos) return refuse("A processing instruction holds its own end.");
    out_.append("<?").append(target);
    if (!text.empty()) out_.append(" ").append(text);
    out_ += "?>";
    return is_within();
  }

  const JsonToXmlOptions& options_;
  std::string out_;
  std::optional<Error> error_;
  std::vector<Level> levels_;
  XmlPrefixes prefixes_;
};

}  // namespace

Result<std::string> json_to_xml(std::string_view json, Arena& arena, const JsonToXmlOptions& options) {
  const auto root = parse_json(json, arena, {options.limits.depth, options.limits.members});
  if (!root) {
    return fail(ErrorCode::content_conversion_failed, "The body cannot be read as JSON: " + root.error().message +
                                                          " (at byte " + std::to_string(root.error().offset) + ").");
  }
  return Writer(options).write(**root);
}

}  // namespace sluice
