// SPDX-License-Identifier: Apache-2.0
#include "http/hosted_drain.hpp"
#include "http/listener.hpp"
#include "http/runtime_state.hpp"
#include "http/start_connection.hpp"
#include "http/tls_server_context.hpp"

#include <sluice/http/server.hpp>

#include <algorithm>

namespace sluice::http {
namespace {

AdmissionRules admission_rules(const ServerOptions& options, std::size_t workers) {
  if (!options.sheds) return admit_all();
  const HttpLimits& limits = options.limits;
  return {limits.running_requests, limits.queue_delay, limits.memory_bytes, options.adaptive_concurrency,
          static_cast<unsigned>(workers)};
}

std::string text_of(const Endpoint& endpoint) {
  const std::string host = endpoint.address().to_string();
  const bool v6 = endpoint.address().is_v6();
  return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(endpoint.port());
}

}  // namespace

class Server::State {
 public:
  State(Runtime& runtime, ServerOptions options, Handler& handler)
      : runtime_(runtime.state()),
        options_(std::move(options)),
        core_(options_.limits, handler, admission_rules(options_, runtime_.workers().size())) {
    core_.http2_prior_knowledge = options_.http2_prior_knowledge;
  }

  Result<std::uint16_t> start();
  Result<void> reload_tls();
  bool drain_and_stop(std::chrono::milliseconds timeout);
  void drain(std::chrono::milliseconds timeout, std::function<void(bool)> done);
  std::string address() const { return address_; }
  ServerStatistics statistics() const;

 private:
  /// Runs `action(listener)` on every worker and waits for all.
  template <class Action>
  void on_all(Action action);
  HostLoop* host() const { return runtime_.workers().front()->host(); }
  bool stop_at_once();

  Runtime::State& runtime_;
  ServerOptions options_;
  ServerCore core_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  std::string address_;
  std::shared_ptr<TicketKeys> ticket_keys_ = std::make_shared<TicketKeys>();
  bool running_ = false;
  std::shared_ptr<HostedDrain> drain_;
};

template <class Action>
void Server::State::on_all(Action action) {
  for (auto& listener : listeners_) listener->shard.worker.run_and_wait([&] { action(*listener); });
}

Result<void> Server::State::reload_tls() {
  if (!options_.tls) return {};
  auto tls = TlsServerContext::make(*options_.tls, offered_protocols(options_.tls->http2), ticket_keys_);
  if (!tls) return fail(std::move(tls.error()));
  core_.set_tls(std::move(*tls));
  return {};
}

Result<std::uint16_t> Server::State::start() {
  if (auto tls = reload_tls(); !tls) return fail(std::move(tls.error()));
  core_.speaks_tls = options_.tls.has_value();
  auto trusted = TrustedProxies::parse(options_.trusted_proxies);
  if (!trusted) return fail(std::move(trusted.error()));
  core_.rules.trusted = std::move(*trusted);
  core_.rules.path = {options_.allow_encoded_slash, options_.merge_slashes};
  for (const std::string& name : options_.identity_headers)
    core_.rules.identity_headers.emplace_back(std::string_view(name));
  auto endpoint = read_listen_address(options_.listen);
  if (!endpoint) return fail(std::move(endpoint.error()));
  for (auto& worker : runtime_.workers()) {
    listeners_.push_back(std::make_unique<Listener>(*worker, core_));
    auto bound = listeners_.back()->open(*endpoint, listeners_.size() == 1);
    if (!bound) {
      listeners_.clear();
      return fail(std::move(bound.error()));
    }
    endpoint = *bound;  // the first picks the port, the others share it
  }
  address_ = text_of(*endpoint);
  running_ = true;
  on_all([](Listener& listener) { listener.accept(); });
  return endpoint->port();
}

bool Server::State::drain_and_stop(std::chrono::milliseconds timeout) {
  if (!running_ && drain_ == nullptr) return true;
  if (host() != nullptr) return stop_at_once();
  running_ = false;
  core_.draining = true;
  on_all([](Listener& listener) {
    listener.stop_accepting();
    listener.drain_connections();
  });
  const auto before = statistics().drain_broken;
  if (!core_.wait_until_empty(std::chrono::steady_clock::now() + timeout)) {
    on_all([](Listener& listener) { listener.break_connections(); });
    core_.wait_until_empty(std::chrono::steady_clock::now() + grace_after_break);
  }
  // A last turn of every loop, so that nothing refers to this server any more.
  on_all([](Listener&) {});
  return statistics().drain_broken == before;
}

/// On a host's loop nothing may wait, whoever is in the middle of something is broken off.
bool Server::State::stop_at_once() {
  running_ = false;
  core_.draining = true;
  core_.on_ended = nullptr;
  drain_.reset();
  const auto before = statistics().drain_broken;
  on_all([](Listener& listener) {
    listener.stop_accepting();
    listener.drain_connections();
    listener.break_connections();
  });
  runtime_.workers().front()->run_posted();
  return statistics().drain_broken == before;
}

void Server::State::drain(std::chrono::milliseconds timeout, std::function<void(bool)> done) {
  if (host() == nullptr) return done(drain_and_stop(timeout));
  if (!running_) return host()->post([done = std::move(done)] { done(true); });
  running_ = false;
  core_.draining = true;
  drain_ = std::make_shared<HostedDrain>(*listeners_.front(), std::move(done));
  on_all([&](Listener&) { drain_->begin(timeout); });
}

ServerStatistics Server::State::statistics() const {
  ServerStatistics sum;
  const SteadyTime now = Worker::coarse_now();
  for (const auto& listener : listeners_) {
    const ServerCells& cells = listener->shard.cells;
    sum.connections_accepted += cells.accepted.value();
    sum.connections_refused += cells.connections_refused.value();
    sum.accept_failures += cells.accept_failures.value();
    sum.requests += cells.requests.value();
    sum.bytes_received += cells.bytes_received.value();
    sum.bytes_sent += cells.bytes_sent.value();
    sum.completed += cells.completed.value();
    sum.refused += cells.refused.value();
    sum.client_aborts += cells.client_aborts.value();
    sum.broken_answers += cells.broken_answers.value();
    sum.read_timeouts += cells.read_timeouts.value();
    sum.write_timeouts += cells.write_timeouts.value();
    sum.idle_closed += cells.idle_closed.value();
    sum.drain_broken += cells.drain_broken.value();
    sum.handler_failures += cells.handler_failures.value();
    sum.tls_handshakes += cells.tls_handshakes.value();
    sum.tls_resumed += cells.tls_resumed.value();
    sum.tls_failures += cells.tls_failures.value();
    sum.tls_timeouts += cells.tls_timeouts.value();
    sum.open_connections += cells.open.value();
    sum.running_requests += cells.running.value();
    sum.upgraded += cells.upgraded.value();
    sum.upgraded_closed += cells.upgraded_closed.value();
    sum.upgraded_cut += cells.upgraded_cut.value();
    sum.upgraded_idle += cells.upgraded_idle.value();
    sum.frames_received += cells.frames_received.value();
    sum.frames_sent += cells.frames_sent.value();
    sum.open_upgraded += cells.upgraded_open.value();
    const Admission& admission = listener->shard.admission;
    sum.shed_running += admission.shed(ShedCause::running);
    sum.shed_delay += admission.shed(ShedCause::delay);
    sum.shed_concurrency += admission.shed(ShedCause::concurrency);
    sum.shed_memory += admission.shed(ShedCause::memory);
    sum.shedding_for = std::max(sum.shedding_for, admission.shedding_for(now));
    sum.http2_connections += cells.h2_connections.value();
    sum.http2_streams += cells.h2_streams.value();
    sum.http2_streams_refused += cells.h2_streams_refused.value();
    sum.http2_abuse_ended += cells.h2_abuse_ended.value();
  }
  return sum;
}

Server::Server(Runtime& runtime, ServerOptions options, Handler& handler)
    : state_(std::make_unique<State>(runtime, std::move(options), handler)) {}
Server::~Server() { state_->drain_and_stop(std::chrono::milliseconds{0}); }
Result<std::uint16_t> Server::start() { return state_->start(); }
Result<void> Server::reload_tls() { return state_->reload_tls(); }
std::string Server::address() const { return state_->address(); }
bool Server::drain_and_stop(std::chrono::milliseconds timeout) { return state_->drain_and_stop(timeout); }
void Server::drain(std::chrono::milliseconds timeout, std::function<void(bool)> done) {
  state_->drain(timeout, std::move(done));
}
ServerStatistics Server::statistics() const { return state_->statistics(); }

}  // namespace sluice::http
