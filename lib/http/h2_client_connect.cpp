// SPDX-License-Identifier: Apache-2.0
// Getting room on a connection: on one that is there, on a new one, or when the line has come to this request.
#include "http/h2_client.hpp"
#include "http/kept_pools.hpp"
#include "http/tls_stream.hpp"

#include <algorithm>

namespace sluice::http {

/// A request in line for room on a connection.
class H2LineWait {
 public:
  enum class Outcome : std::uint8_t { waiting, connection, may_open, other_protocol, cancelled };

  explicit H2LineWait(Worker& worker) : wait_(worker) {}
  TimedWait::Waiting until(SteadyTime limit) { return wait_.until(limit); }
  Outcome outcome() const { return outcome_; }
  H2ConnectionRef connection() const { return connection_; }

  void end(Outcome outcome, H2ConnectionRef connection = nullptr) {
    outcome_ = outcome;
    connection_ = std::move(connection);
    wait_.wake(Wake::ready);
  }

 private:
  TimedWait wait_;
  Outcome outcome_ = Outcome::waiting;
  H2ConnectionRef connection_;
};

namespace {

using Outcome = H2LineWait::Outcome;

constexpr std::size_t longest_line = 4096;      // requests of one worker that wait for room to one origin
constexpr std::size_t expected_streams = 100;   // on one connection
constexpr std::string_view only_h2 = "\x02h2";  // ALPN
constexpr std::string_view h2_first = "\x02h2\x08http/1.1";

bool is_unused(const H2OriginPool& pool) {
  const auto& open = pool.state.open();
  return pool.state.is_settled() && std::none_of(open.begin(), open.end(), [](H2ClientConnection* connection) {
           return connection->session().has_exchanges();
         });
}
void drop_all(const H2OriginPool& pool) {
  const std::vector<H2ConnectionRef> open(pool.state.open().begin(), pool.state.open().end());
  for (const H2ConnectionRef& connection : open) connection->drop();
}

Error no_http_2() { return Error(ErrorCode::backend_connection_failure, "The backend does not agree to HTTP/2."); }

}  // namespace

H2OriginPool::H2OriginPool(H2Client& of, const Origin& to, std::size_t cap)
    : client(of), origin(to), state(cap, longest_line, expected_streams) {}

H2OriginPool& H2Client::pool_for(const OutgoingRequest& request) {
  if (last_pool_ == nullptr || !last_pool_->origin.is_of(request)) {
    const Origin origin(request, client_.shared_.contexts);
    if (!pools_.contains(origin)) add_pool(origin);
    last_pool_ = pools_.find(origin)->second;
  }
  last_pool_->last_use = Worker::coarse_now();
  return *last_pool_;
}

void H2Client::add_pool(const Origin& origin) {
  const H2OriginPoolRef pool(new H2OriginPool(*this, origin, client_.limits().pool_connections_per_origin));
  const std::lock_guard lock(pools_mutex_);
  if (const auto oldest = pool_to_forget(pools_, is_unused); oldest != pools_.end()) {
    drop_all(*oldest->second);
    pools_.erase(oldest);
  }
  pools_.emplace(origin, pool);
}

void H2Client::add_origins(std::map<std::string, OriginStatistics>& to) const {
  const std::lock_guard lock(pools_mutex_);
  for (const auto& [origin, pool] : pools_) pool->cells.add_to(to[origin.name()]);
}

void H2Client::serve_line(H2OriginPool& pool, H2ClientConnection& connection) {
  while (connection.room() != 0) {
    H2LineWait* const waiter = pool.state.take_waiter();
    if (waiter == nullptr) return;
    waiter->end(Outcome::connection, H2ConnectionRef(&connection));
  }
  // Whoever is served may bring the connection to its end, which has dealt with the line then.
  while (!connection.is_dropped()) {
    H2LineWait* const waiter = pool.state.opener();
    if (waiter == nullptr) return;
    waiter->end(Outcome::may_open);
  }
}

void H2Client::closed(H2OriginPool& pool, H2ClientConnection& connection) {
  if (H2LineWait* const waiter = pool.state.closed(connection)) waiter->end(Outcome::may_open);
}

void H2Client::not_opened(H2OriginPool& pool) {
  if (H2LineWait* const waiter = pool.state.not_opened()) waiter->end(Outcome::may_open);
}

void H2Client::close_idle() {
  std::vector<H2ConnectionRef> idle;
  for (auto& [origin, pool] : pools_) {
    for (H2ClientConnection* const connection : pool->state.open()) {
      if (!connection->session().has_exchanges()) idle.emplace_back(connection);
    }
  }
  for (const H2ConnectionRef& connection : idle) connection->drop();
}

H2Client::Lease H2Client::reuse(H2OriginPool& pool, H2ConnectionRef connection) {
  client_.cells.reused.add();
  pool.cells.reused.add();
  return {std::move(connection), nullptr, false, true};
}

Task<Result<H2Client::Lease>> H2Client::lease(H2OriginPool& pool, Attempt& attempt) {
  const auto lease = pool.state.lease();
  if (lease.connection != nullptr) return Result<Lease>(reuse(pool, H2ConnectionRef(lease.connection)));
  return lease.may_open ? open(pool, attempt) : wait_in_line(pool, attempt);
}

Task<Result<H2Client::Lease>> H2Client::wait_in_line(H2OriginPool& pool, Attempt& attempt) {
  const SteadyTime limit = std::min(attempt.deadline, Worker::coarse_now() + client_.limits().connect_timeout);
  H2LineWait wait(client_.worker());
  if (!pool.state.enqueue(wait))
    co_return fail(not_connected("Too many requests wait for a connection to the backend."));
  Cancellation::Registration on_cancel(attempt.cancellation, [&wait] {
    if (wait.outcome() == Outcome::waiting) wait.end(Outcome::cancelled);
  });
  pool.cells.waiting.add();
  co_await wait.until(limit);
  pool.cells.waiting.subtract();
  switch (wait.outcome()) {
    case Outcome::connection: co_return reuse(pool, wait.connection());
    case Outcome::may_open: co_return co_await open(pool, attempt);
    case Outcome::other_protocol:
      if (attempt.request.versions == HttpVersions::http_2) co_return fail(no_http_2());
      co_return Lease{nullptr, nullptr, true, false};
    default: break;
  }
  pool.state.leave_line(wait);
  if (wait.outcome() == Outcome::cancelled) co_return fail(ErrorCode::cancelled);
  co_return fail(not_connected("No connection to the backend had room in time."));
}

Task<Result<H2Client::Lease>> H2Client::open(H2OriginPool& pool, Attempt& attempt) {
  const SteadyTime limit = std::min(attempt.deadline, Worker::coarse_now() + client_.limits().connect_timeout);
  const bool takes_http_1 = attempt.request.versions != HttpVersions::http_2;
  attempt.protocols = takes_http_1 ? h2_first : only_h2;
  Result<WireRef> wire = co_await client_.connect(attempt, limit);
  if (!wire) {
    not_opened(pool);
    co_return fail(std::move(wire.error()));
  }
  const TlsStream* const tls = (*wire)->tls();
  if (tls == nullptr || tls->protocol() == "h2") {
    client_.cells.opened.add();
    pool.cells.opened.add();
    const H2ConnectionRef connection(new H2ClientConnection(client_, pool, std::move(*wire)));
    pool.state.opened(*connection);
    // This request goes first; its flush serves the line.
    co_return Lease{connection, nullptr, false, false};
  }
  // Whoever waits learns that they wait for the wrong thing.
  while (H2LineWait* const waiter = pool.state.take_waiter()) waiter->end(Outcome::other_protocol);
  not_opened(pool);
  if (takes_http_1) co_return Lease{nullptr, std::move(*wire), true, false};
  (*wire)->close();
  co_return fail(no_http_2());
}

}  // namespace sluice::http
