// SPDX-License-Identifier: Apache-2.0
// A gateway on the io_context of a program that has its own timer and its own acceptor there: one thread runs it all.
// The program's own service is the backend, and a client on a second thread calls the gateway.
#include <sluice/gateway.hpp>
#include <sluice/http/asio.hpp>
#include <sluice/http/server.hpp>

#include <boost/asio.hpp>

#include <iostream>
#include <thread>

namespace asio = boost::asio;
using asio::ip::tcp;

struct GatewayHandler final : sluice::http::Handler {
  explicit GatewayHandler(sluice::Gateway& to) : gateway(to) {}
  sluice::Task<sluice::Response> handle(sluice::Request& request) override { return gateway.handle(request); }
  sluice::Gateway& gateway;
};

asio::awaitable<void> greet(tcp::acceptor& acceptor) {
  tcp::socket peer = co_await acceptor.async_accept(asio::use_awaitable);
  std::string request;
  co_await asio::async_read_until(peer, asio::dynamic_buffer(request), "\r\n\r\n", asio::use_awaitable);
  const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
  co_await asio::async_write(peer, asio::buffer(answer), asio::use_awaitable);
}

asio::awaitable<void> tick(int& ticks) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  for (;; ++ticks) {
    timer.expires_after(std::chrono::milliseconds(1));
    co_await timer.async_wait(asio::use_awaitable);
  }
}

int main() {
  asio::io_context io;
  tcp::acceptor acceptor(io, {asio::ip::address_v4::loopback(), 0});
  int ticks = 0;
  asio::co_spawn(io, greet(acceptor), asio::detached);
  asio::co_spawn(io, tick(ticks), asio::detached);

  sluice::http::AsioLoop loop(io.get_executor());
  sluice::http::Runtime runtime(loop);
  sluice::Gateway gateway({.transport = &runtime.transport(), .clock = &runtime.clock()});
  sluice::Api api{.id = "greet", .path = "greet", .subscription_required = false};
  api.service_url = "http://127.0.0.1:" + std::to_string(acceptor.local_endpoint().port());
  api.operations.push_back({.id = "get", .method = "GET", .url_template = "/"});
  if (gateway.load({.apis = {api}}).has_errors()) return 1;
  GatewayHandler handler(gateway);
  sluice::http::Server server(runtime, {}, handler);
  const auto port = server.start();
  if (!port) return 1;

  std::string answer;
  std::thread client([&] {
    tcp::iostream stream("127.0.0.1", std::to_string(*port));
    stream << "GET /greet/ HTTP/1.1\r\nHost: gateway.example\r\nConnection: close\r\n\r\n" << std::flush;
    answer.assign(std::istreambuf_iterator<char>(stream), {});
    asio::post(io, [&] { server.drain(std::chrono::seconds(1), [&](bool) { io.stop(); }); });
  });
  io.run();
  client.join();
  std::cout << answer << "\nticks meanwhile: " << ticks << '\n';
  return answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with("hello") ? 0 : 1;
}
