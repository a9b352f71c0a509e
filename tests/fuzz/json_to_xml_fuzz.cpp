// SPDX-License-Identifier: Apache-2.0
// Any bytes as JSON: what is accepted becomes XML that is well-formed, prefixes and all.
#include "base/json_to_xml.hpp"

#include "base/xml_to_json.hpp"

#include <cstdint>
#include <cstdlib>

using namespace sluice;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const bool has_names : {false, true}) {
    Arena arena;
    JsonToXmlOptions options;
    if (has_names) {
      options.namespace_separator = ":";
      options.namespace_prefix = "xmlns";
      options.attribute_block_name = "#attrs";
    }
    const auto xml = json_to_xml(bytes, arena, options);
    if (!xml) continue;
    XmlToJsonOptions back;
    back.limits.depth = options.limits.depth + 1;  // <Document>
    back.limits.members = 4 * options.limits.members;
    back.most_bytes = SIZE_MAX;
    // libxml2 takes a thousand attributes of one tag and names of 50,000 bytes.
    if (size < 1'000 && !xml_to_json(*xml, back)) std::abort();
  }
  return 0;
}
