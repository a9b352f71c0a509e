// SPDX-License-Identifier: Apache-2.0
// Sockets for the tests of the http room: a raw client, an upstream whose every byte the test decides, and the
// handlers between. Waits are for events; their limit only bounds a failing test.
#pragma once

#include <sluice/http/runtime.hpp>
#include <sluice/http/server.hpp>
#include <sluice/transport.hpp>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace sluice::http::test {

constexpr std::chrono::seconds patience{10};

/// A blocking TCP connection. Reads give up after `patience`.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port);
  explicit RawClient(int descriptor) : descriptor_(descriptor) {}
  ~RawClient();
  RawClient(RawClient&& other) noexcept;
  RawClient& operator=(RawClient&&) = delete;

  RawClient& send(std::string_view bytes);
  /// The next message with its body, as its head says (Content-Length or chunked); `bodiless` for HEAD.
  std::string read_message(bool bodiless = false);
  /// Reads until `text` has arrived; everything read so far.
  std::string read_until(std::string_view text);
  /// All bytes until the peer closes. `was_reset` tells how.
  std::string read_to_end();
  /// What comes next, as it comes; empty at the end.
  std::string read_some();
  /// Sends what the kernel takes without waiting; how much that was.
  std::size_t send_what_fits(std::string_view bytes);
  /// The peer has reset the connection, looked at without taking bytes.
  bool is_reset() const;
  /// Exactly `count` bytes.
  std::string read_bytes(std::size_t count);
  bool was_reset() const { return was_reset_; }
  bool timed_out() const { return timed_out_; }
  /// Whether something comes within `limit`, be it the end.
  bool has_data(std::chrono::milliseconds limit);
  /// The peer's system has all that was sent.
  bool has_nothing_unacknowledged() const;
  /// A send has failed.
  bool is_broken() const { return is_broken_; }
  void finish_sending();
  void close();
  /// Closes with a reset.
  void abort();
  /// Makes the receive buffer as small as the system allows.
  void receive_slowly();
  int descriptor() const { return descriptor_; }

 private:
  bool fill();
  int descriptor_ = -1;
  std::string buffer_;
  bool was_reset_ = false;
  bool timed_out_ = false;
  bool is_broken_ = false;
};

/// Listens on loopback; each connection is given to `serve` on a thread of its own.
class Upstream {
 public:
  using Serve = std::function<void(RawClient& connection, int number)>;
  explicit Upstream(Serve serve);
  ~Upstream();
  std::uint16_t port() const { return port_; }
  int connections() const { return connections_.load(); }

 private:
  void accept();
  Serve serve_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> connections_{0};
  void join_finished();
  std::mutex mutex_;
  std::vector<std::thread> threads_;
  std::vector<std::thread::id> finished_;
  std::vector<int> descriptors_;
  std::thread acceptor_;
  std::atomic<bool> stopping_{false};
};

/// A port that nobody listens on.
std::uint16_t closed_port();

/// A fact that one thread awaits and another makes true.
class Signal {
 public:
  void set();
  bool is_set();
  /// False when it has not come within `patience`.
  bool wait();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool set_ = false;
};

/// A handler made of a function.
class FunctionHandler final : public Handler {
 public:
  using Function = std::function<Task<Response>(Request&)>;
  explicit FunctionHandler(Function function) : function_(std::move(function)) {}
  Task<Response> handle(Request& request) override { return function_(request); }

 private:
  Function function_;
};

/// Forwards everything to one upstream, as a gateway without policies does.
class ForwardingHandler final : public Handler {
 public:
  ForwardingHandler(Transport& transport, std::uint16_t port) : transport_(transport), port_(port) {}
  Task<Response> handle(Request& request) override;
  std::chrono::milliseconds timeout{0};
  std::string_view scheme = "http";

 private:
  Transport& transport_;
  std::uint16_t port_;
};

/// Answers with method, path, query, fields and body of what it got, one a line.
Task<Response> echo(Request& request);

Response text_response(Request& request, int status, std::string_view body);

/// For tests that are not about overload or slow callers: a slow machine looks like both.
inline ServerOptions unhurried() {
  ServerOptions options;
  options.sheds = false;
  options.limits.write_timeout = std::chrono::minutes(10);
  return options;
}

/// A server with its runtime.
struct Served {
  Served(Handler& handler, ServerOptions options = unhurried(), unsigned workers = 1);
  Runtime runtime;
  Server server;
  std::uint16_t port = 0;
  /// Waits until `condition(statistics)` holds.
  bool eventually(const std::function<bool(const ServerStatistics&)>& condition);
};

/// Client → server → pooled client → upstream.
struct Proxy {
  explicit Proxy(std::uint16_t upstream, ServerOptions options = unhurried(), HttpLimits client_limits = {},
                 unsigned workers = 1);
  Runtime runtime;
  ForwardingHandler handler;
  Server server;
  std::uint16_t port = 0;
  bool eventually(const std::function<bool(const ServerStatistics&)>& condition);
  bool client_eventually(const std::function<bool(const ClientStatistics&)>& condition);
};

/// True when `condition` holds within `patience`; looked at again and again without sleeping.
bool eventually(const std::function<bool()>& condition);

/// Open descriptors of this process.
std::size_t open_descriptors();

std::string header_of(const std::string& message, std::string_view name);
std::string body_of(const std::string& message);
int status_of(const std::string& message);

}  // namespace sluice::http::test
