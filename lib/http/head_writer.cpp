// SPDX-License-Identifier: Apache-2.0
#include "http/head_writer.hpp"

#include "base/url.hpp"
#include "http/characters.hpp"
#include "http/fields.hpp"

#include <charconv>
#include <ctime>

namespace sluice::http {
namespace {

void append_number(std::string& to, std::uint64_t number, int base = 10) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, number, base);
  to.append(digits, end.ptr);
}

bool append_field(std::string& to, std::string_view name, std::string_view value) {
  if (name.empty() || !all_in(name, token_bytes) || !all_in(value, value_bytes)) return false;
  to.append(name).append(": ").append(value).append("\r\n");
  return true;
}

void append_framing(std::string& to, const OutgoingFraming& framing) {
  if (framing.body == Framing::chunked) {
    to.append("Transfer-Encoding: chunked\r\n");
  } else if (framing.content_length) {
    to.append("Content-Length: ");
    append_number(to, *framing.content_length);
    to.append("\r\n");
  }
  if (framing.close) to.append("Connection: close\r\n");
  if (framing.keep_alive) to.append("Connection: keep-alive\r\n");
}

/// Fields that this connection's own framing replaces or that do not travel.
bool is_rewritten(FieldRole role) {
  return role == FieldRole::content_length || role == FieldRole::transfer_encoding || role == FieldRole::connection ||
         role == FieldRole::hop_by_hop;
}

bool append_answer(std::string& to, const Response& response, const OutgoingFraming& framing, std::string_view date) {
  if (response.status < 100 || response.status > 999 || !all_in(response.reason, value_bytes)) return false;
  to.append("HTTP/1.1 ");
  append_number(to, static_cast<std::uint64_t>(response.status));
  to.append(" ").append(response.reason.empty() ? reason_phrase(response.status) : response.reason).append("\r\n");
  bool has_date = false;
  for (const Header& line : response.headers) {
    const FieldRole role = role_of({line.name});
    if (is_rewritten(role)) continue;
    has_date = has_date || role == FieldRole::date;
    if (!append_field(to, line.name, line.value)) return false;
  }
  if (!has_date && !date.empty()) to.append("Date: ").append(date).append("\r\n");
  append_framing(to, framing);
  to.append("\r\n");
  return true;
}

bool append_request(std::string& to, const OutgoingRequest& request, const OutgoingFraming& framing) {
  const Url& url = request.url;
  if (request.method.empty() || !all_in(request.method, token_bytes)) return false;
  if (!all_in(url.path, target_bytes) || !all_in(url.query, target_bytes)) return false;
  if (url.path.find_first_of("?#") != std::string_view::npos || url.query.find('#') != std::string_view::npos)
    return false;
  to.append(request.method).append(" ").append(url.path.empty() ? "/" : url.path);
  if (!url.query.empty()) to.append("?").append(url.query);
  to.append(" HTTP/1.1\r\n");
  if (const Header* host = request.headers.find("host"); host != nullptr) {
    if (!is_valid_authority(host->value)) return false;
    to.append("Host: ").append(host->value).append("\r\n");
  } else {
    to.append("Host: ").append(url.host);
    if (!url.has_default_port()) {
      to.append(":");
      append_number(to, url.effective_port());
    }
    to.append("\r\n");
  }
  for (const Header& line : request.headers) {
    const FieldRole role = role_of({line.name});
    if (is_rewritten(role) || role == FieldRole::host || role == FieldRole::expect) continue;
    if (!append_field(to, line.name, line.value)) return false;
  }
  append_framing(to, framing);
  to.append("\r\n");
  return true;
}

}  // namespace

bool append_answer_head(std::string& to, const Response& response, const OutgoingFraming& framing,
                        std::string_view date) {
  const std::size_t before = to.size();
  if (append_answer(to, response, framing, date)) return true;
  to.resize(before);
  return false;
}

bool append_request_head(std::string& to, const OutgoingRequest& request, const OutgoingFraming& framing) {
  const std::size_t before = to.size();
  if (append_request(to, request, framing)) return true;
  to.resize(before);
  return false;
}

std::string refusal_answer(int status, std::string_view message, std::string_view date, bool without_body) {
  // The message is fixed text without quotes or control characters, so it needs no escaping.
  std::string body = "{ \"statusCode\": ";
  append_number(body, static_cast<std::uint64_t>(status));
  body.append(", \"message\": \"").append(message).append("\" }");
  std::string answer = "HTTP/1.1 ";
  append_number(answer, static_cast<std::uint64_t>(status));
  answer.append(" ").append(reason_phrase(status)).append("\r\nContent-Type: application/json\r\nContent-Length: ");
  append_number(answer, body.size());
  if (!date.empty()) answer.append("\r\nDate: ").append(date);
  answer.append("\r\nConnection: close\r\n\r\n");
  if (!without_body) answer.append(body);
  return answer;
}

void append_chunk_size(std::string& to, std::uint64_t size) {
  append_number(to, size, 16);
  to.append("\r\n");
}

void append_http_date(std::string& to, std::int64_t seconds_since_epoch) {
  static constexpr const char* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::time_t seconds = static_cast<std::time_t>(seconds_since_epoch);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  const auto two = [&](int number) {
    to += static_cast<char>('0' + number / 10 % 10);
    to += static_cast<char>('0' + number % 10);
  };
  to.append(days[parts.tm_wday]).append(", ");
  two(parts.tm_mday);
  to.append(" ").append(months[parts.tm_mon]).append(" ");
  append_number(to, static_cast<std::uint64_t>(parts.tm_year + 1900));
  to.append(" ");
  two(parts.tm_hour);
  to.append(":");
  two(parts.tm_min);
  to.append(":");
  two(parts.tm_sec);
  to.append(" GMT");
}

}  // namespace sluice::http
