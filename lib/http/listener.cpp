// SPDX-License-Identifier: Apache-2.0
#include "http/listener.hpp"

#include "base/text.hpp"
#include "http/server_handshake.hpp"
#include "http/start_connection.hpp"

#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace sluice::http {
namespace {

using boost::system::error_code;

constexpr int backlog = 4096;
constexpr int accepts_of_a_turn = 16;                          // then others get their turn
constexpr std::chrono::milliseconds pause_after_failure{100};  // O2: back off, never spin

/// With SO_REUSEPORT two processes of one user share a port without a word; a socket without it shows the conflict.
bool is_taken(const Endpoint& address) {
  if (address.port() == 0) return false;
  const int probe = ::socket(address.protocol().family(), SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (probe < 0) return false;  // opening the real one will say why
  const int on = 1;
  ::setsockopt(probe, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const bool taken = ::bind(probe, address.data(), static_cast<socklen_t>(address.size())) != 0 && errno == EADDRINUSE;
  ::close(probe);
  return taken;
}

}  // namespace

Result<Endpoint> read_listen_address(std::string_view text) {
  const auto refuse = [&] {
    return fail(ErrorCode::internal, "'" + std::string(text) + "' is no address to listen on; expected HOST:PORT.");
  };
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return refuse();
  std::string_view host = text.substr(0, colon);
  const auto port = parse_unsigned(text.substr(colon + 1));
  if (!port || *port > 65535) return refuse();
  if (host == "localhost") host = "127.0.0.1";
  if (host == "*" || host.empty()) host = "0.0.0.0";
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  error_code error;
  const auto address = boost::asio::ip::make_address(std::string(host), error);
  if (error) return refuse();
  return Endpoint(address, static_cast<std::uint16_t>(*port));
}

Listener::Listener(Worker& worker, ServerCore& core)
    : shard(worker, core),
      watched_(this, [](void* listener, std::uint32_t) { static_cast<Listener*>(listener)->take(accepts_of_a_turn); }),
      pause_([](DeadlineWheel::Entry& entry) { static_cast<Pause&>(entry).listener->accept(); }) {
  pause_.listener = this;
}

Result<Endpoint> Listener::open(const Endpoint& address, bool first) {
  if (first && is_taken(address)) return fail(ErrorCode::internal, "The port is in use by another program.");
  const auto failed = [&](const char* step) {
    return fail(ErrorCode::internal, std::string("Cannot ") + step + ": " + std::strerror(errno) + ".");
  };
  socket_ = Descriptor(::socket(address.protocol().family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket_.is_open()) return failed("open a listening socket");
  const int on = 1;
  ::setsockopt(socket_.number(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  ::setsockopt(socket_.number(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  if (::bind(socket_.number(), address.data(), static_cast<socklen_t>(address.size())) != 0)
    return failed("bind the listening address");
  if (::listen(socket_.number(), backlog) != 0) return failed("listen");
  Endpoint bound;
  auto size = static_cast<socklen_t>(bound.capacity());
  if (::getsockname(socket_.number(), bound.data(), &size) != 0) return failed("read the listening address");
  bound.resize(size);
  return bound;
}

void Listener::accept() {
  if (is_watched_ || !socket_.is_open()) return;
  is_watched_ = shard.worker.loop().watch(watched_, socket_.number(), EPOLLIN);
  if (!is_watched_) shard.worker.add_deadline(pause_, shard.worker.coarse_now() + pause_after_failure);
}

void Listener::take(int most) {
  for (int i = 0; i < most; ++i) {
    Endpoint from;
    auto size = static_cast<socklen_t>(from.capacity());
    Descriptor socket(::accept4(socket_.number(), from.data(), &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (socket.is_open()) {
      from.resize(size);
      welcome(std::move(socket), from);
      continue;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK) {
      measured_at_ = SteadyTime{};
      return shard.admission.set_accept_delay({});
    }
    if (errno == EINTR || errno == ECONNABORTED) continue;
    shard.cells.accept_failures.add();
    shard.worker.loop().forget(watched_, socket_.number());
    is_watched_ = false;
    shard.worker.add_deadline(pause_, shard.worker.coarse_now() + pause_after_failure);
    return;
  }
  measure_line();
}

void Listener::measure_line() {
  const std::uint64_t beat = shard.worker.loop().pulse().beats;
  if (std::exchange(measured_beat_, beat) == beat) return;
  const SteadyTime now = Worker::coarse_now();
  const SteadyTime since = std::exchange(measured_at_, now);
  const std::uint64_t accepted = shard.cells.accepted.value();
  const std::uint64_t taken = accepted - std::exchange(accepted_then_, accepted);
  tcp_info info{};
  auto size = static_cast<socklen_t>(sizeof info);
  // Of a listening socket the field says how many connections wait.
  if (::getsockopt(socket_.number(), IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return;
  if (since == SteadyTime{} || taken == 0) return;
  shard.admission.set_accept_delay((now - since) * info.tcpi_unacked / taken);
}

void Listener::welcome(Descriptor socket, const Endpoint& from) {
  shard.cells.accepted.add();
  std::string peer = from.address().to_string();
  if (!shard.core.connections.enter(peer)) {
    shard.cells.connections_refused.add();
    return;
  }
  const int on = 1;
  ::setsockopt(socket.number(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  WireRef wire(new Wire(shard.worker, std::move(socket)));
  if (shard.core.speaks_tls) {
    ServerHandshake::start(shard, std::move(wire), std::move(peer), shard.core.tls());
  } else {
    start_connection(shard, std::move(wire), std::move(peer), {});
  }
}

void Listener::stop_accepting() {
  shard.worker.remove_deadline(pause_);
  if (!socket_.is_open()) return;
  take(backlog);
  if (std::exchange(is_watched_, false)) shard.worker.loop().forget(watched_, socket_.number());
  socket_.close();
}

void Listener::drain_connections() {
  for (ServerConnection* connection = shard.first_connection; connection != nullptr;) {
    ServerConnection* const next = connection->next();
    connection->drain();  // ends at most itself
    connection = next;
  }
}

void Listener::break_connections() {
  std::vector<ServerConnectionRef> connections;  // ending one may end others with it
  for (ServerConnection* one = shard.first_connection; one != nullptr; one = one->next()) connections.emplace_back(one);
  for (const ServerConnectionRef& connection : connections) connection->break_off();
}

}  // namespace sluice::http
