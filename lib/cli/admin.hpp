// SPDX-License-Identifier: Apache-2.0
// The admin listener: /metrics, /healthz (or /livez), /readyz, and the keys that were generated, told once.
#pragma once

#include <sluice/gateway.hpp>
#include <sluice/http/runtime.hpp>
#include <sluice/http/server.hpp>
#include <sluice/telemetry/prometheus.hpp>

#include <atomic>

namespace sluice::cli {

class AdminHandler final : public http::Handler {
 public:
  /// `served`: the server that the gateway answers for. It is asked only while this handler's own server runs.
  AdminHandler(const Gateway& gateway, const telemetry::PrometheusTelemetry& telemetry, http::Runtime& runtime,
               const http::Server& served)
      : gateway_(gateway), telemetry_(telemetry), runtime_(runtime), served_(served) {}

  Task<Response> handle(Request& request) override;
  /// From now on /readyz answers 503.
  void set_draining() { draining_ = true; }

 private:
  Response readiness(Request& request);
  std::string generated_keys();

  const Gateway& gateway_;
  const telemetry::PrometheusTelemetry& telemetry_;
  http::Runtime& runtime_;
  const http::Server& served_;
  std::atomic<bool> draining_{false};
  std::atomic<bool> keys_told_{false};
};

}  // namespace sluice::cli
