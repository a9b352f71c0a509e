// SPDX-License-Identifier: Apache-2.0
#include "http/request_target.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace sluice::http {
namespace {

std::string_view lower_case(std::string_view text, Arena& arena) {
  if (std::none_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; })) return text;
  return arena.copy(to_lower(text));
}

/// Splits `host[:port]`, which `is_valid_authority` has passed, into the URL.
void set_authority(std::string_view authority, Request& request) {
  const std::size_t colon = authority.rfind(':');
  const bool has_port = colon != std::string_view::npos && authority.find(']', colon) == std::string_view::npos;
  request.url.host = lower_case(has_port ? authority.substr(0, colon) : authority, request.arena);
  request.url.port = 0;
  if (!has_port || colon + 1 == authority.size()) return;
  request.url.port = static_cast<std::uint16_t>(parse_unsigned(authority.substr(colon + 1)).value_or(0));
}

Checked<void> set_path(std::string_view text, const PathRules& rules, Request& request) {
  const std::size_t question = text.find('?');
  const std::string_view path = text.substr(0, question);
  if (question != std::string_view::npos) request.url.query = text.substr(question + 1);
  if (request.url.query.find('#') != std::string_view::npos) return refuse(400, "The request target holds a fragment.");
  auto normal = normalize_path(path, request.arena, rules);
  if (!normal) return refuse(400, "The path of the request target is not acceptable.");
  request.url.path = *normal;
  return {};
}

}  // namespace

Checked<std::string_view> read_request_target(const RequestLine& line, std::optional<std::string_view> host,
                                              const PathRules& rules, Request& request) {
  if (host && !is_valid_authority(*host)) return refuse(400, "Host is malformed.");
  std::string_view target = line.target;
  std::string_view authority = host.value_or(std::string_view{});
  request.url = Url();
  if (target == "*") {
    if (line.method != "OPTIONS") return refuse(400, "The request target '*' is for OPTIONS only.");
    request.url.path = "*";
  } else if (target.front() != '/') {
    const std::size_t colon = target.find("://");
    if (colon == std::string_view::npos) return refuse(400, "The request target is malformed.");
    const std::string_view scheme = target.substr(0, colon);
    if (!equal_ignoring_case(scheme, "http") && !equal_ignoring_case(scheme, "https")) {
      return refuse(400, "The scheme of the request target is not supported.");
    }
    target.remove_prefix(colon + 3);
    const std::size_t end = std::min(target.find_first_of("/?#"), target.size());
    authority = target.substr(0, end);
    if (!is_valid_authority(authority)) return refuse(400, "The authority of the request target is malformed.");
    if (auto path = set_path(target.substr(end), rules, request); !path) return tl::unexpected<Refusal>(path.error());
  } else if (auto path = set_path(target, rules, request); !path) {
    return tl::unexpected<Refusal>(path.error());
  }
  if (!authority.empty()) set_authority(authority, request);
  return authority;
}

}  // namespace sluice::http
