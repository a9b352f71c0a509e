// SPDX-License-Identifier: Apache-2.0
// The admin listener: /metrics, /healthz, /readyz, and the keys that were generated, told once.
#pragma once

#include <sluice/gateway.hpp>
#include <sluice/http/server.hpp>
#include <sluice/telemetry/prometheus.hpp>

#include <atomic>

namespace sluice::cli {

class AdminHandler final : public http::Handler {
 public:
  AdminHandler(const Gateway& gateway, const telemetry::PrometheusTelemetry& telemetry)
      : gateway_(gateway), telemetry_(telemetry) {}

  Task<Response> handle(Request& request) override;
  /// From now on /readyz answers 503.
  void set_draining() { draining_ = true; }

 private:
  std::string generated_keys();

  const Gateway& gateway_;
  const telemetry::PrometheusTelemetry& telemetry_;
  std::atomic<bool> draining_{false};
  std::atomic<bool> keys_told_{false};
};

}  // namespace sluice::cli
