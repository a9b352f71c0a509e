// SPDX-License-Identifier: Apache-2.0
// The listener for the management interface. It has a thread of its own: a change is read and compiled there, beside
// the workers that serve.
#pragma once

#include "management/management.hpp"

#include <sluice/gateway.hpp>
#include <sluice/host_settings.hpp>
#include <sluice/http/runtime.hpp>
#include <sluice/http/server.hpp>

#include <string>

namespace sluice::cli {

class ManagementListener final : public http::Handler {
 public:
  /// `settings` and `gateway` outlive it. `load` makes a model the one that runs.
  ManagementListener(const HostSettings& settings, const std::string& artifacts, const Gateway& gateway,
                     std::function<Diagnostics(ServiceModel)> load);

  management::Management& interface() { return management_; }
  http::Server& server() { return server_; }

  Task<Response> handle(Request& request) override { return management_.handle(request); }

 private:
  management::Management management_;
  http::Runtime runtime_;
  http::Server server_;
};

}  // namespace sluice::cli
