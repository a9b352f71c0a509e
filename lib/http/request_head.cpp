// SPDX-License-Identifier: Apache-2.0
// Order of the checks: the lines (head_check), framing, then Host and target, then which
// fields the handler gets to see. Each answers with the status that threats.md sections 2 and 4 give.
#include "http/request_head.hpp"

#include "base/characters.hpp"
#include "http/head_check.hpp"
#include "http/hop_headers.hpp"
#include "http/request_target.hpp"
#include "http/websocket_handshake.hpp"

#include <algorithm>

namespace sluice::http {
namespace {

/// The fields that decide framing and the connection, as they stand in the head.
struct FramingFields {
  const Header* host = nullptr;
  const Header* length = nullptr;
  const Header* coding = nullptr;
  const Header* expect = nullptr;
  unsigned hosts = 0;
  unsigned codings = 0;
  unsigned expects = 0;
};

Checked<FramingFields> find_framing_fields(std::span<const Header> lines) {
  FramingFields found;
  for (const Header& line : lines) {
    switch (role_of(line)) {
      case FieldRole::host:
        found.host = &line;
        ++found.hosts;
        break;
      case FieldRole::content_length:
        if (!read_content_length(line.value)) return refuse(400, "Content-Length is malformed.");
        if (found.length != nullptr && read_content_length(found.length->value) != read_content_length(line.value)) {
          return refuse(400, "Content-Length is given twice with different values.");
        }
        found.length = &line;
        break;
      case FieldRole::transfer_encoding:
        found.coding = &line;
        ++found.codings;
        break;
      case FieldRole::expect:
        found.expect = &line;
        ++found.expects;
        break;
      default: break;
    }
  }
  return found;
}

/// R3: only `chunked`, once, on HTTP/1.1. A single other token is a coding that is not implemented.
Checked<void> check_transfer_encoding(const FramingFields& fields, bool http_1_0) {
  if (fields.length != nullptr) return refuse(400, "Content-Length and Transfer-Encoding exclude each other.");
  if (http_1_0) return refuse(400, "Transfer-Encoding does not exist in HTTP/1.0.");
  if (fields.codings > 1) return refuse(400, "Transfer-Encoding is given twice.");
  const std::string_view value = fields.coding->value;
  if (equal_ignoring_case(value, "chunked")) return {};
  if (!value.empty() && all_in(value, token_bytes)) return refuse(501, "The transfer coding is not supported.");
  return refuse(400, "Transfer-Encoding is malformed.");
}

Checked<RequestFraming> decide_framing(const FramingFields& fields, const ConnectionTokens& tokens,
                                       const RequestLine& line, bool body_follows, const HttpLimits& limits) {
  RequestFraming framing;
  framing.http_1_0 = line.http_1_0;
  framing.is_head = line.method == "HEAD";
  if (fields.coding != nullptr) {
    if (auto allowed = check_transfer_encoding(fields, line.http_1_0); !allowed) {
      return tl::unexpected<Refusal>(allowed.error());
    }
    framing.body = Framing::chunked;
  } else if (fields.length != nullptr) {
    framing.content_length = *read_content_length(fields.length->value);
    if (limits.request_body_bytes != 0 && framing.content_length > limits.request_body_bytes) {
      return refuse(413, "The request body is too large.");
    }
    if (framing.content_length != 0) framing.body = Framing::length;
  } else if (body_follows) {
    framing.body = Framing::chunked;
  }
  if (fields.expect != nullptr) {
    if (fields.expects > 1 || !equal_ignoring_case(fields.expect->value, "100-continue")) {
      return refuse(417, "The expectation cannot be met.");
    }
    framing.expects_continue = framing.body != Framing::none && !line.http_1_0;
  }
  framing.keep_alive = !tokens.close && (!line.http_1_0 || tokens.keep_alive);
  return framing;
}

/// P4: only GET without a body on HTTP/1.1, and for one protocol. To be asked before hop-by-hop fields are dropped.
bool may_upgrade(const HeadLines& head, const RequestLine& line, const FramingFields& fields) {
  if (line.http_1_0 || line.method != "GET" || fields.length != nullptr || fields.coding != nullptr) return false;
  return names_websocket(head.lines);
}

/// Fills `request.headers` with what the handler may see.
void take_fields(const HeadLines& head, bool names_fields, const HeadRules& rules, bool trusted, Request& request) {
  Headers& headers = request.headers;
  headers.adopt(head.lines, head.capacity);
  if ((head.roles & connection_roles) != 0) keep_end_to_end(headers, names_fields);
  if (contains(head.roles, FieldRole::expect)) headers.remove("expect");
  if (head.has_underscore) drop_ambiguous_names(headers, rules.identity_headers);
  for (const HeaderName& name : rules.identity_headers) headers.remove(name);
  if (trusted || !contains(head.roles, FieldRole::forwarding)) return;
  headers.remove_if([](const Header& line) { return role_of(line) == FieldRole::forwarding; });
}

}  // namespace

std::optional<std::uint64_t> read_content_length(std::string_view value) {
  constexpr std::size_t most_digits = 19;  // always fits into 64 bits
  if (value.empty() || value.size() > most_digits) return std::nullopt;
  std::uint64_t number = 0;
  for (char c : value) {
    if (!is_digit(c)) return std::nullopt;
    number = number * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return number;
}

Checked<RequestFraming> take_request(const HeadLines& lines, const RequestLine& line, bool body_follows,
                                     const HeadRules& rules, std::string_view peer, Request& request) {
  const auto fields = find_framing_fields(lines.lines);
  if (!fields) return tl::unexpected<Refusal>(fields.error());
  const bool has_connection = contains(lines.roles, FieldRole::connection);
  const ConnectionTokens tokens = has_connection ? read_connection(lines.lines) : ConnectionTokens{};
  auto framing = decide_framing(*fields, tokens, line, body_follows, rules.limits);
  if (!framing) return tl::unexpected<Refusal>(framing.error());
  if (fields->hosts > 1) return refuse(400, "Host is given twice.");
  if (fields->hosts == 0 && !line.http_1_0) return refuse(400, "Host is missing.");
  if (line.method == "CONNECT" || line.method == "TRACE") return refuse(405, "The method is not allowed.");

  request.method = line.method;
  const auto host = fields->host == nullptr ? std::nullopt : std::optional(fields->host->value);
  const auto authority = read_request_target(line, host, rules.path, request);
  if (!authority) return tl::unexpected<Refusal>(authority.error());

  const bool trusted = !rules.trusted.empty() && rules.trusted.contains(peer);
  const bool wants_upgrade = tokens.names_fields && may_upgrade(lines, line, *fields);
  take_fields(lines, tokens.names_fields, rules, trusted, request);
  if (wants_upgrade && has_handshake(request.headers)) {
    framing->asks_for_upgrade = true;
    request.upgrade = websocket_protocol;
  }
  if (!authority->empty() && (!host || *authority != *host)) request.headers.set_view("Host", *authority);
  request.client_address = trusted ? rules.trusted.caller(request.headers, peer) : peer;
  return framing;
}

Checked<RequestFraming> read_request_head(std::string_view head, const HeadRules& rules, std::string_view peer,
                                          Request& request) {
  const auto lines = read_head_lines(head, request_bounds(rules.limits), request.arena);
  if (!lines) return tl::unexpected<Refusal>(lines.error());
  const auto line = read_request_line(lines->first_line);
  if (!line) return tl::unexpected<Refusal>(line.error());
  return take_request(*lines, *line, false, rules, peer, request);
}

}  // namespace sluice::http
