// SPDX-License-Identifier: Apache-2.0
// Calls of the pooled client by name or address, and places that nobody answers from.
#pragma once

#include "http/support.hpp"

#include "http/runtime_state.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <vector>

namespace sluice::http::test {

inline std::vector<Address> addresses(std::initializer_list<const char*> texts) {
  std::vector<Address> list;
  for (const char* text : texts) list.push_back(boost::asio::ip::make_address(text));
  return list;
}

/// Names are looked up in this function from now on. Before the first request.
inline void look_up_in(Runtime& runtime, LookUp look_up) {
  runtime.state().transport().set_look_up(std::move(look_up));
  for (auto& worker : runtime.state().workers()) {
    Signal seen;
    worker->post([&seen] { seen.set(); });
    seen.wait();
  }
}

/// Sends what came on to a host.
inline Task<Response> forward(Transport& transport, Request& request, std::string_view host, std::uint16_t port,
                              std::string_view scheme = "http") {
  auto* const outgoing = request.arena.make<OutgoingRequest>(request.arena);
  outgoing->method = request.method;
  outgoing->url = request.url;
  outgoing->url.scheme = scheme;
  outgoing->url.host = host;
  outgoing->url.port = port;
  outgoing->body = std::move(request.body);
  Result<Response> answer = co_await transport.send(*outgoing, request.arena, request.cancellation);
  if (answer) co_return std::move(*answer);
  co_return text_response(request, 502, answer.error().message());
}

/// A server in front of the client of its own runtime, whose handler the test writes.
struct Front {
  explicit Front(FunctionHandler::Function function, HttpLimits client_limits = {})
      : runtime({.workers = 1, .limits = client_limits, .tls = {}}),
        handler(std::move(function)),
        server(runtime, {}, handler) {
    port = server.start().value();
  }
  bool eventually(const std::function<bool(const ServerStatistics&)>& condition) {
    return test::eventually([&] { return condition(server.statistics()); });
  }
  bool client_eventually(const std::function<bool(const ClientStatistics&)>& condition) {
    return test::eventually([&] { return condition(runtime.client_statistics()); });
  }
  Runtime runtime;
  FunctionHandler handler;
  Server server;
  std::uint16_t port = 0;
};

/// An address where connecting neither succeeds nor fails: the line of those that wait to be accepted is full.
class BlackHole {
 public:
  explicit BlackHole(const char* address, std::uint16_t port = 0)
      : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    ::inet_pton(AF_INET, address, &to.sin_addr);
    ::bind(listener_, reinterpret_cast<const sockaddr*>(&to), sizeof to);
    ::listen(listener_, 0);
    socklen_t size = sizeof to;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&to), &size);
    port_ = ntohs(to.sin_port);
    constexpr int more_than_fit = 4;
    for (int i = 0; i < more_than_fit; ++i) {
      const int filling = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
      ::connect(filling, reinterpret_cast<const sockaddr*>(&to), sizeof to);
      filling_.push_back(filling);
    }
  }
  ~BlackHole() {
    for (int descriptor : filling_) ::close(descriptor);
    ::close(listener_);
  }
  BlackHole(const BlackHole&) = delete;
  BlackHole& operator=(const BlackHole&) = delete;
  std::uint16_t port() const { return port_; }

 private:
  int listener_;
  std::uint16_t port_ = 0;
  std::vector<int> filling_;
};

}  // namespace sluice::http::test
