// SPDX-License-Identifier: Apache-2.0
// Any bytes as a request head. What is accepted keeps R1: written down as a request to a backend and read again, it
// gives the same method, target, framing and fields.
#include "http/head_check.hpp"
#include "http/head_writer.hpp"
#include "http/request_head.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace sluice;
using namespace sluice::http;

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

void check_forwarding(Request& request) {
  OutgoingRequest outgoing(request.arena);
  outgoing.method = request.method;
  outgoing.url = request.url;
  if (request.url.path == "*" || request.url.host.empty()) return;
  outgoing.headers.assign(request.headers);
  std::string text;
  if (!append_request_head(text, outgoing, {.body = Framing::length, .content_length = 7})) return;
  HeadRules rules;
  rules.limits.header_section_bytes *= 2;
  rules.limits.request_line_bytes *= 4;
  rules.limits.header_lines *= 2;
  Request again;
  const auto framing = read_request_head(again.arena.copy(text), rules, "", again);
  must(framing.has_value());
  must(framing->body == Framing::length && framing->content_length == 7);
  must(again.method == request.method && again.url.path == request.url.path && again.url.query == request.url.query);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const HeadRules rules;
  const HeadBounds bounds = request_bounds(rules.limits);
  const auto extent = find_head_end(bytes, 0, bounds);
  // In two pieces the same end is found, or the same bytes are refused.
  if (size > 1 && find_head_end(bytes.substr(0, size / 2), 0, bounds).value_or(HeadExtent{1}).bytes == 0) {
    const auto resumed = find_head_end(bytes, size / 2, bounds);
    must(resumed.has_value() == extent.has_value() && (!extent || resumed->bytes == extent->bytes));
  }
  if (!extent || extent->bytes == 0) return 0;
  Request request;
  const auto framing =
      read_request_head(request.arena.copy(bytes.substr(0, extent->bytes)), rules, "192.0.2.1", request);
  if (framing) check_forwarding(request);
  return 0;
}
