// SPDX-License-Identifier: Apache-2.0
// Any bytes as a path, and as a URL. P1: the normal form is its own normal form. P2: what is accepted climbs nowhere,
// whoever decodes it once.
#include "base/url.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace sluice;

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

void check_path(std::string_view path, const PathRules& rules) {
  Arena arena;
  const auto normal = normalize_path(path, arena, rules);
  if (!normal) return;
  must(!normal->empty() && normal->front() == '/');
  const auto again = normalize_path(*normal, arena, rules);
  must(again && *again == *normal);
  if (rules.merge_slashes) must(normal->find("//") == std::string_view::npos);
  const std::string_view decoded = percent_decode(*normal, arena);
  must(is_valid_utf8(decoded));
  must(decoded.find_first_of(std::string_view("\0\r\n\\", 4)) == std::string_view::npos);
  for (std::size_t at = 0; at < decoded.size();) {
    const std::size_t end = std::min(decoded.find('/', at), decoded.size());
    const std::string_view name = decoded.substr(at, end - at);
    must(name != "." && name != "..");
    at = end + 1;
  }
}

void check_url(std::string_view text) {
  Arena arena;
  const auto url = parse_url(text, arena);
  if (!url) return;
  const auto again = parse_url(url->to_string(arena), arena);
  must(again && again->scheme == url->scheme && again->host == url->host && again->path == url->path &&
       again->query == url->query && again->effective_port() == url->effective_port());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const bool allow_encoded_slash : {false, true}) {
    for (const bool merge_slashes : {false, true}) check_path(bytes, {allow_encoded_slash, merge_slashes});
  }
  check_url(bytes);
  return 0;
}
