// SPDX-License-Identifier: Apache-2.0
#include "gateway/outgoing_head.hpp"

#include "base/field_role.hpp"
#include "base/query_edit.hpp"
#include "base/text.hpp"
#include "base/url.hpp"

#include <algorithm>
#include <array>

namespace sluice {
namespace {

bool is_same_origin(const Url& left, const Url& right) {
  return left.scheme == right.scheme && left.host == right.host && left.effective_port() == right.effective_port();
}

/// What an outgoing head does not take over: it belongs to a connection, or to the body's framing.
constexpr FieldRoles left_behind = connection_roles | bit(FieldRole::content_length);

bool travels_on(const Headers& headers, const Header& line, FieldRoles left_out, bool has_connection) {
  if (contains(left_out, role_of(line))) return false;
  return !has_connection || !is_nominated(headers.lines(), line);
}

/// Whether Host is what the caller called, and not a policy's choice.
bool names_caller_host(std::string_view host, const Url& url) {
  if (host.data() == url.host.data()) return true;  // The URL was made of this very line.
  if (!equal_ignoring_case(host.substr(0, url.host.size()), url.host)) return false;
  const std::string_view port = host.substr(url.host.size());
  return port.empty() || (port.front() == ':' && parse_unsigned(port.substr(1)) == url.effective_port());
}

}  // namespace

void copy_end_to_end_fields(const Headers& from, Headers& to) {
  const bool has_connection = from.contains("Connection");
  for (const Header& line : from) {
    if (travels_on(from, line, left_behind, has_connection)) to.append_line(line);
  }
}

void copy_request_fields(const RequestContext& context, Headers& to) {
  const Headers& from = context.request.headers;
  const bool has_connection = from.contains("Connection");
  for (const Header& line : from) {
    if (!travels_on(from, line, left_behind | bit(FieldRole::expect), has_connection)) continue;
    if (role_of(line) == FieldRole::host && names_caller_host(line.value, context.request.url)) continue;
    to.append_line(line);
  }
}

void remove_subscription_key(const Api& api, OutgoingRequest& request, Arena& arena) {
  const SubscriptionKeyParameterNames& names = api.subscription_key_parameter_names;
  request.headers.remove(names.header_name());
  if (!request.url.query.empty() && query_value(request.url.query, names.query, arena)) {
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
  const auto belongs_to_connection = [](const Header& line) { return contains(connection_roles, role_of(line)); };
  if (std::none_of(headers.begin(), headers.end(), belongs_to_connection)) return;
  Headers kept(headers.arena());
  for (const Header& line : headers) {
    if (!belongs_to_connection(line) && !is_nominated(headers.lines(), line)) kept.append_line(line);
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
    request.tls = nullptr;  // what is shown and who is trusted was meant for the other
    if (api != nullptr) request.headers.remove(api->subscription_key_parameter_names.header_name());
    if (credentials != nullptr) {
      for (const auto& [name, value] : credentials->headers) request.headers.remove(HeaderName(name));
    }
  }
  request.url = to;
  return true;
}

}  // namespace sluice
