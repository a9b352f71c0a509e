// SPDX-License-Identifier: Apache-2.0
// URLs of backends and APIs: absolute, http or https (ws, wss for WebSocket), a valid host, no credentials, query or
// fragment. Plain http is for this machine; elsewhere it is warned of, because keys and bodies travel unprotected.
// Backends of a cluster have the name of a service instead, and URLs of those who know where it is.
#include "base/entity_lookup.hpp"
#include "base/fabric_name.hpp"
#include "base/text.hpp"
#include "base/url.hpp"
#include "model/place.hpp"
#include "model/validate/rules.hpp"

#include <algorithm>

namespace sluice::model {
namespace {

constexpr std::size_t most_url_bytes = 2000;  // The service's own bound.

struct UrlVerdict {
  std::string mistake;  ///< Empty: well-formed.
  bool is_plain = false;
};

bool is_loopback(std::string_view authority) {
  std::string host = to_lower(authority);
  if (host.starts_with('[')) return host.starts_with("[::1]");
  host.resize(std::min(host.rfind(':'), host.size()));
  if (host == "localhost" || host.ends_with(".localhost")) return true;
  // 127.0.0.0/8, and not a name such as 127.example.com.
  return host.starts_with("127.") &&
         std::all_of(host.begin(), host.end(), [](char c) { return is_digit(c) || c == '.'; });
}

UrlVerdict judge(std::string_view url) {
  if (url.size() > most_url_bytes) return {"is longer than " + std::to_string(most_url_bytes) + " bytes", false};
  const std::size_t scheme_end = url.find("://");
  const std::string scheme = to_lower(url.substr(0, std::min(scheme_end, url.size())));
  if (scheme_end == std::string_view::npos ||
      (scheme != "http" && scheme != "https" && scheme != "ws" && scheme != "wss")) {
    return {"must begin with https:// or http://", false};
  }
  const std::string_view rest = url.substr(scheme_end + 3);
  const std::string_view authority = rest.substr(0, std::min(rest.find_first_of("/?#"), rest.size()));
  if (authority.empty() || !is_valid_authority(authority)) return {"has no valid host", false};
  if (rest.find('#') != std::string_view::npos) return {"must not have a fragment", false};
  for (char c : url) {
    if (static_cast<unsigned char>(c) <= ' ' || c == '\x7F' || c == '\\')
      return {"holds a blank, control or '\\'", false};
  }
  const bool is_plain = scheme == "http" || scheme == "ws";
  return {"", is_plain && !is_loopback(authority)};
}

void check_url(const std::string& url, const std::string& file, const std::string& entity, std::string_view field,
               std::string_view searched, Diagnostics& diagnostics) {
  if (url.empty() || url.find("{{") != std::string::npos) return;
  const UrlVerdict verdict = judge(url);
  const auto report = [&](Severity severity, const std::string& what, std::string hint) {
    // A pool of URLs has no field of its own for each: the text leads to the place.
    Diagnostic finding = model_finding(severity, "SL5003", file, entity, {field}, {}, {}, {});
    if (finding.pos.line == 0) finding = model_finding(severity, "SL5003", file, entity, {}, searched, {}, {});
    finding.message = "the URL of the " + entity + " " + what;
    finding.hint = std::move(hint);
    diagnostics.add(std::move(finding));
  };
  if (!verdict.mistake.empty()) {
    // The URL itself is not told: a named value in it may be a secret. The line shows what the file says.
    report(Severity::error, verdict.mistake, "https://host/base");
  } else if (verdict.is_plain) {
    report(Severity::warning, "is plain http to another machine: what is sent can be read and changed on the way",
           "use https; plain http is for loopback addresses");
  }
}

void check_cluster(const Backend& backend, Diagnostics& diagnostics) {
  const std::string entity = "backend '" + entity_key(backend) + "'";
  for (const std::string& endpoint : backend.cluster->management_endpoints)
    check_url(endpoint, backend.file, "cluster of the " + entity, {}, endpoint, diagnostics);
  if (backend.url.find("{{") != std::string::npos || is_fabric_name(backend.url)) return;
  Diagnostic finding = model_finding(Severity::warning, "SL5003", backend.file, entity, {"url"}, {}, {}, {});
  finding.message = "the URL of the " + entity + " names no service of its cluster: sf-service-instance-name must";
  finding.hint = "fabric:/application/service";
  diagnostics.add(std::move(finding));
}

}  // namespace

void check_urls(const ServiceModel& model, Diagnostics& diagnostics) {
  for (const Api& api : model.apis) {
    check_url(api.service_url, api.file, "API '" + entity_key(api) + "'", "serviceUrl", api.service_url, diagnostics);
  }
  for (const Backend& backend : model.backends) {
    if (backend.cluster) {
      check_cluster(backend, diagnostics);
      continue;
    }
    check_url(backend.url, backend.file, "backend '" + entity_key(backend) + "'", "url", backend.url, diagnostics);
  }
}

}  // namespace sluice::model
