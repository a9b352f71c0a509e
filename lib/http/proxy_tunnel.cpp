// SPDX-License-Identifier: Apache-2.0
#include "http/proxy_tunnel.hpp"

#include "base/scan.hpp"
#include "base/text.hpp"
#include "base/url.hpp"
#include "http/address_rules.hpp"
#include "http/answer_head.hpp"
#include "http/head_check.hpp"

#include <algorithm>

namespace sluice::http {
namespace {

/// Whether the proxy wants a way of authentication (a challenge of Proxy-Authenticate begins with its name).
bool wants(std::span<const Header> fields, std::string_view scheme) {
  return std::any_of(fields.begin(), fields.end(), [&](const Header& line) {
    if (!line.is("Proxy-Authenticate")) return false;
    const auto words = split_words(line.value);
    return std::any_of(words.begin(), words.end(), [&](std::string_view word) {
      while (!word.empty() && word.back() == ',') word.remove_suffix(1);
      return equal_ignoring_case(word, scheme);
    });
  });
}

}  // namespace

bool is_tunnelled(const OutgoingRequest& request) { return request.url.scheme == "https" || !request.upgrade.empty(); }

std::string_view why_not_by_proxy(const OutgoingRequest& request) {
  if (const auto literal = read_address(request.url.host); literal && is_refused_target(*literal))
    return "The address of the backend is one that no request may be sent to.";
  if (request.versions == HttpVersions::http_2 && request.url.scheme != "https")
    return "HTTP/2 without TLS is not spoken through a proxy.";
  return {};
}

bool append_connect_head(std::string& to, const Url& url, const ForwardProxy& proxy) {
  const std::string authority = std::string(url.host) + ":" + std::to_string(url.effective_port());
  if (!is_valid_authority(authority) || !is_field_value(proxy.authorization)) return false;
  to.append("CONNECT ").append(authority).append(" HTTP/1.1\r\nHost: ").append(authority).append("\r\n");
  if (!proxy.authorization.empty()) to.append("Proxy-Authorization: ").append(proxy.authorization).append("\r\n");
  to.append("\r\n");
  return true;
}

std::string proxy_refusal(int status, std::string_view head, const HttpLimits& limits) {
  constexpr int authentication_required = 407;
  if (status != authentication_required)
    return "The proxy did not lead through to the backend: it answered with status " + std::to_string(status) + ".";
  Arena arena;
  const auto lines = read_head_lines(head, answer_bounds(limits), arena);
  for (const char* scheme : {"NTLM", "Negotiate"}) {
    if (lines && wants(lines->lines, scheme) && !wants(lines->lines, "Basic"))
      return "The proxy demands authentication by " + std::string(scheme) + ", which is not spoken (status 407).";
  }
  return "The proxy demands authentication, or does not accept the user (status 407).";
}

TunnelAnswer::State TunnelAnswer::refuse(std::string why) {
  problem_ = std::move(why);
  return State::refused;
}

TunnelAnswer::State TunnelAnswer::take(std::string_view bytes) {
  text_.append(bytes);
  for (;;) {
    const auto extent = find_head_end(text_, seen_, answer_bounds(limits_));
    if (!extent) return refuse("The proxy's answer is not valid HTTP.");
    if (extent->bytes == 0) {
      seen_ = text_.size();
      return State::incomplete;
    }
    const std::string head = text_.substr(0, extent->bytes);
    text_.erase(0, extent->bytes);
    seen_ = 0;
    const State state = judge(head);
    if (state != State::incomplete) return state;
    if (++interim_ > limits_.interim_responses) return refuse("The proxy sends too many interim answers.");
  }
}

/// `incomplete`: it was an interim answer.
TunnelAnswer::State TunnelAnswer::judge(std::string_view head) {
  Arena arena;
  const auto lines = read_head_lines(head, answer_bounds(limits_), arena);
  if (!lines) return refuse("The proxy's answer is not valid HTTP.");
  const auto status = answer_status(lines->first_line);
  if (!status) return refuse("The proxy's answer is not valid HTTP.");
  if (*status < 200) return State::incomplete;
  if (*status >= 300) return refuse(proxy_refusal(*status, head, limits_));
  // A backend speaks after it has been spoken to: what has come already is not its.
  if (!text_.empty()) return refuse("The proxy sent more than an answer before the tunnel was used.");
  return State::open;
}

}  // namespace sluice::http
