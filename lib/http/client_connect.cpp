// SPDX-License-Identifier: Apache-2.0
// Getting a connection: from the pool, from the line before it, or a new one.
#include "base/text.hpp"
#include "http/connect_race.hpp"
#include "http/h2_client.hpp"
#include "http/kept_pools.hpp"
#include "http/proxy_tunnel.hpp"
#include "http/worker_client.hpp"

#include <algorithm>

namespace sluice::http {

/// A request in line for a connection.
class LineWait : DeadlineWheel::Entry {
 public:
  enum class Outcome : std::uint8_t { waiting, connection, may_open, timeout, cancelled };

  LineWait(Worker& worker, SteadyTime limit)
      : Entry([](Entry& entry) { static_cast<LineWait&>(entry).end(Outcome::timeout, nullptr); }),
        worker_(worker),
        limit_(limit) {}

  bool await_ready() const { return outcome_ != Outcome::waiting; }
  void await_suspend(std::coroutine_handle<> waiting) {
    waiting_ = waiting;
    worker_.add_deadline(*this, limit_);
  }
  Outcome await_resume() const { return outcome_; }
  ClientConnection* connection() const { return connection_; }

  void end(Outcome outcome, ClientConnection* connection) {
    if (outcome_ != Outcome::waiting) return;
    outcome_ = outcome;
    connection_ = connection;
    worker_.remove_deadline(*this);
    if (waiting_) std::exchange(waiting_, nullptr).resume();
  }

 private:
  Worker& worker_;
  SteadyTime limit_;
  std::coroutine_handle<> waiting_;
  ClientConnection* connection_ = nullptr;
  Outcome outcome_ = Outcome::waiting;
};

namespace {

constexpr std::size_t longest_line = 4096;  // requests of one worker that wait for a connection to one origin

std::chrono::milliseconds left_until(SteadyTime limit, SteadyTime now) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(limit - now);
}

}  // namespace

Error not_connected(std::string_view why) {
  return Error(ErrorCode::backend_connection_failure, std::string(why)).with_retry(RetryAdvice::yes);
}

Origin::Origin(const OutgoingRequest& request, BackendContexts& contexts)
    : tls(request.url.scheme == "https"),
      to_instance_metadata(request.to_instance_metadata),
      port(request.url.effective_port()),
      host(request.url.host) {
  if (request.proxy != nullptr) proxy.emplace(request);
  if (!tls) return;
  verify_chain = request.verify_certificate_chain;
  verify_name = request.verify_certificate_name;
  context = request.tls == nullptr ? contexts.own() : contexts.find(*request.tls);
}

bool Origin::is_of(const OutgoingRequest& request) const {
  if (!same_text(host, request.url.host) || tls != (request.url.scheme == "https")) return false;
  if (port != request.url.effective_port() || to_instance_metadata != request.to_instance_metadata) return false;
  if ((request.proxy != nullptr || proxy) && (!proxy || !proxy->is_of(request))) [[unlikely]]
    return false;
  if (!tls) return true;
  if (verify_chain != request.verify_certificate_chain || verify_name != request.verify_certificate_name) return false;
  static const BackendTls nothing;
  return context->is_of(request.tls == nullptr ? nothing : *request.tls);
}

std::string Origin::name() const { return (tls ? "https://" : "http://") + host + ":" + std::to_string(port); }

OriginPool& WorkerClient::pool_for(const OutgoingRequest& request) {
  if (last_pool_ != nullptr && last_pool_->origin.is_of(request)) return *last_pool_;
  const Origin origin(request, shared_.contexts);
  auto found = pools_.find(origin);
  if (found == pools_.end()) {
    auto pool = std::make_unique<OriginPool>(*this, origin, limits().pool_connections_per_origin, longest_line);
    const std::lock_guard lock(pools_mutex_);
    forget_unused();
    found = pools_.emplace(origin, std::move(pool)).first;
  }
  last_pool_ = found->second.get();
  last_pool_->last_use = worker_.coarse_now();
  return *last_pool_;
}

void WorkerClient::forget_unused() {
  const auto oldest = pool_to_forget(pools_, [](const OriginPool& pool) { return pool.state.is_unused(); });
  if (oldest == pools_.end()) return;
  close_idle(*oldest->second);
  if (last_pool_ == oldest->second.get()) last_pool_ = nullptr;
  pools_.erase(oldest);
}

void WorkerClient::add_origins(std::map<std::string, OriginStatistics>& to) const {
  const std::lock_guard lock(pools_mutex_);
  for (const auto& [origin, pool] : pools_) pool->cells.add_to(to[origin.name()]);
  if (h2_ != nullptr) h2_->add_origins(to);
}

/// As long as connections on which that was agreed are there.
bool WorkerClient::speaks_http_1(const OutgoingRequest& request) const {
  const auto pool = pools_.find(Origin(request, shared_.contexts));
  return pool != pools_.end() && pool->second->speaks_http_1 && !pool->second->state.is_empty();
}

void WorkerClient::release(OriginPool& pool, ClientConnection& connection) {
  if (LineWait* const waiter = pool.state.release(connection)) {
    waiter->end(LineWait::Outcome::connection, &connection);
  } else {
    connection.rest();
  }
}

void WorkerClient::closed(OriginPool& pool, ClientConnection& connection, bool was_idle) {
  if (was_idle) {
    pool.state.idle_closed(connection);
  } else if (LineWait* const waiter = pool.state.closed()) {
    waiter->end(LineWait::Outcome::may_open, nullptr);
  }
}

void WorkerClient::close_idle() {
  std::vector<ConnectionRef> idle;
  for (auto& [origin, pool] : pools_) idle.insert(idle.end(), pool->state.idle().begin(), pool->state.idle().end());
  for (const ConnectionRef& connection : idle) connection->drop();
  if (h2_ != nullptr) h2_->close_idle();
}

void WorkerClient::close_idle(OriginPool& pool) {
  const std::vector<ConnectionRef> idle(pool.state.idle().begin(), pool.state.idle().end());
  for (const ConnectionRef& connection : idle) connection->drop();
}

Task<Result<void>> WorkerClient::lease(Attempt& attempt) {
  OriginPool& pool = pool_for(attempt.request);
  pool.cells.requests.add();
  auto lease = pool.state.lease();
  if (lease.idle != nullptr) {
    attempt.connection = lease.idle;
    attempt.reused = true;
    cells.reused.add();
    pool.cells.reused.add();
    return Result<void>();
  }
  return lease.may_open ? open(pool, attempt) : wait_in_line(pool, attempt);
}

Task<Result<void>> WorkerClient::wait_in_line(OriginPool& pool, Attempt& attempt) {
  const SteadyTime limit = std::min(attempt.deadline, worker_.coarse_now() + limits().connect_timeout);
  LineWait wait(worker_, limit);
  if (!pool.state.enqueue(wait)) {
    cells.failed.add();
    pool.cells.failed.add();
    co_return fail(not_connected("Too many requests wait for a connection to the backend."));
  }
  pool.cells.waiting.add();
  Cancellation::Registration on_cancel(attempt.cancellation,
                                       [&wait] { wait.end(LineWait::Outcome::cancelled, nullptr); });
  const LineWait::Outcome outcome = co_await wait;
  pool.cells.waiting.subtract();
  switch (outcome) {
    case LineWait::Outcome::connection:
      attempt.connection = wait.connection();
      attempt.reused = true;
      cells.reused.add();
      pool.cells.reused.add();
      co_return Result<void>();
    case LineWait::Outcome::may_open: co_return co_await open(pool, attempt);
    default: break;
  }
  pool.state.leave_line(wait);
  if (outcome == LineWait::Outcome::cancelled) {
    pool.cells.cancelled.add();
    co_return fail(ErrorCode::cancelled);
  }
  cells.failed.add();
  pool.cells.failed.add();
  co_return fail(not_connected("No connection to the backend became free in time."));
}

Task<Result<void>> WorkerClient::open(OriginPool& pool, Attempt& attempt) {
  const SteadyTime limit = std::min(attempt.deadline, worker_.coarse_now() + limits().connect_timeout);
  Result<WireRef> wire = co_await connect(attempt, limit);
  if (!wire) {
    if (wire.error().code() != ErrorCode::cancelled) cells.failed.add();
    pool.cells.ended(wire.error().code());
    if (LineWait* const waiter = pool.state.closed()) waiter->end(LineWait::Outcome::may_open, nullptr);
    co_return fail(std::move(wire.error()));
  }
  cells.opened.add();
  pool.cells.opened.add();
  attempt.connection = new ClientConnection(*this, pool, std::move(*wire));
  attempt.reused = false;
  co_return Result<void>();
}

Task<Result<WireRef>> WorkerClient::connect(Attempt& attempt, SteadyTime limit) {
  const Url& url = attempt.request.url;
  const ForwardProxy* const proxy = attempt.request.proxy;
  const bool tls = url.scheme == "https";
  const std::string_view host = proxy == nullptr ? url.host : proxy->host;
  if (proxy != nullptr) {
    if (const auto why = why_not_by_proxy(attempt.request); !why.empty())
      co_return fail(ErrorCode::backend_connection_failure, std::string(why));
  }
  auto addresses = co_await resolver_.resolve(host, proxy == nullptr ? url.effective_port() : proxy->port, limit,
                                              attempt.cancellation, attempt.request.to_instance_metadata);
  if (!addresses) co_return fail(unresolved(attempt, std::move(addresses.error())));
  const RaceResult race = co_await connect_to_one(worker_, *addresses, limit, attempt.cancellation);
  if (attempt.cancellation.requested()) {
    if (race.wire != nullptr) race.wire->close();
    co_return fail(ErrorCode::cancelled);
  }
  for (std::size_t i = 0; i < addresses->size() && i < RaceResult::most_addresses; ++i) {
    if (race.failed.test(i)) resolver_.tried(host, (*addresses)[i], false);
  }
  if (race.wire == nullptr) co_return fail(not_reached(attempt, race.timed_out));
  resolver_.tried(host, (*addresses)[race.winner], true);
  if (proxy != nullptr && is_tunnelled(attempt.request)) {
    auto led = co_await lead_through(*race.wire, attempt, limit);
    if (!led) {
      race.wire->close();
      co_return fail(std::move(led.error()));
    }
  }
  if (tls) {
    auto agreed = co_await begin_tls(*race.wire, attempt, limit);
    if (!agreed) {
      race.wire->close();
      co_return fail(std::move(agreed.error()));
    }
  }
  co_return race.wire;
}

Task<Result<void>> WorkerClient::begin_tls(Wire& wire, Attempt& attempt, SteadyTime limit) {
  const OriginPool& pool = pool_for(attempt.request);
  const Origin& origin = pool.origin;
  if (!origin.context->context) co_return fail(not_connected(origin.context->problem));
  auto stream =
      TlsStream::connect(*origin.context->context, wire,
                         {origin.host, {origin.verify_chain, origin.verify_name}, attempt.protocols, pool.session});
  if (stream == nullptr) co_return fail(not_connected("TLS to the backend cannot be set up."));
  wire.set_tls(std::move(stream));
  for (;;) {
    const IoOutcome outcome = wire.handshake();
    if (outcome == IoOutcome::done) {
      cells.tls_handshakes.add();
      if (wire.tls()->is_resumed()) cells.tls_resumed.add();
      co_return Result<void>();
    }
    if (outcome != IoOutcome::blocked) {
      const char* const why = wire.tls()->certificate_refused() ? "The certificate of the backend is not acceptable."
                                                                : "TLS could not be agreed with the backend.";
      co_return fail(Error(ErrorCode::backend_connection_failure, why));
    }
    const auto left = left_until(limit, worker_.coarse_now());
    if (left.count() <= 0) co_return fail(not_connected("TLS was not agreed with the backend in time."));
    Wake reason = Wake::ready;
    {
      Cancellation::Registration on_cancel(attempt.cancellation, [keep = WireRef(&wire)] {
        const WireRef alive = keep;
        alive->interrupt(Wake::cancelled);
      });
      reason = co_await wire.readable(left);
    }
    if (reason == Wake::cancelled) co_return fail(ErrorCode::cancelled);
    if (reason == Wake::timeout) co_return fail(not_connected("TLS was not agreed with the backend in time."));
  }
}

}  // namespace sluice::http
