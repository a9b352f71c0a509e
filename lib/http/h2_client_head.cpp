// SPDX-License-Identifier: Apache-2.0
#include "http/h2_client_head.hpp"

#include "base/url.hpp"
#include "http/head_writer.hpp"
#include "http/trailers.hpp"

#include <charconv>

namespace sluice::http {
namespace {

constexpr std::size_t own_fields = 6;  // the pseudo-headers, content-length, te
constexpr HeaderName host_name{"host"};

std::string_view decimal(std::uint64_t number, Arena& arena) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  return arena.copy({digits, static_cast<std::size_t>(end - digits)});
}

}  // namespace

std::optional<H2FieldList> make_request_fields(const OutgoingRequest& request, Arena& arena) {
  if (!has_valid_target(request)) return std::nullopt;
  const Url& url = request.url;
  const Header* const host = request.headers.find(host_name);
  const std::string_view path = url.path.empty() ? "/" : url.path;
  H2FieldList fields(arena, request.headers.size() + own_fields);
  fields.add(":method", request.method);
  fields.add(":scheme", url.scheme);
  fields.add(":authority", host != nullptr ? host->value : url.authority(arena));
  fields.add(":path", url.query.empty() ? path : arena.concat({path, "?", url.query}));
  constexpr FieldRoles own = framed_by_h2 | bit(FieldRole::host) | bit(FieldRole::expect);
  if (!fields.add_lines(request.headers, own)) return std::nullopt;
  const OutgoingFraming framing = framing_of(request);
  if (framing.content_length) fields.add("content-length", decimal(*framing.content_length, arena));
  fields.add("te", "trailers");
  fields.never_index_secrets();
  return fields;
}

std::optional<H2FieldList> make_trailer_fields(const Headers& trailers, Arena& arena) {
  Headers kept(arena);
  for (const Header& line : trailers) {
    if (may_trail(line)) kept.append_line(line);
  }
  H2FieldList fields(arena, kept.size() + 1);
  if (!fields.add_lines(kept, 0)) return std::nullopt;
  return fields;
}

}  // namespace sluice::http
