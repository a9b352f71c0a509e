// SPDX-License-Identifier: Apache-2.0
#include "gateway/outgoing_head.hpp"

#include "base/head_syntax.hpp"
#include "base/query_edit.hpp"
#include "base/text.hpp"
#include "base/url.hpp"

#include <algorithm>
#include <array>

namespace sluice {
namespace {

/// Fields that Connection may name but that are never dropped because of it (P4).
constexpr std::string_view kept_always[] = {"Host", "Content-Length", "Authorization", "Cookie", "Via"};

bool is_kept_always(std::string_view name) {
  if (name.size() > 12 && equal_ignoring_case(name.substr(0, 12), "X-Forwarded-")) return true;
  return std::any_of(std::begin(kept_always), std::end(kept_always),
                     [&](std::string_view kept) { return equal_ignoring_case(kept, name); });
}

bool is_named_by_connection(const Headers& headers, std::string_view name) {
  for (const Header& line : headers) {
    if (!line.is("Connection")) continue;
    std::string_view rest = line.value;
    while (!rest.empty()) {
      const std::size_t comma = std::min(rest.find(','), rest.size());
      if (equal_ignoring_case(trim(rest.substr(0, comma)), name)) return !is_kept_always(name);
      rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
  }
  return false;
}

bool is_same_origin(const Url& left, const Url& right) {
  return left.scheme == right.scheme && left.host == right.host && left.effective_port() == right.effective_port();
}

bool is_end_to_end(const Headers& headers, const Header& line, bool has_connection) {
  if (is_hop_by_hop_header(line.name) || line.is("Content-Length")) return false;
  return !has_connection || !is_named_by_connection(headers, line.name);
}

}  // namespace

void copy_end_to_end_fields(const Headers& from, Headers& to) {
  const bool has_connection = from.contains("Connection");
  for (const Header& line : from) {
    if (is_end_to_end(from, line, has_connection)) to.append_view({line.name}, line.value);
  }
}

void copy_request_fields(const RequestContext& context, Headers& to) {
  const Headers& from = context.request.headers;
  const bool has_connection = from.contains("Connection");
  for (const Header& line : from) {
    if (line.is("Expect") || !is_end_to_end(from, line, has_connection)) continue;
    if (line.is("Host")) {
      Url named = context.request.url;
      const bool is_callers =
          equal_ignoring_case(line.value, named.authority(context.arena)) ||
          equal_ignoring_case(line.value, named.host) ||
          equal_ignoring_case(line.value, std::string(named.host) + ":" + std::to_string(named.effective_port()));
      if (is_callers) continue;
    }
    to.append_view({line.name}, line.value);
  }
}

void remove_subscription_key(const Api& api, OutgoingRequest& request, Arena& arena) {
  const SubscriptionKeyParameterNames& names = api.subscription_key_parameter_names;
  request.headers.remove(HeaderName(names.header));
  if (query_value(request.url.query, names.query, arena)) {
    request.url.query = edit_query(request.url.query, names.query, ExistsAction::remove, {}, arena);
  }
}

void apply_credentials(const BackendCredentials& credentials, OutgoingRequest& request, Arena& arena) {
  if (credentials.authorization) {
    const auto& [scheme, parameter] = *credentials.authorization;
    request.headers.set("Authorization", arena.concat({scheme, parameter.empty() ? "" : " ", parameter}));
  }
  for (const auto& [name, value] : credentials.headers) request.headers.remove(HeaderName(name));
  for (const auto& [name, value] : credentials.headers) request.headers.append(HeaderName(name), value);
  const auto& items = credentials.query;
  for (auto item = items.begin(); item != items.end(); ++item) {
    const std::string& name = item->first;
    const bool is_first = std::none_of(items.begin(), item, [&](const auto& before) { return before.first == name; });
    const std::string_view values[] = {item->second};
    request.url.query =
        edit_query(request.url.query, name, is_first ? ExistsAction::replace : ExistsAction::append, values, arena);
  }
}

void clean_answer(Response& response) {
  Headers& headers = response.headers;
  const bool is_clean = std::none_of(headers.begin(), headers.end(), [](const Header& line) {
    return is_hop_by_hop_header(line.name) || line.is("Connection");
  });
  if (is_clean) return;
  Headers kept(headers.arena());
  const bool has_connection = headers.contains("Connection");
  for (const Header& line : headers) {
    if (is_hop_by_hop_header(line.name)) continue;
    if (has_connection && is_named_by_connection(headers, line.name)) continue;
    kept.append_view({line.name}, line.value);
  }
  headers = kept;
}

std::optional<Url> redirect_target(const Response& response, const Url& from, Arena& arena) {
  constexpr std::array followed = {301, 302, 303, 307, 308};
  const Header* location = response.headers.find("Location");
  if (std::find(followed.begin(), followed.end(), response.status) == followed.end() || location == nullptr) {
    return std::nullopt;
  }
  std::string_view text = trim(location->value);
  text = text.substr(0, text.find('#'));
  if (text.empty()) return std::nullopt;
  std::string_view absolute = text;
  const std::string_view origin = arena.concat({from.scheme, "://", from.authority(arena)});
  if (text.starts_with("//")) {
    absolute = arena.concat({from.scheme, ":", text});
  } else if (text.front() == '/') {
    absolute = arena.concat({origin, text});
  } else if (text.front() == '?') {
    absolute = arena.concat({origin, from.path, text});
  } else if (const std::size_t colon = text.find(':'); colon == std::string_view::npos || colon > text.find('/')) {
    absolute = arena.concat({origin, from.path.substr(0, from.path.rfind('/') + 1), text});
  }
  const auto url = parse_url(absolute, arena);
  if (!url || (from.scheme == "https" && url->scheme == "http")) return std::nullopt;
  return *url;
}

bool follow_redirect(OutgoingRequest& request, const Url& to, int status, const Api* api,
                     const BackendCredentials* credentials) {
  const bool is_read_only = request.method == "GET" || request.method == "HEAD";
  if (status == 303 ? !is_read_only : ((status == 301 || status == 302) && request.method == "POST")) {
    request.method = "GET";
    request.body = Body();
    request.headers.remove("Content-Type");
  } else if (request.body.is_stream()) {
    return false;
  }
  if (!is_same_origin(request.url, to)) {
    for (const char* name : {"Authorization", "Cookie", "Proxy-Authorization", "Host"}) request.headers.remove(name);
    if (api != nullptr) request.headers.remove(HeaderName(api->subscription_key_parameter_names.header));
    if (credentials != nullptr) {
      for (const auto& [name, value] : credentials->headers) request.headers.remove(HeaderName(name));
    }
  }
  request.url = to;
  return true;
}

}  // namespace sluice
