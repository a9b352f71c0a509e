// SPDX-License-Identifier: Apache-2.0
// Any bytes as XML: what is accepted becomes JSON, whatever kind is asked for.
#include "base/xml_to_json.hpp"

#include "base/json.hpp"

#include <cstdint>
#include <cstdlib>

using namespace sluice;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const auto kind : {XmlToJsonKind::direct, XmlToJsonKind::friendly}) {
    XmlToJsonOptions options;
    options.kind = kind;
    options.always_arrays = size % 2 == 0;
    const auto json = xml_to_json(bytes, options);
    if (!json) continue;
    Arena arena;
    // Each element may be an array too.
    const auto root = parse_json(*json, arena, {2 * options.limits.depth + 1, 4 * options.limits.members});
    if (!root || !(*root)->is_object()) std::abort();
  }
  return 0;
}
