// SPDX-License-Identifier: Apache-2.0
// The waits use the event loop's readiness notifications (one epoll_ctl each); an armed wait outlives its waiter and
// is taken over by the next, so that a connection has at most one of each kind in the loop.
#include "http/wire.hpp"

#include "http/tls_stream.hpp"

#include <sys/socket.h>

#include <cerrno>

namespace sluice::http {

std::size_t Gather::bytes() const {
  std::size_t sum = 0;
  for (std::size_t i = first_; i < count_; ++i) sum += pieces_[i].iov_len;
  return sum;
}

void Gather::advance(std::size_t bytes) {
  while (first_ < count_ && bytes >= pieces_[first_].iov_len) bytes -= pieces_[first_++].iov_len;
  if (bytes == 0) return;
  pieces_[first_].iov_base = static_cast<char*>(pieces_[first_].iov_base) + bytes;
  pieces_[first_].iov_len -= bytes;
}

Wire::Slot::Slot(Wire& owner, bool for_read)
    : Entry([](Entry& entry) {
        Slot& slot = static_cast<Slot&>(entry);
        slot.wire.wake(slot, Wake::timeout);
      }),
      wire(owner),
      reads(for_read) {}

Wire::Wire(Worker& worker, Socket socket)
    : worker_(worker), socket_(std::move(socket)), read_(*this, true), write_(*this, false) {}

Wire::~Wire() = default;

void Wire::set_tls(std::unique_ptr<TlsStream> tls) { tls_ = std::move(tls); }

IoResult Wire::read(char* to, std::size_t most) {
  if (!open_) return {IoOutcome::failed};
  if (tls_ != nullptr) {
    const IoResult result = tls_->read(to, most);
    may_have_data_ = result.outcome == IoOutcome::done && tls_->has_pending();
    return result;
  }
  for (;;) {
    const ssize_t received = ::recv(socket_.native_handle(), to, most, 0);
    if (received > 0) {
      may_have_data_ = static_cast<std::size_t>(received) == most;
      return {IoOutcome::done, static_cast<std::size_t>(received)};
    }
    if (received < 0 && errno == EINTR) continue;
    may_have_data_ = false;
    if (received == 0) return {IoOutcome::ended};
    return {errno == EAGAIN || errno == EWOULDBLOCK ? IoOutcome::blocked : IoOutcome::failed};
  }
}

IoResult Wire::write(Gather& pieces) {
  if (!open_) return {IoOutcome::failed};
  if (tls_ != nullptr) return tls_->write(pieces);
  for (;;) {
    msghdr message{};
    message.msg_iov = const_cast<iovec*>(pieces.data());
    message.msg_iovlen = pieces.count();
    const ssize_t sent = ::sendmsg(socket_.native_handle(), &message, MSG_NOSIGNAL);
    if (sent >= 0) {
      pieces.advance(static_cast<std::size_t>(sent));
      return {IoOutcome::done, static_cast<std::size_t>(sent)};
    }
    if (errno == EINTR) continue;
    return {errno == EAGAIN || errno == EWOULDBLOCK ? IoOutcome::blocked : IoOutcome::failed};
  }
}

bool Wire::peer_has_gone() {
  if (!open_) return true;
  char byte;
  const ssize_t received = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return received == 0 || (received < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}

void Wire::start(Slot& slot, Function function, void* argument, std::chrono::milliseconds timeout) {
  slot.function = function;
  slot.argument = argument;
  if (timeout.count() > 0) {
    worker_.add_deadline(slot, worker_.coarse_now() + timeout);
  } else {
    worker_.remove_deadline(slot);
  }
  if (!slot.armed) arm(slot);
}

void Wire::arm(Slot& slot) {
  slot.armed = true;
  socket_.async_wait(slot.reads ? Socket::wait_read : Socket::wait_write,
                     [self = WireRef(this), &slot](boost::system::error_code) {
                       slot.armed = false;
                       if (self->open_) self->wake(slot, Wake::ready);
                     });
}

void Wire::wake(Slot& slot, Wake why) {
  if (slot.function == nullptr) return;
  const Function function = slot.function;
  slot.function = nullptr;
  worker_.remove_deadline(slot);
  slot.result = why;
  const WireRef alive(this);  // the waiter may drop the connection
  function(slot.argument, why);
}

void Wire::watch(Function function, void* owner, std::chrono::milliseconds timeout) {
  start(read_, function, owner, timeout);
}

void Wire::stop_watching() {
  read_.function = nullptr;
  worker_.remove_deadline(read_);
}

void Wire::interrupt(Wake why) {
  const WireRef alive(this);
  wake(read_, why);
  wake(write_, why);
}

void Wire::shutdown_send() {
  if (!open_) return;
  if (tls_ != nullptr) tls_->shutdown();
  boost::system::error_code ignored;  // a peer that has gone already needs no telling
  socket_.shutdown(Socket::shutdown_send, ignored);
}

void Wire::close() {
  if (!open_) return;
  open_ = false;
  const WireRef alive(this);
  boost::system::error_code ignored;  // the descriptor is gone in any case
  socket_.close(ignored);
  wake(read_, Wake::closed);
  wake(write_, Wake::closed);
}

void Wire::reset() {
  if (!open_) return;
  boost::system::error_code ignored;  // without it the close is an ordinary one
  socket_.set_option(boost::asio::socket_base::linger(true, 0), ignored);
  close();
}

Task<Wake> write_rest(Wire& wire, Gather pieces, std::chrono::milliseconds timeout) {
  const WireRef alive(&wire);
  while (!pieces.empty()) {
    const IoResult result = wire.write(pieces);
    if (result.outcome == IoOutcome::done) continue;
    if (result.outcome != IoOutcome::blocked) co_return Wake::closed;
    const Wake why = co_await wire.writable(timeout);
    if (why != Wake::ready) co_return why;
  }
  co_return Wake::ready;
}

}  // namespace sluice::http
