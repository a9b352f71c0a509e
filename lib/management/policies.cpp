// SPDX-License-Identifier: Apache-2.0
// Documents are kept as they came. One in format xml reads the same as rawxml: what is escaped in an expression is
// decoded where that makes it whole.
#include "management/policies.hpp"

#include "base/source_text.hpp"
#include "base/text.hpp"
#include "base/url.hpp"
#include "model/bounds.hpp"
#include "pipeline/document/markup_scan.hpp"
#include "pipeline/document/references.hpp"

#include <algorithm>

namespace sluice::management {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view policy_file = "policy.xml";
constexpr std::string_view fragment_file = "policyFragmentInformation.json";

Outcome<std::string> read_text(const Layout& layout, const fs::path& file, std::size_t most_bytes) {
  auto text = layout.files().read(file, most_bytes);
  if (text) return std::move(*text);
  return refuse(500, "InternalServerError",
                "The file '" + file.filename().string() + "' cannot be read: " + text.error().message);
}

/// What the shield of the scan has put `_` for, outside of comments, is data.
std::string_view escape_of(char c) {
  switch (c) {
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '&': return "&amp;";
    case '"': return "&quot;";
    default: return "&apos;";
  }
}

/// What the gateway's own limit is says the compiler.
DocumentLimits widest_limits() {
  DocumentLimits limits;
  limits.bytes = model::ReadBounds{}.policy_bytes;
  return limits;
}

}  // namespace

Outcome<std::string> policy_text(const Properties& properties, const fs::path& file, const fs::path& folder) {
  const std::string format = properties.find("format") == nullptr ? "xml" : properties.string("format");
  if (format == "xml-link" || format == "rawxml-link") {
    return invalid("The format '" + format + "' is not carried out: nothing is fetched. Send the document itself.");
  }
  if (format != "xml" && format != "rawxml") {
    return invalid("'format' must be xml or rawxml, found '" + format + "'.");
  }
  const JsonValue* value = properties.find("value");
  if (value == nullptr || !value->is_string()) return invalid("'value' must be the text of the policy document.");
  std::string text(value->text);
  if (format == "xml") {
    Diagnostics found(most_findings);
    const SourceText source(file.generic_string(), text);
    if (!scan_markup(source, PolicyFormat::xml, widest_limits(), found).ok) {
      return tl::unexpected(validation_failure(found, folder));
    }
  }
  return text;
}

std::string to_well_formed(const std::string& text) {
  Diagnostics ignored(1);  // What is wrong with a document was told when it came.
  const SourceText source({}, text);
  const MarkupScan scan = scan_markup(source, PolicyFormat::rawxml, widest_limits(), ignored);
  if (!scan.ok || scan.shielded.size() != text.size()) return text;
  std::string made;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (scan.shielded.compare(i, 4, "<!--") == 0 || scan.shielded.compare(i, 9, "<![CDATA[") == 0) {
      const std::string_view end = scan.shielded[i + 2] == '-' ? "-->" : "]]>";
      const std::size_t behind = std::min(scan.shielded.find(end, i + 4), text.size() - end.size()) + end.size();
      made.append(text, i, behind - i);
      i = behind - 1;
      continue;
    }
    std::string decoded;
    const bool is_data = scan.shielded[i] == '_' && text[i] != '_';
    const bool is_reference = text[i] == '&' && decode_reference(std::string_view(text).substr(i), decoded) != 0;
    if (is_data && !is_reference) {
      made += escape_of(text[i]);
    } else {
      made += text[i];
    }
  }
  return made;
}

Outcome<Properties> policy_properties(std::string_view text, std::string_view query) {
  Arena arena;
  const std::string_view format = query_value(query, "format", arena).value_or("xml");
  if (format != "xml" && format != "rawxml") return invalid("'format' must be xml or rawxml.");
  return Properties()
      .with_string("format", format)
      .with_string("value", format == "xml" ? to_well_formed(std::string(text)) : std::string(text));
}

std::vector<std::string> PolicyKind::ids(const Layout& layout, const Target& collection) const {
  if (!layout.files().has_file(collection.parent / policy_file)) return {};
  return {"policy"};
}

Outcome<std::optional<Resource>> PolicyKind::find(const Layout& layout, const Target& target) const {
  const fs::path file = target.parent / policy_file;
  if (!layout.files().has_file(file)) return std::optional<Resource>();
  Outcome<std::string> text = read_text(layout, file, model::ReadBounds{}.policy_bytes);
  if (!text) return tl::unexpected(std::move(text.error()));
  Outcome<Properties> properties = policy_properties(*text, target.query);
  if (!properties) return tl::unexpected(std::move(properties.error()));
  return std::optional(Resource{"policy", std::move(*properties), std::move(*text)});
}

Outcome<void> PolicyKind::put(Edit& edit, const Target& target, const JsonValue& properties) const {
  const fs::path file = target.parent / policy_file;
  Outcome<std::string> text = policy_text(Properties().merged(properties), file, edit.files.folder());
  if (!text) return tl::unexpected(std::move(text.error()));
  edit.files.write(file, std::move(*text));
  return {};
}

Outcome<void> PolicyKind::remove(Edit& edit, const Target& target) const {
  edit.files.remove(target.parent / policy_file);
  return {};
}

Outcome<std::optional<Resource>> FragmentKind::find(const Layout& layout, const Target& target) const {
  const std::optional<fs::path> folder = layout.find(target.parent, target.collection, target.id);
  if (!folder || !layout.files().has_file(*folder / policy_file)) return std::optional<Resource>();
  Outcome<std::string> text = read_text(layout, *folder / policy_file, model::ReadBounds{}.policy_bytes);
  if (!text) return tl::unexpected(std::move(text.error()));
  Outcome<Properties> properties = policy_properties(*text, target.query);
  if (!properties) return tl::unexpected(std::move(properties.error()));
  Properties information;
  if (layout.files().has_file(*folder / fragment_file)) {
    Outcome<std::string> read = read_text(layout, *folder / fragment_file, model::ReadBounds{}.information_bytes);
    if (!read) return tl::unexpected(std::move(read.error()));
    Outcome<Properties> parsed = read_properties_of(*read, fragment_file);
    if (!parsed) return tl::unexpected(std::move(parsed.error()));
    information = std::move(*parsed);
  }
  std::string content = *text + information.text();
  return std::optional(Resource{folder->filename().string(), information.merged(properties->value()), content});
}

Outcome<void> FragmentKind::put(Edit& edit, const Target& target, const JsonValue& properties) const {
  const fs::path into = folder(edit.layout(), target);
  const Properties given = Properties().merged(properties);
  Outcome<std::string> text = policy_text(given, into / policy_file, edit.files.folder());
  if (!text) return tl::unexpected(std::move(text.error()));
  edit.files.write(into / policy_file, std::move(*text));
  edit.files.write(into / fragment_file, information_text(given.without({"format", "value"})));
  return {};
}

Outcome<void> FragmentKind::remove(Edit& edit, const Target& target) const {
  edit.files.remove(folder(edit.layout(), target));
  return {};
}

}  // namespace sluice::management
