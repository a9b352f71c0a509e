// SPDX-License-Identifier: Apache-2.0
// Addresses in settings. They are checked here, with their place in the file, and not when a socket refuses them.
#include "base/cidr.hpp"
#include "base/text.hpp"
#include "base/url.hpp"
#include "model/settings/sections.hpp"

namespace sluice::model {
namespace {

/// `HOST:PORT` or `[V6]:PORT`.
bool is_endpoint(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  const std::string_view host = text.substr(0, colon);
  const auto port = parse_unsigned(text.substr(colon + 1));
  if (!port || *port > 65'535 || text[colon + 1] == '+') return false;
  if (host.starts_with('[') != host.ends_with(']')) return false;
  return host.starts_with('[') || host.find(':') == std::string_view::npos;
}

/// `https://host[:port]` in lower case, or nothing when there is more or less than an origin.
std::optional<std::string> read_origin(std::string_view text) {
  if (text.ends_with('/')) text.remove_suffix(1);
  std::string origin = to_lower(text);
  const std::size_t scheme = origin.starts_with("https://") ? 8 : origin.starts_with("http://") ? 7 : 0;
  if (scheme == 0 || origin.size() == scheme || !is_valid_authority(std::string_view(origin).substr(scheme))) return {};
  return origin;
}

void read_origins(ObjectReader& origins, HostSettings& to) {
  const auto refuse = [&](std::size_t offset, std::string_view text) {
    origins.report().add(
        Severity::error, "SL5003", offset,
        "'" + std::string(text) + "' is not an origin: http:// or https://, a host, and nothing after it",
        "for example \"https://aoai-eastus.openai.azure.com\": \"http://127.0.0.1:9104\"");
  };
  for (const JsonMember& member : origins.value().members) {
    if (member.name == "$comment") continue;
    origins.ignore({member.name});
    const auto from = read_origin(member.name);
    if (!from) refuse(member.name_offset, member.name);
    const auto origin = read_origin(member.value.text);
    if (!origin) refuse(member.value.offset, member.value.text);
    if (from && origin) to.origins[*from] = *origin;
  }
}

void read_proxies(ObjectReader& settings, HostSettings& to) {
  const JsonValue* list = settings.find("trustedProxies", JsonKind::array);
  if (list == nullptr) return;
  for (const JsonValue& item : list->items) {
    if (item.is_string() && parse_cidr(item.text)) {
      to.trusted_proxies.emplace_back(item.text);
    } else {
      settings.report().error("SL5003", item, "'trustedProxies' must hold addresses and ranges such as 10.0.0.0/8");
    }
  }
}

void read_identity_headers(ObjectReader& settings, HostSettings& to) {
  const JsonValue* list = settings.find("identityHeaders", JsonKind::array);
  if (list == nullptr) return;
  for (const JsonValue& item : list->items) {
    if (item.is_string() && is_token(item.text)) {
      to.identity_headers.emplace_back(item.text);
    } else {
      settings.report().error("SL5003", item, "'identityHeaders' must hold names of header fields");
    }
  }
}

}  // namespace

void read_endpoint(ObjectReader& settings, std::string_view name, bool may_be_empty, std::string& to) {
  const JsonValue* value = settings.find(name, JsonKind::string);
  if (value == nullptr) return;
  to = value->text;
  if (is_endpoint(to) || (may_be_empty && to.empty())) return;
  settings.report().error("SL5003", *value, "'" + std::string(name) + "' must be HOST:PORT, found '" + to + "'",
                          "for example \"127.0.0.1:8080\" or \"[::]:8080\"; port 0 picks one");
}

void read_network(ObjectReader& settings, HostSettings& to) {
  read_endpoint(settings, "listen", false, to.listen);
  read_endpoint(settings, "admin", true, to.admin);
  read_section(settings, "origins", [&](ObjectReader& origins) { read_origins(origins, to); });
  read_proxies(settings, to);
  read_identity_headers(settings, to);
  to.allow_encoded_slash = settings.boolean("allowEncodedSlash", to.allow_encoded_slash);
  to.merge_slashes = settings.boolean("mergeSlashes", to.merge_slashes);
  read_section(settings, "overload", [&](ObjectReader& overload) {
    to.adaptive_concurrency = overload.boolean("adaptiveConcurrency", to.adaptive_concurrency);
  });
  to.http2_prior_knowledge = settings.boolean("http2PriorKnowledge", to.http2_prior_knowledge);
}

}  // namespace sluice::model
