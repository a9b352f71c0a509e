// SPDX-License-Identifier: Apache-2.0
#include "http/head_writer.hpp"

#include "base/characters.hpp"
#include "base/field_role.hpp"
#include "base/scan.hpp"
#include "base/url.hpp"
#include "http/proxy_tunnel.hpp"
#include "http/trailers.hpp"

#include <charconv>
#include <ctime>

namespace sluice::http {
namespace {

void append_number(std::string& to, std::uint64_t number, int base = 10) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, number, base);
  to.append(digits, end.ptr);
}

/// Room for a head at the end of a text, written without looking at the room again.
class HeadText {
 public:
  /// `most`: bytes that are going to be written at most.
  HeadText(std::string& to, std::size_t most) : to_(to), before_(to.size()) {
    to_.resize(before_ + most);
    at_ = to_.data() + before_;
  }
  /// Cuts the text behind what has been written.
  ~HeadText() {
    put_run();
    to_.resize(good_ ? static_cast<std::size_t>(at_ - to_.data()) : before_);
  }
  HeadText(const HeadText&) = delete;
  HeadText& operator=(const HeadText&) = delete;

  HeadText& put(std::string_view text) {
    put_run();
    at_ = put_text(at_, text);
    return *this;
  }
  HeadText& put(std::uint64_t number) {
    put_run();
    at_ = std::to_chars(at_, at_ + most_digits, number).ptr;
    return *this;
  }
  /// Lines that go over as they were read and follow one another are copied in one piece, before what is put next.
  void put_field(const Header& line) {
    if (line.is_verbatim) {
      if (line.name.data() != run_end_) {
        put_run();
        run_ = line.name.data();
      }
      run_end_ = line.value.data() + line.value.size() + 2;
      return;
    }
    if (!line.is_checked && (line.name.empty() || !all_in(line.name, token_bytes) || !is_field_value(line.value)))
      fail();
    put_run();
    at_ = put_text(put_text(put_text(put_text(at_, line.name), ": "), line.value), "\r\n");
  }
  void put_framing(const OutgoingFraming& framing) {
    if (framing.body == Framing::chunked) {
      put("Transfer-Encoding: chunked\r\n");
    } else if (framing.content_length) {
      put("Content-Length: ").put(*framing.content_length).put("\r\n");
    }
    if (framing.close) put("Connection: close\r\n");
    if (framing.keep_alive) put("Connection: keep-alive\r\n");
  }
  /// Something may not stand in a head: nothing is left of this one.
  void fail() { good_ = false; }
  bool is_good() const { return good_; }

 private:
  static constexpr std::size_t most_digits = 20;
  void put_run() {
    if (run_ == nullptr) return;
    at_ = put_text(at_, {run_, static_cast<std::size_t>(run_end_ - run_)});
    run_ = run_end_ = nullptr;
  }

  std::string& to_;
  const std::size_t before_;
  char* at_ = nullptr;
  const char* run_ = nullptr;
  const char* run_end_ = nullptr;
  bool good_ = true;
};

/// More than the first line, Host, Date and the framing need beside the texts that they hold.
constexpr std::size_t room_beside_texts = 256;

std::size_t bytes_of(const Headers& headers) {
  std::size_t sum = 0;
  for (const Header& line : headers) sum += line.name.size() + line.value.size() + 4;
  return sum;
}

/// Fields that this connection's own framing replaces or that do not travel.
constexpr FieldRoles rewritten_roles = connection_roles | bit(FieldRole::content_length);
constexpr HeaderName host_name{"host"};

constexpr auto path_bytes = detail::make_table([](unsigned char c) { return target_bytes[c] && c != '?' && c != '#'; });
constexpr auto query_bytes = detail::make_table([](unsigned char c) { return target_bytes[c] && c != '#'; });

inline bool is_valid_target(const OutgoingRequest& request, const Header* host) {
  if (request.method.empty() || !all_in(request.method, token_bytes)) return false;
  if (!all_in_path(request.url.path, path_bytes) || !all_in_path(request.url.query, query_bytes)) return false;
  return host == nullptr || is_valid_authority(host->value);
}

}  // namespace

bool append_answer_head(std::string& to, const Response& response, const OutgoingFraming& framing,
                        std::string_view date) {
  if (response.status < 100 || response.status > 999 || !is_field_value(response.reason)) return false;
  const std::string_view reason = response.reason.empty() ? reason_phrase(response.status) : response.reason;
  HeadText head(to, room_beside_texts + reason.size() + date.size() + bytes_of(response.headers));
  head.put("HTTP/1.1 ").put(static_cast<std::uint64_t>(response.status)).put(" ").put(reason).put("\r\n");
  bool has_date = false;
  for (const Header& line : response.headers) {
    const FieldRole role = role_of(line);
    if (contains(rewritten_roles, role)) continue;
    has_date = has_date || role == FieldRole::date;
    head.put_field(line);
  }
  if (!has_date && !date.empty()) head.put("Date: ").put(date).put("\r\n");
  head.put_framing(framing);
  head.put("\r\n");
  return head.is_good();
}

OutgoingFraming framing_of(const OutgoingRequest& request) {
  OutgoingFraming framing;
  if (!request.upgrade.empty()) return framing;  // the body follows the answer
  const auto length = request.body.length();
  if (!length) {
    framing.body = Framing::chunked;
  } else if (!request.body.is_none() || request.method == "POST" || request.method == "PUT" ||
             request.method == "PATCH") {
    framing.body = Framing::length;
    framing.content_length = length;
  }
  return framing;
}

namespace {

/// Whether the head goes to a proxy that passes the request on, and not through it to the backend.
inline bool is_for_proxy(const OutgoingRequest& request) { return request.proxy != nullptr && !is_tunnelled(request); }

/// What such a head holds beyond others.
std::size_t proxy_bytes(const OutgoingRequest& request) {
  return request.url.scheme.size() + request.url.host.size() + request.proxy->authorization.size() + room_beside_texts;
}

}  // namespace

bool has_valid_target(const OutgoingRequest& request) {
  return is_valid_target(request, request.headers.find(host_name));
}

bool append_request_head(std::string& to, const OutgoingRequest& request, const OutgoingFraming& framing) {
  const Url& url = request.url;
  const Header* const host = request.headers.find(host_name);
  if (!is_valid_target(request, host)) return false;
  const bool for_proxy = is_for_proxy(request);
  HeadText head(to, room_beside_texts + request.method.size() + url.path.size() + url.query.size() + url.host.size() +
                        bytes_of(request.headers) + (for_proxy ? proxy_bytes(request) : 0));
  head.put(request.method).put(" ");
  if (for_proxy) [[unlikely]] {
    head.put(url.scheme).put("://").put(url.host);
    if (!url.has_default_port()) head.put(":").put(std::uint64_t{url.effective_port()});
  }
  head.put(url.path.empty() ? "/" : url.path);
  if (!url.query.empty()) head.put("?").put(url.query);
  head.put(" HTTP/1.1\r\nHost: ").put(host != nullptr ? host->value : url.host);
  if (host == nullptr && !url.has_default_port()) head.put(":").put(std::uint64_t{url.effective_port()});
  head.put("\r\n");
  if (for_proxy && !request.proxy->authorization.empty()) [[unlikely]] {
    if (!is_field_value(request.proxy->authorization)) head.fail();
    head.put("Proxy-Authorization: ").put(request.proxy->authorization).put("\r\n");
  }
  for (const Header& line : request.headers) {
    constexpr FieldRoles own = rewritten_roles | bit(FieldRole::host) | bit(FieldRole::expect);
    if (!contains(own, role_of(line))) head.put_field(line);
  }
  head.put_framing(framing);
  head.put("\r\n");
  return head.is_good();
}

std::string refusal_body(int status, std::string_view message) {
  // The message is fixed text without quotes or control characters, so it needs no escaping.
  std::string body = "{ \"statusCode\": ";
  append_number(body, static_cast<std::uint64_t>(status));
  return body.append(", \"message\": \"").append(message).append("\" }");
}

std::string refusal_answer(int status, std::string_view message, std::string_view date, bool without_body,
                           std::string_view fields) {
  const std::string body = refusal_body(status, message);
  std::string answer = "HTTP/1.1 ";
  append_number(answer, static_cast<std::uint64_t>(status));
  answer.append(" ").append(reason_phrase(status)).append("\r\nContent-Type: application/json\r\nContent-Length: ");
  append_number(answer, body.size());
  if (!date.empty()) answer.append("\r\nDate: ").append(date);
  answer.append("\r\n").append(fields).append("\r\n");
  if (!without_body) answer.append(body);
  return answer;
}

void append_chunk_size(std::string& to, std::uint64_t size) {
  append_number(to, size, 16);
  to.append("\r\n");
}

bool append_last_chunk(std::string& to, const Headers* trailers) {
  if (trailers == nullptr) {
    to.append("0\r\n\r\n");
    return true;
  }
  HeadText text(to, room_beside_texts + bytes_of(*trailers));
  text.put("0\r\n");
  for (const Header& line : *trailers) {
    if (may_trail(line)) text.put_field(line);
  }
  text.put("\r\n");
  return text.is_good();
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
