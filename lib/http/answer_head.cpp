// SPDX-License-Identifier: Apache-2.0
// Source: RFC 9112 sections 4 and 6.3; threats.md section 7.
#include "http/answer_head.hpp"

#include "base/characters.hpp"
#include "base/text.hpp"
#include "http/hop_headers.hpp"

#include <algorithm>

namespace sluice::http {
namespace {

tl::unexpected<Refusal> invalid(std::string_view message) { return refuse(502, message); }

struct StatusLine {
  int status = 0;
  bool http_1_0 = false;
  std::string_view reason;
};

/// `HTTP/1.x SP 3DIGIT [SP reason]`. The blank after the code is missing in answers of some servers: taken.
std::optional<StatusLine> read_status_line(std::string_view line) {
  constexpr std::string_view prefix = "HTTP/1.";
  if (line.size() < 12 || line.substr(0, prefix.size()) != prefix) return std::nullopt;
  if ((line[7] != '0' && line[7] != '1') || line[8] != ' ') return std::nullopt;
  if (line.size() > 12 && line[12] != ' ') return std::nullopt;
  int status = 0;
  for (char c : line.substr(9, 3)) {
    if (!is_digit(c)) return std::nullopt;
    status = status * 10 + (c - '0');
  }
  if (status < 100 || status > 599) return std::nullopt;
  return StatusLine{status, line[7] == '0', strip_blanks(line.substr(std::min<std::size_t>(line.size(), 13)))};
}

struct Lengths {
  const Header* length = nullptr;
  std::uint64_t bytes = 0;  ///< What it says.
  const Header* coding = nullptr;
  unsigned codings = 0;
};

Checked<Lengths> find_lengths(std::span<const Header> lines) {
  Lengths found;
  for (const Header& line : lines) {
    const FieldRole role = role_of(line);
    if (role == FieldRole::transfer_encoding) {
      found.coding = &line;
      ++found.codings;
    } else if (role == FieldRole::content_length) {
      const auto number = read_content_length(line.value);
      if (!number) return invalid("its Content-Length is malformed");
      if (found.length != nullptr && found.bytes != *number) {
        return invalid("it gives Content-Length twice with different values");
      }
      found.length = &line;
      found.bytes = *number;
    }
  }
  return found;
}

/// True for answers that have no body whatever their fields say.
bool has_no_body(int status, bool to_head) { return to_head || status < 200 || status == 204 || status == 304; }

/// Fills `response.headers` with what travels on.
void take_fields(const HeadLines& lines, bool names_fields, Response& response) {
  response.headers.adopt(lines.lines, lines.capacity);
  if ((lines.roles & connection_roles) != 0) keep_end_to_end(response.headers, names_fields);
}

AnswerFraming framing_by_length(const Lengths& lengths) {
  AnswerFraming framing;
  if (lengths.length == nullptr) {
    framing.body = Framing::until_close;
  } else {
    framing.content_length = lengths.bytes;
    framing.body = framing.content_length != 0 ? Framing::length : Framing::none;
  }
  return framing;
}

}  // namespace

std::optional<int> answer_status(std::string_view first_line) {
  const auto line = read_status_line(first_line);
  return line ? std::optional<int>(line->status) : std::nullopt;
}

Checked<AnswerFraming> read_answer_head(std::string_view head, const HttpLimits& limits, std::string_view method,
                                        Response& response) {
  const auto lines = read_head_lines(head, answer_bounds(limits), response.headers.arena());
  if (!lines) return invalid("its head is malformed or too large");
  const auto status_line = read_status_line(lines->first_line);
  if (!status_line) return invalid("its status line is malformed");
  const auto lengths = find_lengths(lines->lines);
  if (!lengths) return tl::unexpected<Refusal>(lengths.error());

  AnswerFraming framing = framing_by_length(*lengths);
  framing.status = status_line->status;
  const bool has_connection = contains(lines->roles, FieldRole::connection);
  const ConnectionTokens tokens = has_connection ? read_connection(lines->lines) : ConnectionTokens{};
  framing.reusable = !tokens.close && (!status_line->http_1_0 || tokens.keep_alive);
  if (has_no_body(framing.status, method == "HEAD")) {
    framing.body = Framing::none;
  } else if (lengths->coding != nullptr) {
    if (lengths->codings != 1 || !equal_ignoring_case(lengths->coding->value, "chunked") || status_line->http_1_0) {
      return invalid("its Transfer-Encoding is not supported");
    }
    framing.body = Framing::chunked;
    if (lengths->length != nullptr) framing.reusable = false;  // U1: the peer is not to be trusted
  } else if (framing.body == Framing::until_close) {
    framing.reusable = false;
  }
  response.status = framing.status;
  response.reason = status_line->reason;
  take_fields(*lines, tokens.names_fields, response);
  if (framing.body == Framing::chunked && lengths->length != nullptr) response.headers.remove("content-length");
  return framing;
}

Checked<AnswerFraming> read_h2_answer_head(int status, const HeadLines& lines, bool to_head, Response& response) {
  const auto lengths = find_lengths(lines.lines);
  if (!lengths) return tl::unexpected<Refusal>(lengths.error());
  AnswerFraming framing = framing_by_length(*lengths);
  framing.status = status;
  if (has_no_body(status, to_head)) framing.body = Framing::none;
  response.status = status;
  take_fields(lines, false, response);
  return framing;
}

}  // namespace sluice::http
