// SPDX-License-Identifier: Apache-2.0
// Any bytes as an answer head. What is accepted can be written down again as an answer, with one framing.
#include "http/answer_head.hpp"
#include "http/head_check.hpp"
#include "http/head_writer.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace sluice;
using namespace sluice::http;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const HttpLimits limits;
  const auto extent = find_head_end(bytes, 0, answer_bounds(limits));
  if (!extent || extent->bytes == 0) return 0;
  Arena arena;
  Response response(arena);
  const std::string_view method = size % 2 == 0 ? "GET" : "HEAD";
  const auto framing = read_answer_head(arena.copy(bytes.substr(0, extent->bytes)), limits, method, response);
  if (!framing) return 0;
  std::string text;
  if (!append_answer_head(text, response, {.body = Framing::length, .content_length = 3}, "")) std::abort();
  HttpLimits wide = limits;
  wide.response_head_bytes *= 2;
  wide.response_header_lines *= 2;
  Response again(arena);
  const auto second = read_answer_head(arena.copy(text), wide, "GET", again);
  if (!second || second->status != framing->status) std::abort();
  if (framing->status >= 200 && framing->status != 204 && framing->status != 304 && second->content_length != 3)
    std::abort();
  return 0;
}
