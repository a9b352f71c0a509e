// SPDX-License-Identifier: Apache-2.0
#include "http/listener.hpp"

#include "base/text.hpp"
#include "http/server_session.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace sluice::http {
namespace {

using boost::system::error_code;

constexpr int backlog = 4096;
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

Result<Endpoint> Listener::open(const Endpoint& address, bool first) {
  if (first && is_taken(address)) return fail(ErrorCode::internal, "The port is in use by another program.");
  error_code error;
  const auto failed = [&](const char* step) {
    return fail(ErrorCode::internal, std::string("Cannot ") + step + ": " + error.message() + ".");
  };
  if (acceptor_.open(address.protocol(), error); error) return failed("open a listening socket");
  const int on = 1;
  ::setsockopt(acceptor_.native_handle(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  ::setsockopt(acceptor_.native_handle(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  if (acceptor_.bind(address, error); error) return failed("bind the listening address");
  if (acceptor_.listen(backlog, error); error) return failed("listen");
  acceptor_.non_blocking(true, error);
  if (error) return failed("use the listening socket");
  const Endpoint bound = acceptor_.local_endpoint(error);
  if (error) return failed("read the listening address");
  return bound;
}

void Listener::accept() {
  if (!acceptor_.is_open()) return;
  acceptor_.async_accept([this](error_code error, Socket socket) {
    if (error == boost::asio::error::operation_aborted) return;
    if (error == boost::asio::error::connection_aborted) return accept();
    if (error) {
      shard.cells.accept_failures.add();
      shard.worker.add_deadline(pause_, shard.worker.coarse_now() + pause_after_failure);
      return;
    }
    welcome(std::move(socket));
    accept();
  });
}

void Listener::welcome(Socket socket) {
  error_code error;
  const auto remote = socket.remote_endpoint(error);
  if (error) return;  // gone already
  shard.cells.accepted.add();
  std::string peer = remote.address().to_string();
  if (!shard.core.connections.enter(peer)) {
    shard.cells.connections_refused.add();
    return;
  }
  const int on = 1;
  ::setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  socket.native_non_blocking(true, error);
  if (error) {
    shard.core.connections.leave(peer);
    return;
  }
  Session::start(shard, std::move(socket), std::move(peer));
}

void Listener::stop_accepting() {
  shard.worker.remove_deadline(pause_);
  error_code error;
  while (acceptor_.is_open() && !error) {
    Socket socket(shard.worker.io());
    acceptor_.accept(socket, error);
    if (!error) welcome(std::move(socket));
  }
  acceptor_.close(error);
}

void Listener::drain_sessions() {
  for (Session* session = shard.first_session; session != nullptr;) {
    Session* const next = session->next();
    session->drain();  // ends at most itself
    session = next;
  }
}

void Listener::break_sessions() {
  std::vector<SessionRef> sessions;  // ending one may end others with it
  for (Session* session = shard.first_session; session != nullptr; session = session->next()) {
    sessions.emplace_back(session);
  }
  for (const SessionRef& session : sessions) session->break_off();
}

}  // namespace sluice::http
