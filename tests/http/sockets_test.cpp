// SPDX-License-Identifier: Apache-2.0
// What the system's own account of sockets shows of a gateway: how much it holds for a slow end (L13), and that it
// never waits for an acknowledgement before it sends (no Nagle on either side).
#include "http/support.hpp"
#include "http/worker.hpp"

#include <arpa/inet.h>
#include <dirent.h>
#include <linux/sockios.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <catch2/catch.hpp>

#include <algorithm>

namespace sluice::http::test {
namespace {

/// Ports of both ends of a connection; 0 for descriptors that are none.
struct Ends {
  std::uint16_t own = 0;
  std::uint16_t peer = 0;
};
Ends ends_of(int descriptor) {
  sockaddr_in own{}, peer{};
  socklen_t size = sizeof own;
  if (::getsockname(descriptor, reinterpret_cast<sockaddr*>(&own), &size) != 0 || own.sin_family != AF_INET) return {};
  size = sizeof peer;
  if (::getpeername(descriptor, reinterpret_cast<sockaddr*>(&peer), &size) != 0) return {};
  return {ntohs(own.sin_port), ntohs(peer.sin_port)};
}

/// Connections among this process's descriptors for which `chosen(ends)` holds.
template <class Chosen>
std::vector<int> connections(Chosen chosen) {
  std::vector<int> found;
  DIR* const folder = opendir("/proc/self/fd");
  while (const dirent* const entry = readdir(folder)) {
    const int descriptor = std::atoi(entry->d_name);
    const Ends ends = ends_of(descriptor);
    if (ends.own != 0 && chosen(ends)) found.push_back(descriptor);
  }
  closedir(folder);
  return found;
}
/// The other end of a connection within this process.
int other_end(int descriptor) {
  const Ends ends = ends_of(descriptor);
  const auto found = connections([&](const Ends& one) { return one.own == ends.peer && one.peer == ends.own; });
  REQUIRE_FALSE(found.empty());
  return found.front();
}

std::uint64_t asked(int descriptor, unsigned long what) {
  int bytes = 0;
  ::ioctl(descriptor, what, &bytes);
  return static_cast<std::uint64_t>(bytes);
}
/// Bytes on their way from `from` to `to`, the two ends of one connection, as far as the system has them.
std::uint64_t on_the_way(int from, int to) { return asked(from, SIOCOUTQ) + asked(to, SIOCINQ); }

/// Sends until nothing more is taken for a while. What was taken.
std::uint64_t fill(int descriptor) {
  constexpr int while_ms = 200;
  const std::string bytes(16384, 'x');
  std::uint64_t sent = 0;
  for (;;) {
    pollfd wait{descriptor, POLLOUT, 0};
    if (::poll(&wait, 1, while_ms) <= 0 || (wait.revents & (POLLERR | POLLHUP)) != 0) return sent;
    const ssize_t size = ::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (size > 0) sent += static_cast<std::uint64_t>(size);
  }
}

constexpr std::uint64_t heads = 2048;  // more than the heads of a request and its answer

}  // namespace

TEST_CASE("L13: behind a slow reader a gateway holds no more than one read", "[http][sockets][limits]") {
  const bool in_chunks = GENERATE(false, true);
  Signal full, go_on;
  std::uint64_t given = 0;
  Upstream upstream([&](RawClient& connection, int) {
    connection.read_message();
    connection.send(in_chunks ? "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40000000\r\n"
                              : "HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n");
    given = fill(connection.descriptor());
    full.set();
    go_on.wait();
  });
  Proxy proxy(upstream.port());
  RawClient client(proxy.port);
  client.receive_slowly();
  client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  REQUIRE(full.wait());
  const std::uint64_t received = proxy.runtime.client_statistics().bytes_received;
  const std::uint64_t passed_on = on_the_way(other_end(client.descriptor()), client.descriptor());
  CHECK(received + heads > passed_on);
  CHECK(received <= passed_on + Block::size + heads);
  CHECK(received < given);  // the rest waits in the system, before the gateway
  go_on.set();
}

TEST_CASE("L13: before a slow backend a gateway holds no more than one read", "[http][sockets][limits]") {
  const bool in_chunks = GENERATE(false, true);
  Signal begun, go_on;
  std::atomic<int> descriptor{-1};
  Upstream upstream([&](RawClient& connection, int) {
    connection.receive_slowly();
    descriptor = connection.descriptor();
    begun.set();
    go_on.wait();  // without having read a byte
  });
  Proxy proxy(upstream.port());
  RawClient client(proxy.port);
  client.send(in_chunks ? "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n4000000\r\n"
                        : "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 67108864\r\n\r\n");
  REQUIRE(begun.wait());
  const std::uint64_t given = fill(client.descriptor());
  const std::uint64_t received = proxy.server.statistics().bytes_received;
  const std::uint64_t passed_on = on_the_way(other_end(descriptor), descriptor);
  CHECK(received + heads > passed_on);
  CHECK(received <= passed_on + Block::size + heads);
  CHECK(received < given);
  go_on.set();
}

TEST_CASE("L13: behind a request that runs no more than the bound of pipelined bytes is read",
          "[http][sockets][limits]") {
  Signal go_on;
  Upstream upstream([&](RawClient& connection, int) {
    connection.read_message();
    go_on.wait();
  });
  ServerOptions options;
  options.limits.buffered_bytes_per_direction = 10'000;
  Proxy proxy(upstream.port(), options);
  RawClient client(proxy.port);
  const std::string get = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
  client.send(get);
  CHECK(proxy.eventually([&](const ServerStatistics& now) { return now.bytes_received == get.size(); }));
  CHECK(fill(client.descriptor()) > 100'000);
  CHECK(proxy.server.statistics().bytes_received == get.size() + 10'000);
  go_on.set();
}

TEST_CASE("no socket of a gateway waits for acknowledgements, whatever the sizes", "[http][sockets]") {
  Upstream upstream([](RawClient& connection, int) {
    for (;;) {
      const std::string request = connection.read_message();
      if (request.empty()) return;
      // `/SIZE/FORM`: so many bytes, with their length, in chunks, or in several pieces.
      const std::string target = request.substr(request.find('/') + 1);
      const std::string body(std::stoul(target), 'b');
      const char form = target[target.find('/') + 1];
      if (form == 'l') {
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
      } else {
        char line[24];
        std::snprintf(line, sizeof line, "%zx\r\n", body.size());
        connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        connection.send(line).send(body).send("\r\n").send("0\r\n\r\n");
      }
    }
  });
  Proxy proxy(upstream.port());
  RawClient client(proxy.port);
  const std::vector<std::size_t> sizes = {1, 1448, 1460, 16'384, 16'385, 65'536, 70'000, 204'800};
  const auto request = [](std::size_t up, std::size_t down, char form) {
    const std::string head = "POST /" + std::to_string(down) + "/" + form + " HTTP/1.1\r\nHost: h\r\n";
    if (form == 'l') return head + "Content-Length: " + std::to_string(up) + "\r\n\r\n" + std::string(up, 'a');
    char line[24];
    std::snprintf(line, sizeof line, "%zx\r\n", up);
    return head + "Transfer-Encoding: chunked\r\n\r\n" + line + std::string(up, 'a') + "\r\n0\r\n\r\n";
  };
  const auto decoded = [](const std::string& answer) {
    return std::count(answer.begin() + static_cast<std::ptrdiff_t>(answer.find("\r\n\r\n")), answer.end(), 'b');
  };
  for (const std::size_t up : sizes) {
    for (const std::size_t down : sizes) {
      for (const char form : {'l', 'c'}) {
        const std::string bytes = request(up, down, form);
        // In one write, in two, and two requests at once.
        client.send(bytes);
        CHECK(decoded(client.read_message()) >= static_cast<std::ptrdiff_t>(down));
        client.send(bytes.substr(0, bytes.size() / 2)).send(bytes.substr(bytes.size() / 2));
        CHECK(decoded(client.read_message()) >= static_cast<std::ptrdiff_t>(down));
      }
    }
  }
  client.send(request(1, 1, 'l') + request(1000, 1000, 'c') + request(1, 70'000, 'l'));
  for (int i = 0; i < 3; ++i) CHECK(status_of(client.read_message()) == 200);
  const auto own =
      connections([&](const Ends& ends) { return ends.own == proxy.port || ends.peer == upstream.port(); });
  CHECK(own.size() == 2);  // one on each side: all requests went over them
  for (const int descriptor : own) {
    int at_once = 0;
    socklen_t size = sizeof at_once;
    CHECK(::getsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &at_once, &size) == 0);
    CHECK(at_once != 0);
  }
}

}  // namespace sluice::http::test
