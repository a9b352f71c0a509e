// SPDX-License-Identifier: Apache-2.0
// Any bytes of a client, through to what a backend would get. R1: whoever reads the forwarded bytes finds the same
// requests, in number, order, target, fields and body, as were decided on here.
#include "http/body_reader.hpp"
#include "http/head_check.hpp"
#include "http/head_writer.hpp"
#include "http/request_head.hpp"

#include "base/field_role.hpp"

#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace sluice;
using namespace sluice::http;

namespace {

constexpr std::size_t most_requests = 8;

void must(bool holds) {
  if (!holds) std::abort();
}

/// What somebody decides on by reading it.
struct Message {
  std::string method, path, query, body;
  std::vector<std::pair<std::string, std::string>> fields;
  bool operator==(const Message&) const = default;
};

/// Reads one request and takes it off `bytes`. Nothing when there is no whole one, or it is refused. `text`: that
/// request as it is forwarded.
std::optional<Message> take_message(std::string_view& bytes, const HeadRules& rules, std::string* text) {
  const auto extent = find_head_end(bytes, 0, request_bounds(rules.limits));
  if (!extent || extent->bytes == 0) return std::nullopt;
  Request request;
  const auto framing =
      read_request_head(request.arena.copy(bytes.substr(0, extent->bytes)), rules, "192.0.2.1", request);
  if (!framing) return std::nullopt;
  std::string rest(bytes.substr(extent->bytes));
  BodyReader reader(framing->body, framing->content_length, chunk_bounds(rules.limits));
  const BodyReader::Piece piece = reader.take(rest.data(), rest.size());
  if (!piece.valid || !reader.finished()) return std::nullopt;
  bytes.remove_prefix(extent->bytes + piece.consumed);

  Message message{std::string(request.method),
                  std::string(request.url.path),
                  std::string(request.url.query),
                  std::string(piece.data),
                  {}};
  for (const Header& line : request.headers) {
    const FieldRole role = role_of(line);
    must(!contains(connection_roles, role) && role != FieldRole::expect && role != FieldRole::forwarding);
    if (role == FieldRole::host || role == FieldRole::content_length) continue;
    message.fields.emplace_back(line.name, line.value);
  }
  if (text == nullptr || message.path == "*") return message;  // `*` is answered here
  OutgoingRequest outgoing(request.arena);
  outgoing.method = request.method;
  outgoing.url = request.url;
  if (outgoing.url.host.empty()) outgoing.url.host = "origin";
  outgoing.headers.assign(request.headers);
  const bool in_chunks = framing->body == Framing::chunked;
  OutgoingFraming as{in_chunks ? Framing::chunked : Framing::length};
  if (!in_chunks) as.content_length = piece.data.size();
  must(append_request_head(*text, outgoing, as));
  if (in_chunks && !piece.data.empty()) {
    append_chunk_size(*text, piece.data.size());
    text->append(piece.data).append("\r\n");
  }
  text->append(in_chunks ? "0\r\n\r\n" : piece.data);
  return message;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view received(reinterpret_cast<const char*>(data), size);
  const HeadRules rules;
  std::vector<Message> decided;
  std::string forwarded;
  while (decided.size() < most_requests) {
    auto message = take_message(received, rules, &forwarded);
    if (!message) break;
    if (message->path != "*") decided.push_back(std::move(*message));
  }
  // Normal forms of paths and names of hosts are no longer than what they were made of, but Host may be new.
  HeadRules wide;
  wide.limits.header_section_bytes *= 2;
  wide.limits.request_line_bytes *= 4;
  wide.limits.header_lines += 4;
  std::string_view sent = forwarded;
  for (const Message& message : decided) must(take_message(sent, wide, nullptr) == message);
  must(sent.empty());
  return 0;
}
