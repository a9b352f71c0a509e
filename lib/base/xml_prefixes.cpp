// SPDX-License-Identifier: Apache-2.0
#include "base/xml_prefixes.hpp"

#include "base/xml_events.hpp"
#include "base/xml_text.hpp"

namespace sluice {
namespace {

/// All of them are looked through for every name.
constexpr std::size_t most_bindings = 100;

}  // namespace

std::optional<std::string> XmlPrefixes::declare(std::string_view prefix, std::string_view space, std::size_t outside) {
  const std::string shown(prefix.substr(0, 100));
  if (prefix == "xml" || prefix == "xmlns" || (!prefix.empty() && encode_xml_name(prefix, false) != prefix))
    return "'" + shown + "' is no prefix of a namespace.";
  if (space.empty() && !prefix.empty()) return "Prefix '" + shown + "' is bound to the empty namespace.";
  for (std::size_t i = outside; i < bindings_.size(); ++i) {
    if (bindings_[i].first == prefix) return "Prefix '" + shown + "' is declared twice.";
  }
  if (bindings_.size() >= most_bindings) return "Too many namespaces are declared.";
  bindings_.emplace_back(prefix, space);
  return std::nullopt;
}

std::optional<std::string_view> XmlPrefixes::meaning(std::string_view prefix) const {
  for (std::size_t i = bindings_.size(); i-- > 0;) {
    if (bindings_[i].first == prefix) return bindings_[i].second;
  }
  return std::nullopt;
}

std::pair<std::string, std::string_view> XmlPrefixes::qualified(std::string_view name) const {
  for (const std::string_view separator : {separator_, std::string_view(":")}) {
    const std::size_t at = separator.empty() ? std::string_view::npos : name.find(separator);
    if (at == std::string_view::npos || at == 0 || at + separator.size() == name.size()) continue;
    const std::string_view prefix = name.substr(0, at);
    // `xml` needs no declaration, but a member `xml_data` is not meant so.
    const auto space = prefix == "xml" && separator == ":" ? std::optional(xml_space) : meaning(prefix);
    if (!space) continue;
    return {std::string(prefix) + ":" + encode_xml_name(name.substr(at + separator.size()), false), *space};
  }
  return {encode_xml_name(name, false), {}};
}

}  // namespace sluice
