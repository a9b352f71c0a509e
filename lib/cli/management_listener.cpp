// SPDX-License-Identifier: Apache-2.0
#include "cli/management_listener.hpp"

#include <cstdio>

namespace sluice::cli {
namespace {

management::KeyLookup keys_of(const HostSettings& settings, const Gateway& gateway) {
  return [&settings, &gateway](const std::string& id, const std::string& name) -> std::optional<SubscriptionKeys> {
    for (const std::string& key : {id, name}) {
      const auto found = settings.subscription_keys.find(key);
      if (found != settings.subscription_keys.end()) return found->second;
    }
    for (const Gateway::GeneratedKey& key : gateway.generated_keys()) {
      if (key.subscription == id) return SubscriptionKeys{key.primary_key, key.secondary_key};
    }
    return std::nullopt;
  };
}

management::ManagementOptions management_options(const HostSettings& settings, const std::string& artifacts,
                                                 const Gateway& gateway,
                                                 std::function<Diagnostics(ServiceModel)> load) {
  management::ManagementOptions options;
  options.store = {artifacts, settings.management.write_back, std::move(load)};
  options.token = settings.management.token;
  options.location = settings.deployment.region;
  options.keys = keys_of(settings, gateway);
  options.on_change = [](std::string_view line) {
    std::printf("management: %.*s\n", static_cast<int>(line.size()), line.data());
    std::fflush(stdout);
  };
  return options;
}

http::ServerOptions server_options(const HostSettings& settings) {
  http::ServerOptions options;
  options.listen = settings.management.listen;
  options.tls = settings.management.listen_tls;
  options.limits = settings.limits.http;
  options.sheds = false;  // A change keeps its one thread busy for long.
  return options;
}

}  // namespace

ManagementListener::ManagementListener(const HostSettings& settings, const std::string& artifacts,
                                       const Gateway& gateway, std::function<Diagnostics(ServiceModel)> load)
    : management_(management_options(settings, artifacts, gateway, std::move(load))),
      runtime_(
          {.workers = 1, .poll_time = std::chrono::microseconds(0), .io_uring = false, .limits = settings.limits.http}),
      server_(runtime_, server_options(settings), *this) {}

}  // namespace sluice::cli
