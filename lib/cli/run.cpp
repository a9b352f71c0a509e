// SPDX-License-Identifier: Apache-2.0
// sluice run ARTIFACTS: serves the folder. SIGHUP or a change of the folder reloads it, SIGHUP also the listeners'
// certificates; SIGTERM and SIGINT drain. The management interface changes what is served beside the folder, or in it.
// Signals are blocked in all threads and read from a descriptor by the main thread, which does nothing else.
#include "cli/admin.hpp"
#include "cli/commands.hpp"
#include "cli/folder_watch.hpp"
#include "cli/load.hpp"
#include "cli/management_listener.hpp"
#include "cli/pending_change.hpp"
#include "cli/signals.hpp"
#include "management/listener_rules.hpp"

#include <sluice/gateway.hpp>
#include <sluice/http/runtime.hpp>
#include <sluice/http/server.hpp>
#include <sluice/memory_stores.hpp>
#include <sluice/telemetry/prometheus.hpp>

#include <poll.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <optional>

namespace sluice::cli {
namespace {

class GatewayHandler final : public http::Handler {
 public:
  explicit GatewayHandler(Gateway& gateway) : gateway_(gateway) {}
  Task<Response> handle(Request& request) override { return gateway_.handle(request); }

 private:
  Gateway& gateway_;
};

void say(const std::string& line) {
  std::printf("%s\n", line.c_str());
  std::fflush(stdout);
}

/// One running host: everything that serves, in the order of dependence.
class Host {
 public:
  Host(HostSettings settings, std::string artifacts, bool access_log)
      : settings_(std::move(settings)),
        artifacts_(std::move(artifacts)),
        runtime_({.workers = settings_.workers,
                  .poll_time = settings_.poll_time,
                  .io_uring = settings_.io_uring,
                  .limits = settings_.limits.http,
                  .tls = {settings_.tls.ca_file, settings_.tls.use_system_store}}),
        counters_(runtime_.clock(), settings_.limits.counter_keys),
        cache_(runtime_.clock(), settings_.stores.cache_capacity_bytes),
        telemetry_(runtime_.clock(), {.series_per_metric = settings_.limits.metric_series,
                                      .access_log = access_log,
                                      .log_sink =
                                          [](std::string_view line) {
                                            std::fprintf(stderr, "%.*s\n", static_cast<int>(line.size()), line.data());
                                          }}),
        gateway_(gateway_options()),
        handler_(gateway_),
        admin_handler_(gateway_, telemetry_, runtime_, server_),
        server_(runtime_, tls_options(), handler_),
        admin_(runtime_, admin_options(), admin_handler_) {
    if (settings_.management.listen.empty()) return;
    management_.emplace(settings_, artifacts_, gateway_,
                        [this](ServiceModel model) { return make_current(std::move(model)); });
  }

  /// Loads the folder. False when nothing could be loaded; what served before goes on then.
  bool load() {
    const Diagnostics found = management_ ? management_->interface().reload() : load_folder();
    print(found);
    return !found.has_errors();
  }

  bool start() {
    const char* const scheme = settings_.listen_tls ? "listening on https://" : "listening on ";
    if (!listen(server_, settings_.listen, scheme)) return false;
    if (!settings_.admin.empty() && !listen(admin_, settings_.admin, "admin on ")) return false;
    const char* const on = settings_.management.listen_tls ? "management on https://" : "management on ";
    return !management_ || listen(management_->server(), settings_.management.listen, on);
  }

  void reload() {
    if (load()) {
      say("reloaded " + artifacts_);
      tell_unwritten("stay in force over it");
    } else {
      std::fprintf(stderr, "sluice run: '%s' has errors; the configuration that was loaded before goes on serving\n",
                   artifacts_.c_str());
    }
  }

  /// Reads the certificates of the listeners again.
  void reload_certificates() {
    if (settings_.listen_tls) reload_certificates(server_);
    if (management_ && settings_.management.listen_tls) reload_certificates(management_->server());
  }
  void reload_certificates(http::Server& server) {
    if (auto reloaded = server.reload_tls()) {
      say("reloaded certificates");
    } else {
      std::fprintf(stderr, "sluice run: %s The certificates that were loaded before stay in use\n",
                   std::string(reloaded.error().message()).c_str());
    }
  }

  /// Finishes running requests. True when none had to be broken.
  bool drain() {
    admin_handler_.set_draining();
    if (management_) management_->server().drain_and_stop(std::chrono::milliseconds(100));
    tell_unwritten("are lost");
    const bool whole = server_.drain_and_stop(settings_.limits.http.drain_timeout);
    if (!settings_.admin.empty()) admin_.drain_and_stop(std::chrono::milliseconds(100));
    return whole;
  }

  bool has_generated_keys() const { return !gateway_.generated_keys().empty(); }
  bool has_admin() const { return !settings_.admin.empty(); }

 private:
  Diagnostics load_folder() {
    LoadedModel loaded = load_artifacts(artifacts_);
    if (loaded.model) loaded.diagnostics.append(make_current(std::move(*loaded.model)));
    return std::move(loaded.diagnostics);
  }
  /// Lays the settings over a model and makes it the one that serves, unless something is wrong with it.
  Diagnostics make_current(ServiceModel model) {
    Diagnostics found = apply_settings(model, settings_, environment);
    if (!found.has_errors()) found.append(gateway_.load(std::move(model)));
    return found;
  }
  void tell_unwritten(const char* what_becomes_of_them) {
    const std::size_t count = management_ ? management_->interface().unwritten() : 0;
    if (count == 0) return;
    std::fprintf(stderr, "sluice run: %zu files that were changed by the management interface are not in '%s' and %s\n",
                 count, artifacts_.c_str(), what_becomes_of_them);
  }

  GatewayOptions gateway_options() {
    GatewayOptions options;
    options.deployment = settings_.deployment;
    options.limits = settings_.limits;
    options.behaviour = settings_.behaviour;
    options.transport = &runtime_.transport();
    options.clock = &runtime_.clock();
    options.counters = &counters_;
    options.cache = &cache_;
    options.ai = settings_.ai;
    options.telemetry = &telemetry_;
    options.origins = settings_.origins;
    options.backend_authorities = settings_.tls.backend_authorities;
    options.identity = settings_.identity;
    if (settings_.identity_by_environment && !options.identity.managed_identity)
      options.identity.managed_identity = managed_identity_of_environment(environment);
    return options;
  }
  http::ServerOptions server_options(const std::string& listen) const {
    http::ServerOptions options;
    options.listen = listen;
    options.limits = settings_.limits.http;
    options.trusted_proxies = settings_.trusted_proxies;
    options.identity_headers = settings_.identity_headers;
    options.allow_encoded_slash = settings_.allow_encoded_slash;
    options.merge_slashes = settings_.merge_slashes;
    options.http2_prior_knowledge = settings_.http2_prior_knowledge;
    options.adaptive_concurrency = settings_.adaptive_concurrency;
    return options;
  }
  http::ServerOptions admin_options() const {
    http::ServerOptions options = server_options(settings_.admin);
    options.sheds = false;  // who asks how the host is gets an answer above all when it is not well
    return options;
  }
  /// Of the listener for callers; the other one is for the operator, on the loopback interface.
  http::ServerOptions tls_options() const {
    http::ServerOptions options = server_options(settings_.listen);
    options.tls = settings_.listen_tls;
    return options;
  }
  static bool listen(http::Server& server, const std::string& address, const std::string& what) {
    auto port = server.start();
    if (!port) {
      std::fprintf(stderr, "sluice run: cannot listen on %s: %s\n", address.c_str(),
                   std::string(port.error().message()).c_str());
      return false;
    }
    say(what + server.address());
    return true;
  }

  HostSettings settings_;
  std::string artifacts_;
  http::Runtime runtime_;
  MemoryCounterStore counters_;
  MemoryCacheStore cache_;
  telemetry::PrometheusTelemetry telemetry_;
  Gateway gateway_;
  GatewayHandler handler_;
  AdminHandler admin_handler_;
  http::Server server_;
  http::Server admin_;
  std::optional<ManagementListener> management_;
};

/// Waits for signals and changes until told to stop.
void serve(Host& host, Signals& signals, FolderWatch& watch) {
  PendingChange change;
  for (;;) {
    pollfd descriptors[] = {{signals.descriptor(), POLLIN, 0}, {watch.descriptor(), POLLIN, 0}};
    const int ready = poll(descriptors, watch.descriptor() >= 0 ? 2 : 1, change.milliseconds_left());
    if (ready < 0 && errno != EINTR) return;
    if (ready > 0 && (descriptors[0].revents & POLLIN) != 0) {
      const int signal = signals.take();
      if (signal == SIGTERM || signal == SIGINT) return;
      if (signal == SIGHUP) {
        change.clear();
        host.reload();
        host.reload_certificates();
      }
    }
    if (ready > 0 && (descriptors[1].revents & POLLIN) != 0 && watch.take_changes()) change.note();
    if (change.is_due()) {
      change.clear();
      host.reload();
    }
  }
}

/// Completes the settings from the environment. False after saying what is wrong with them.
bool may_listen_for_management(ManagementSettings& settings) {
  if (settings.listen.empty()) return true;
  if (settings.token.empty()) settings.token = environment(management::token_variable).value_or(std::string());
  const std::string why = management::why_not_listen(settings);
  if (!why.empty()) std::fprintf(stderr, "sluice run: %s\n", why.c_str());
  return why.empty();
}

}  // namespace

int run(const RunArguments& arguments) {
  std::error_code error;
  if (!std::filesystem::is_directory(arguments.artifacts, error)) {
    std::fprintf(stderr, "sluice run: '%s' is not a folder\n", arguments.artifacts.c_str());
    return exit_usage;
  }
  auto settings = read_settings(arguments.settings);
  if (!settings) return exit_errors;
  if (!arguments.listen.empty()) settings->listen = arguments.listen;
  if (!arguments.admin.empty()) settings->admin = arguments.admin;
  if (!arguments.management.empty()) settings->management.listen = arguments.management;
  if (!arguments.region.empty()) settings->deployment.region = arguments.region;
  if (arguments.workers >= 0) settings->workers = static_cast<unsigned>(arguments.workers);

  if (!may_listen_for_management(settings->management)) return exit_errors;

  Signals signals;  // before any thread is made
  FolderWatch watch(arguments.artifacts);
  if (watch.descriptor() < 0) {
    std::fprintf(stderr, "sluice run: changes of the folder cannot be watched; send SIGHUP to reload it\n");
  }
  Host host(std::move(*settings), arguments.artifacts, arguments.access_log);
  if (!host.load()) return exit_errors;
  if (!host.start()) return exit_errors;
  if (host.has_generated_keys()) {
    std::fprintf(stderr, "sluice run: some subscriptions have no keys; generated ones are told once at %s\n",
                 host.has_admin() ? "/generated-keys of the admin listener" : "the admin listener (--admin HOST:PORT)");
  }
  serve(host, signals, watch);
  say("draining");
  if (!host.drain()) std::fprintf(stderr, "sluice run: some requests did not end in time and were broken\n");
  return exit_ok;
}

}  // namespace sluice::cli
