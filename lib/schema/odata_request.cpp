// SPDX-License-Identifier: Apache-2.0
// Literals in quotes may hold anything, a quote is written twice. Brackets must close, no deeper than a bound.
#include "schema/odata_request.hpp"

#include "base/text.hpp"
#include "base/url.hpp"
#include "base/xml_events.hpp"

#include <algorithm>
#include <array>

namespace sluice::schema {
namespace {

constexpr unsigned bracket_depth = 100;
constexpr std::size_t metadata_members = 1'000'000;

constexpr std::array<std::string_view, 15> options = {"$filter", "$select", "$expand",    "$orderby",    "$top",
                                                      "$skip",   "$count",  "$search",    "$format",     "$compute",
                                                      "$apply",  "$index",  "$skiptoken", "$deltatoken", "$id"};

class MetadataReader final : public XmlHandler {
 public:
  explicit MetadataReader(std::set<std::string, std::less<>>& names) : names_(names) {}
  bool declaration(const XmlEventDeclaration&) override { return true; }
  bool start(const XmlEventName& name, std::span<const XmlEventAttribute> attributes) override {
    for (std::string_view known : {"EntitySet", "Singleton", "FunctionImport", "ActionImport"}) {
      if (name.local != known) continue;
      for (const XmlEventAttribute& attribute : attributes) {
        if (attribute.name.written == "Name") names_.emplace(attribute.value);
      }
    }
    return true;
  }
  bool end(bool) override { return true; }
  bool text(std::string_view, bool) override { return true; }
  bool cdata(std::string_view) override { return true; }
  bool comment(std::string_view) override { return true; }
  bool instruction(std::string_view, std::string_view) override { return true; }

 private:
  std::set<std::string, std::less<>>& names_;
};

/// Whether quotes and brackets close; what is wrong otherwise.
std::string check_brackets(std::string_view text) {
  std::string open;
  bool quoted = false;
  for (char c : text) {
    if (c == '\'') quoted = !quoted;
    if (quoted) continue;
    if (c == '(' || c == '[' || c == '{') {
      if (open.size() >= bracket_depth) return "is nested more than " + std::to_string(bracket_depth) + " deep";
      open += c;
    }
    if (c == ')' || c == ']' || c == '}') {
      const char partner = c == ')' ? '(' : c == ']' ? '[' : '{';
      if (open.empty() || open.back() != partner) return "has a closing bracket without its partner";
      open.pop_back();
    }
  }
  if (quoted) return "has a text without its closing quote";
  return open.empty() ? std::string() : "has a bracket that does not close";
}

bool is_identifier(std::string_view name) {
  if (name.empty() || is_digit(name.front())) return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return is_alpha(c) || is_digit(c) || c == '_' || c == '.' || c == '-' || static_cast<unsigned char>(c) >= 0x80;
  });
}

std::string shown(std::string_view text) {
  constexpr std::size_t longest = 100;
  return "'" + std::string(text.substr(0, longest)) + "'";
}

/// The value of one system query option; what is wrong with it.
std::string check_option(std::string_view name, std::string_view value) {
  if (name == "$top" || name == "$skip" || name == "$index") {
    const bool may_be_negative = name == "$index";
    const auto number = parse_integer(value);
    return number && (may_be_negative || *number >= 0) ? std::string()
                                                       : "must be a whole number, found " + shown(value);
  }
  if (name == "$count")
    return value == "true" || value == "false" ? std::string() : "must be true or false, found " + shown(value);
  if (trim(value).empty() && name != "$search") return "must not be empty";
  return check_brackets(value);
}

}  // namespace

std::optional<int> parse_odata_version(std::string_view text) {
  text = trim(text.substr(0, text.find(';')));
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const auto major = parse_unsigned(text.substr(0, dot));
  const std::string_view minor_text = text.substr(dot + 1);
  const auto minor = parse_unsigned(minor_text);
  if (!major || *major > 9 || !minor || minor_text.size() > 2) return std::nullopt;
  // 4.01 comes after 4.0: the digits behind the point are a fraction.
  return static_cast<int>(*major * 100 + (minor_text.size() == 1 ? *minor * 10 : *minor));
}

tl::expected<ODataMetadata, std::string> ODataMetadata::read(std::string_view text) {
  ODataMetadata metadata;
  MetadataReader reader(metadata.resources_);
  const auto read = read_xml_events(text, reader, {.depth = 64, .members = metadata_members});
  if (!read) return tl::unexpected(read.error().message);
  return metadata;
}

std::string check_odata_path(std::string_view path, const ODataMetadata* metadata, Arena& arena) {
  while (path.starts_with('/')) path.remove_prefix(1);
  while (path.ends_with('/')) path.remove_suffix(1);
  if (path.empty()) return {};  // The service document.
  bool is_first = true;
  for (std::string_view encoded : split(path, '/')) {
    const std::string_view segment = percent_decode(encoded, arena);
    const std::string wrong = check_brackets(segment);
    if (!wrong.empty()) return "The segment " + shown(segment) + " " + wrong + ".";
    const std::string_view name = segment.substr(0, segment.find('('));
    const bool is_system = name.starts_with('$');
    if (is_system) {
      const bool known = name == "$metadata" || name == "$batch" || name == "$entity" || name == "$all" ||
                         name == "$crossjoin" || name == "$count" || name == "$value" || name == "$ref" ||
                         name == "$each" || name == "$filter" || name == "$query" || name == "$root" || name == "$it";
      if (!known) return "The segment " + shown(segment) + " is not one of OData's.";
    } else if (is_first && !is_identifier(name)) {
      return "The segment " + shown(segment) + " names no resource.";
    } else if (is_first && metadata != nullptr && !metadata->has(name)) {
      return "The resource " + shown(name) + " is not in the service's metadata.";
    }
    is_first = false;
  }
  return {};
}

std::optional<ODataProblem> check_odata_query(std::string_view query, Arena& arena) {
  std::set<std::string_view> seen;
  QueryReader reader(query);
  while (const auto item = reader.next()) {
    const std::string_view name = percent_decode(item->name, arena, true);
    if (!name.starts_with('$')) continue;  // Parameters and options of the service's own.
    const std::string plain(name.substr(0, 100));
    if (std::find(options.begin(), options.end(), name) == options.end()) {
      return ODataProblem{plain, "The system query option " + plain + " is not one of OData's."};
    }
    if (!seen.insert(name).second) return ODataProblem{plain, "The system query option " + plain + " stands twice."};
    const std::string wrong = check_option(name, percent_decode(item->value, arena, true));
    if (!wrong.empty()) return ODataProblem{plain, "The system query option " + plain + " " + wrong + "."};
  }
  return std::nullopt;
}

}  // namespace sluice::schema
