// SPDX-License-Identifier: Apache-2.0
// The system calls of every request, past the C library: its own forms are places where a thread may be cancelled,
// which costs two locked operations a call, and nobody cancels threads here. Results and errno are the same.
#pragma once

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#include <cstddef>

namespace sluice::http::direct {

inline ssize_t recv(int socket, void* to, std::size_t most, int flags) {
  return ::syscall(SYS_recvfrom, socket, to, most, flags, nullptr, nullptr);
}
inline ssize_t send(int socket, const void* from, std::size_t bytes, int flags) {
  return ::syscall(SYS_sendto, socket, from, bytes, flags, nullptr, 0);
}
inline ssize_t sendmsg(int socket, const msghdr* message, int flags) {
  return ::syscall(SYS_sendmsg, socket, message, flags);
}
inline int epoll_wait(int epoll, epoll_event* events, int most, int timeout_ms) {
  return static_cast<int>(::syscall(SYS_epoll_pwait, epoll, events, most, timeout_ms, nullptr, 0));
}

}  // namespace sluice::http::direct
