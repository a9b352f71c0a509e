// SPDX-License-Identifier: Apache-2.0
// What origin and load share: time, descriptors, sockets on 127.0.0.1, waiting for them.
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <span>
#include <string_view>

namespace sluice::bench {

constexpr std::uint64_t second_ns = 1'000'000'000;
constexpr std::uint64_t never = ~std::uint64_t{0};

/// CLOCK_MONOTONIC: the same for all processes of the machine.
inline std::uint64_t now_ns() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<std::uint64_t>(time.tv_sec) * second_ns + static_cast<std::uint64_t>(time.tv_nsec);
}

[[noreturn]] inline void fail(const char* what) {
  std::perror(what);
  std::exit(1);
}

inline void raise_descriptor_limit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

inline sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

inline void send_at_once(int descriptor) {
  const int on = 1;
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

/// Listens on 127.0.0.1; port 0 picks one.
inline int listen_on(std::uint16_t port) {
  const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const sockaddr_in address = loopback(port);
  if (bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) fail("bind");
  if (listen(descriptor, 16'384) != 0) fail("listen");
  return descriptor;
}

inline std::uint16_t port_of(int descriptor) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

/// A connected socket that does not block. Closing it resets the connection, so that no port is left waiting.
inline int connect_to(std::uint16_t port) {
  const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(port);
  if (connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) fail("connect");
  const linger reset{.l_onoff = 1, .l_linger = 0};
  setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  send_at_once(descriptor);
  fcntl(descriptor, F_SETFL, O_NONBLOCK);
  return descriptor;
}

/// epoll whose events carry a number that the caller chose.
class Poll {
 public:
  Poll() : descriptor_(epoll_create1(EPOLL_CLOEXEC)) {}
  ~Poll() { ::close(descriptor_); }
  Poll(const Poll&) = delete;
  Poll& operator=(const Poll&) = delete;

  void add(int descriptor, std::uint64_t number) { control(EPOLL_CTL_ADD, descriptor, number, EPOLLIN); }
  void watch_writing(int descriptor, std::uint64_t number, bool on) {
    control(EPOLL_CTL_MOD, descriptor, number, EPOLLIN | (on ? EPOLLOUT : 0u));
  }

  /// Waits until `due` at most (now_ns; `never`: without end).
  std::span<const epoll_event> wait(std::uint64_t due) {
    timespec left{};
    if (due != never) {
      const std::uint64_t now = now_ns();
      const std::uint64_t ns = due > now ? due - now : 0;
      left.tv_sec = static_cast<time_t>(ns / second_ns);
      left.tv_nsec = static_cast<long>(ns % second_ns);
    }
    const int count = epoll_pwait2(descriptor_, events_.data(), static_cast<int>(events_.size()),
                                   due == never ? nullptr : &left, nullptr);
    return {events_.data(), count > 0 ? static_cast<std::size_t>(count) : 0};
  }

 private:
  void control(int operation, int descriptor, std::uint64_t number, std::uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.u64 = number;
    epoll_ctl(descriptor_, operation, descriptor, &event);
  }

  int descriptor_;
  std::array<epoll_event, 512> events_{};
};

}  // namespace sluice::bench
