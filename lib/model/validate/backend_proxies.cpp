// SPDX-License-Identifier: Apache-2.0
// The URL of a backend's proxy names a host that is spoken to without TLS. A pool has none of its own.
#include "base/entity_lookup.hpp"
#include "base/proxy_url.hpp"
#include "model/place.hpp"
#include "model/validate/rules.hpp"

namespace sluice::model {

void check_backend_proxies(const ServiceModel& model, Diagnostics& diagnostics) {
  for (const Backend& backend : model.backends) {
    if (!backend.proxy || backend.proxy->url.empty() || backend.proxy->url.find("{{") != std::string::npos) continue;
    const auto report = [&](Severity severity, const char* what) {
      Diagnostic finding =
          model_finding(severity, "SL5003", backend.file, "backend " + backend.id, {"proxy"}, {},
                        "the proxy of the backend '" + entity_key(backend) + "' " + what, "http://host:port");
      finding.source_line.clear();
      diagnostics.add(std::move(finding));
    };
    Arena arena(256);
    if (!parse_proxy_url(backend.proxy->url, arena)) {
      report(Severity::error, "must be named by http://, a host, and nothing after its port");
    } else if (backend.is_pool()) {
      report(Severity::warning, "has no effect: members of a pool have their own");
    }
  }
}

}  // namespace sluice::model
