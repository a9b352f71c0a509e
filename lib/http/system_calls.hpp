// SPDX-License-Identifier: Apache-2.0
// The system calls of every request, past the C library: its own forms are places where a thread may be cancelled,
// which costs two locked operations a call, and nobody cancels threads here. Results and errno are the same.
//
// ThreadSanitizer knows the order between threads that sockets make by the C library's calls alone: under it they are
// these, and it is told of what a ring does.
#pragma once

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>

namespace sluice::http::direct {

#ifdef __SANITIZE_THREAD__

using ::epoll_wait;
using ::recv;
using ::send;
using ::sendmsg;

inline void tell_sending(int socket) { ::send(socket, "", 0, MSG_NOSIGNAL | MSG_DONTWAIT); }
inline void tell_received(int socket) {
  char none;
  ::recv(socket, &none, 0, MSG_DONTWAIT);
}

#else

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

inline void tell_sending(int) {}
inline void tell_received(int) {}

#endif

/// The socket is as it was: another call may do what this one did not.
inline bool is_passing(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == EINTR; }

constexpr int look_flags = MSG_PEEK | MSG_DONTWAIT;

/// What a receive would return, or -errno; nothing is taken.
inline ssize_t look(int socket) {
  char byte;
  const ssize_t received = recv(socket, &byte, 1, look_flags);
  return received >= 0 ? received : -errno;
}
/// By what a look has found: the peer's end, or an error of the connection.
inline bool shows_end(ssize_t found) { return found == 0 || (found < 0 && !is_passing(static_cast<int>(-found))); }

}  // namespace sluice::http::direct
