// SPDX-License-Identifier: Apache-2.0
// The client's dealings with proxies: which pool a request with one belongs to, the way through a proxy to a backend,
// and failures on it, which say whose they are.
#include "http/proxy_tunnel.hpp"
#include "http/worker_client.hpp"

namespace sluice::http {
namespace {

constexpr std::size_t piece_bytes = 4096;

}  // namespace

OriginProxy::OriginProxy(const OutgoingRequest& request)
    : host(request.proxy->host),
      port(request.proxy->port),
      authorization(request.proxy->authorization),
      is_tunnel(is_tunnelled(request)) {}

bool OriginProxy::is_of(const OutgoingRequest& request) const {
  const ForwardProxy* const other = request.proxy;
  return other != nullptr && port == other->port && host == other->host && authorization == other->authorization &&
         is_tunnel == is_tunnelled(request);
}

Error WorkerClient::proxy_failed(std::string_view why) {
  cells.proxy_failures.add();
  return not_connected(why);
}

Error WorkerClient::unresolved(const Attempt& attempt, Error why) {
  const bool is_proxy = attempt.request.proxy != nullptr && why.code() != ErrorCode::cancelled;
  if (is_proxy) return proxy_failed("The proxy's name has no address that a request may be sent to.");
  return std::move(why).with_retry(RetryAdvice::yes);
}

Error WorkerClient::not_reached(const Attempt& attempt, bool timed_out) {
  if (attempt.request.proxy != nullptr)
    return proxy_failed(timed_out ? "The connection to the proxy was not made in time."
                                  : "The proxy refused the connection.");
  return not_connected(timed_out ? "The connection to the backend was not made in time."
                                 : "The backend refused the connection.");
}

Task<Result<void>> WorkerClient::lead_through(Wire& wire, Attempt& attempt, SteadyTime limit) {
  std::string head;
  if (!append_connect_head(head, attempt.request.url, *attempt.request.proxy)) {
    co_return fail(ErrorCode::policy_value_invalid,
                   "The proxy's credentials or the backend's name hold what HTTP does not allow.");
  }
  Gather pieces;
  pieces.add(head);
  const Wake written = co_await write_rest(wire, pieces, limits().write_timeout);
  if (written != Wake::ready) co_return fail(proxy_failed("The proxy closed the connection."));
  TunnelAnswer answer(limits());
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(limit - worker_.coarse_now());
    Wake reason = Wake::timeout;
    if (left.count() > 0) {
      Cancellation::Registration on_cancel(attempt.cancellation, [keep = WireRef(&wire)] {
        const WireRef alive = keep;
        alive->interrupt(Wake::cancelled);
      });
      reason = co_await wire.readable(left);
    }
    if (reason == Wake::cancelled) co_return fail(ErrorCode::cancelled);
    if (reason == Wake::timeout) co_return fail(proxy_failed("The proxy did not answer in time."));
    char piece[piece_bytes];
    const IoResult result = wire.read(piece, sizeof piece);
    if (result.outcome == IoOutcome::blocked) continue;
    if (result.outcome != IoOutcome::done) co_return fail(proxy_failed("The proxy closed the connection."));
    const TunnelAnswer::State state = answer.take({piece, result.bytes});
    if (state == TunnelAnswer::State::refused) co_return fail(proxy_failed(answer.problem()));
    if (state == TunnelAnswer::State::open) break;
  }
  cells.tunnels.add();
  co_return Result<void>();
}

}  // namespace sluice::http
