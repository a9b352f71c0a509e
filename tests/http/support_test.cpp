// SPDX-License-Identifier: Apache-2.0
// The helpers themselves; compiled as a test file because the build gathers those.
#include "http/support.hpp"

#include <arpa/inet.h>
#include <dirent.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include <algorithm>
#include <cerrno>

namespace sluice::http::test {
namespace {

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

std::uint16_t port_of(int descriptor) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

int listen_on_loopback() {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto address = loopback(0);
  ::bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  ::listen(descriptor, 128);
  return descriptor;
}

}  // namespace

RawClient::RawClient(std::uint16_t port) : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const auto address = loopback(port);
  if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) close();
  const int on = 1;
  ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}
RawClient::RawClient(RawClient&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), buffer_(std::move(other.buffer_)) {}
RawClient::~RawClient() { close(); }

void RawClient::close() {
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
}
void RawClient::abort() {
  const linger now{1, 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  close();
}
void RawClient::finish_sending() { ::shutdown(descriptor_, SHUT_WR); }
void RawClient::receive_slowly() {
  const int least = 1;
  ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVBUF, &least, sizeof least);
}

RawClient& RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) {  // the peer has closed; the reading side will show it
      is_broken_ = true;
      break;
    }
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return *this;
}

bool RawClient::has_data(std::chrono::milliseconds limit) {
  pollfd wait{descriptor_, POLLIN, 0};
  return descriptor_ >= 0 && ::poll(&wait, 1, static_cast<int>(limit.count())) > 0;
}

bool RawClient::has_nothing_unacknowledged() const {
  int bytes = 0;
  return ::ioctl(descriptor_, SIOCOUTQ, &bytes) != 0 || bytes == 0;
}

bool RawClient::fill() {
  if (!has_data(patience)) {
    timed_out_ = true;
    return false;
  }
  char bytes[65536];
  const ssize_t received = ::recv(descriptor_, bytes, sizeof bytes, 0);
  if (received <= 0) {
    was_reset_ = received < 0;
    return false;
  }
  buffer_.append(bytes, static_cast<std::size_t>(received));
  return true;
}

std::size_t RawClient::send_what_fits(std::string_view bytes) {
  const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  return sent < 0 ? 0 : static_cast<std::size_t>(sent);
}

bool RawClient::is_reset() const {
  pollfd look{descriptor_, 0, 0};
  return ::poll(&look, 1, 0) > 0 && (look.revents & (POLLERR | POLLHUP)) != 0;
}

std::string RawClient::read_some() {
  if (buffer_.empty()) fill();
  return std::exchange(buffer_, {});
}

std::string RawClient::read_until(std::string_view text) {
  std::size_t found = 0;
  while ((found = buffer_.find(text)) == std::string::npos) {
    if (!fill()) return std::exchange(buffer_, {});
  }
  std::string result = buffer_.substr(0, found + text.size());
  buffer_.erase(0, result.size());
  return result;
}

std::string RawClient::read_bytes(std::size_t count) {
  while (buffer_.size() < count && fill()) {
  }
  std::string result = buffer_.substr(0, count);
  buffer_.erase(0, result.size());
  return result;
}

std::string RawClient::read_message(bool bodiless) {
  std::string message = read_until("\r\n\r\n");
  if (bodiless) return message;
  if (const std::string length = header_of(message, "Content-Length"); !length.empty()) {
    return message + read_bytes(std::stoul(length));
  }
  if (header_of(message, "Transfer-Encoding") != "chunked") return message;
  for (;;) {
    const std::string line = read_until("\r\n");
    message += line;
    const std::size_t size = line.empty() ? 0 : std::stoul(line, nullptr, 16);
    message += read_bytes(size + 2);
    if (size == 0) return message;
  }
}

std::string RawClient::read_to_end() {
  while (fill()) {
  }
  return std::exchange(buffer_, {});
}

Upstream::Upstream(Serve serve) : serve_(std::move(serve)), listener_(listen_on_loopback()), port_(port_of(listener_)) {
  acceptor_ = std::thread([this] { accept(); });
}

void Upstream::accept() {
  for (;;) {
    const int descriptor = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (descriptor < 0) return;
    const int on = 1;
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    std::lock_guard lock(mutex_);
    if (stopping_) {
      ::close(descriptor);
      return;
    }
    join_finished();
    const int number = connections_.fetch_add(1);
    const int twin = ::dup(descriptor);
    descriptors_.push_back(twin);
    threads_.emplace_back([this, descriptor, twin, number] {
      {
        RawClient connection(descriptor);
        serve_(connection, number);
      }
      // The peer sees the end only when the twin is closed, too.
      std::lock_guard closing(mutex_);
      descriptors_.erase(std::find(descriptors_.begin(), descriptors_.end(), twin));
      ::close(twin);
      finished_.push_back(std::this_thread::get_id());
    });
  }
}

/// Threads that have done all but end, so that many connections one after the other do not pile up memory.
void Upstream::join_finished() {
  for (const std::thread::id id : std::exchange(finished_, {})) {
    const auto thread = std::find_if(threads_.begin(), threads_.end(), [&](auto& one) { return one.get_id() == id; });
    thread->join();
    threads_.erase(thread);
  }
}

Upstream::~Upstream() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    for (int descriptor : descriptors_) ::shutdown(descriptor, SHUT_RDWR);
  }
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  ::close(listener_);
  for (auto& thread : threads_) thread.join();
  for (int descriptor : descriptors_) ::close(descriptor);
}

std::uint16_t closed_port() {
  const int descriptor = listen_on_loopback();
  const std::uint16_t port = port_of(descriptor);
  ::close(descriptor);
  return port;
}

void Signal::set() {
  std::lock_guard lock(mutex_);
  set_ = true;
  changed_.notify_all();
}
bool Signal::is_set() {
  std::lock_guard lock(mutex_);
  return set_;
}
bool Signal::wait() {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, patience, [&] { return set_; });
}

Task<Response> ForwardingHandler::handle(Request& request) {
  auto* outgoing = request.arena.make<OutgoingRequest>(request.arena);
  outgoing->method = request.method;
  outgoing->url = request.url;
  outgoing->url.scheme = scheme;
  outgoing->url.host = "127.0.0.1";
  outgoing->url.port = port_;
  outgoing->headers.assign(request.headers);
  outgoing->headers.remove("host");
  outgoing->body = std::move(request.body);
  outgoing->timeout = timeout;
  outgoing->upgrade = request.upgrade;
  Result<Response> answer = co_await transport_.send(*outgoing, request.arena, request.cancellation);
  if (answer) co_return std::move(*answer);
  const Error& error = answer.error();
  Response response(request.arena);
  response.status = error.code() == ErrorCode::timeout ? 504 : error.status();
  if (error.code() == ErrorCode::backend_connection_failure || error.code() == ErrorCode::backend_answer_invalid) {
    response.status = 502;
  }
  response.headers.append("X-Error", error.message());
  response.body = Body::bytes(request.arena.copy(error.message()));
  co_return response;
}

Response text_response(Request& request, int status, std::string_view body) {
  Response response(request.arena);
  response.status = status;
  response.body = Body::bytes(request.arena.copy(body));
  return response;
}

Task<Response> echo(Request& request) {
  const auto buffered = co_await buffer_body(request.body, request.arena, 1 << 20, ErrorCode::request_body_too_large);
  if (!buffered) co_return text_response(request, buffered.error().status(), buffered.error().message());
  std::string text(request.method);
  text.append(" ").append(request.url.path).append("?").append(request.url.query).append("\n");
  text.append("authority ").append(request.url.authority(request.arena)).append("\n");
  text.append("client ").append(request.client_address).append("\n");
  for (const Header& line : request.headers) text.append(line.name).append("=").append(line.value).append("\n");
  text.append("body ").append(request.body.data()).append("\n");
  co_return text_response(request, 200, text);
}

Served::Served(Handler& handler, ServerOptions options, unsigned workers)
    : runtime({.workers = workers, .limits = {}, .tls = {}}), server(runtime, std::move(options), handler) {
  port = server.start().value();
}
bool Served::eventually(const std::function<bool(const ServerStatistics&)>& condition) {
  return test::eventually([&] { return condition(server.statistics()); });
}

Proxy::Proxy(std::uint16_t upstream, ServerOptions options, HttpLimits client_limits, unsigned workers)
    : runtime({.workers = workers, .limits = client_limits, .tls = {}}),
      handler(runtime.transport(), upstream),
      server(runtime, std::move(options), handler) {
  port = server.start().value();
}
bool Proxy::eventually(const std::function<bool(const ServerStatistics&)>& condition) {
  return test::eventually([&] { return condition(server.statistics()); });
}
bool Proxy::client_eventually(const std::function<bool(const ClientStatistics&)>& condition) {
  return test::eventually([&] { return condition(runtime.client_statistics()); });
}

bool eventually(const std::function<bool()>& condition) {
  const auto limit = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > limit) return false;
    std::this_thread::yield();
  }
  return true;
}

std::size_t open_descriptors() {
  std::size_t count = 0;
  DIR* const folder = opendir("/proc/self/fd");
  while (readdir(folder) != nullptr) ++count;
  closedir(folder);
  return count;
}

std::string header_of(const std::string& message, std::string_view name) {
  const std::size_t head_end = message.find("\r\n\r\n");
  std::size_t at = message.find("\r\n");
  while (at != std::string::npos && at < head_end) {
    at += 2;
    const std::size_t end = message.find("\r\n", at);
    const std::string_view line = std::string_view(message).substr(at, end - at);
    const std::size_t colon = line.find(": ");
    if (colon != std::string_view::npos && equal_ignoring_case(line.substr(0, colon), name)) {
      return std::string(line.substr(colon + 2));
    }
    at = end;
  }
  return {};
}

std::string body_of(const std::string& message) {
  const std::size_t end = message.find("\r\n\r\n");
  return end == std::string::npos ? std::string() : message.substr(end + 4);
}

int status_of(const std::string& message) {
  if (message.size() < 12 || message.compare(0, 5, "HTTP/") != 0) return 0;
  return std::stoi(message.substr(9, 3));
}

TEST_CASE("the raw client reads a message as its head frames it", "[http][support]") {
  Upstream upstream([](RawClient& connection, int) {
    connection.send(
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        "3\r\nabc\r\n0\r\n\r\n");
  });
  RawClient client(upstream.port());
  CHECK(body_of(client.read_message()) == "ok");
  CHECK(body_of(client.read_message()) == "3\r\nabc\r\n0\r\n\r\n");
  CHECK(client.read_to_end().empty());
}

}  // namespace sluice::http::test
