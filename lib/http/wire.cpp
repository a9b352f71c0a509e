// SPDX-License-Identifier: Apache-2.0
// The loop reports changes only (edges), so what it has said is kept until a read or write finds that it is over.
#include "http/wire.hpp"

#include "http/system_calls.hpp"
#include "http/tls_stream.hpp"

#include <sys/socket.h>

#include <cerrno>

namespace sluice::http {

namespace {

/// One piece, which most messages are, spares the system the reading of a list.
ssize_t send_pieces(int socket, const iovec* pieces, std::size_t count) {
  if (count == 1) return direct::send(socket, pieces->iov_base, pieces->iov_len, MSG_NOSIGNAL);
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(pieces);
  message.msg_iovlen = count;
  return direct::sendmsg(socket, &message, MSG_NOSIGNAL);
}

IoOutcome outcome_of(int error) { return direct::is_passing(error) ? IoOutcome::blocked : IoOutcome::failed; }

}  // namespace

std::size_t Gather::bytes() const { return bytes_of(data(), count()); }

void Gather::append_to(std::string& text) const {
  for (std::size_t i = first_; i < count_; ++i)
    text.append(static_cast<const char*>(pieces_[i].iov_base), pieces_[i].iov_len);
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

Wire::Wire(Worker& worker, Descriptor socket)
    : worker_(worker),
      socket_(std::move(socket)),
      watched_(
          this, [](void* wire, std::uint32_t events) { static_cast<Wire*>(wire)->on_events(events); },
          [](void* wire, std::uint32_t events, SocketBatch& batch) {
            static_cast<Wire*>(wire)->prepare(events, batch);
          }),
      read_(*this, true),
      write_(*this, false) {
  open_ = worker_.loop().watch(watched_, socket_.number(), EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
}

Wire::~Wire() {
  send_waiting();
  if (open_) worker_.loop().forget(watched_, socket_.number());
}

void Wire::set_tls(std::unique_ptr<TlsStream> tls) { tls_ = std::move(tls); }

void Wire::note_tls_reading() { may_have_data_ = may_receive_ || tls_->has_more(); }

IoOutcome Wire::handshake() {
  if (!open_) return IoOutcome::failed;
  const IoOutcome outcome = tls_->handshake();
  note_tls_reading();
  return outcome;
}

/// Only for who waits to read: what nobody reads stays with the system, which tells the peer to wait.
void Wire::prepare(std::uint32_t events, SocketBatch& batch) {
  if ((events & EPOLLIN) != 0 && open_ && read_.function != nullptr && !receives_much_)
    batch.receive(*this, socket_.number());
}

IoResult Wire::receive(char* to, std::size_t most) {
  if (has_receipt()) return take_receipt(to, most);
  for (;;) {
    const ssize_t received = direct::recv(socket_.number(), to, most, 0);
    if (received > 0) {
      may_receive_ = static_cast<std::size_t>(received) == most || peer_has_ended_;
      receives_much_ = static_cast<std::size_t>(received) > SocketBatch::most_bytes;
      return {IoOutcome::done, static_cast<std::size_t>(received)};
    }
    if (received < 0 && errno == EINTR) continue;
    may_receive_ = false;
    if (received == 0) return {IoOutcome::ended};
    return {outcome_of(errno)};
  }
}

IoResult Wire::take_receipt(char* to, std::size_t most) {
  const bool is_full = is_receipt_full();
  const ssize_t taken = take(to, most);
  may_receive_ = taken > 0 && (is_full || has_receipt() || peer_has_ended_);
  if (is_full) receives_much_ = true;
  if (taken > 0) return {IoOutcome::done, static_cast<std::size_t>(taken)};
  if (taken == 0) return {IoOutcome::ended};
  return {outcome_of(static_cast<int>(-taken))};
}

IoResult Wire::read(char* to, std::size_t most) {
  if (!open_) return {IoOutcome::failed};
  if (tls_ != nullptr) {
    const IoResult result = tls_->read(to, most);
    note_tls_reading();
    return result;
  }
  const IoResult result = receive(to, most);
  may_have_data_ = may_receive_;
  return result;
}

IoResult Wire::transmit(const iovec* pieces, std::size_t count) {
  const bool must_look = leaving_ == Leaving::with_turn_once;
  if (must_look) leaving_ = Leaving::with_turn;
  if (unsent_ == nullptr && !has_failed_) {
    SocketBatch* const batch = worker_.loop().batch();
    if (batch != nullptr && leaving_ != Leaving::at_once) {
      const auto look = must_look ? SocketBatch::Look::yes : SocketBatch::Look::no;
      const std::size_t taken = batch->send(*this, socket_.number(), pieces, count, look);
      left_bytes_ += taken;
      if (taken != 0) return {IoOutcome::done, taken};
    }
    send_waiting();
  }
  if (has_failed_ || (must_look && peer_has_gone())) return {IoOutcome::failed};
  if (unsent_ != nullptr) return {IoOutcome::blocked};
  return transmit_now(pieces, count);
}

/// Before the socket is used past the batch, or closed. Only a turn that has a batch leaves messages in it.
void Wire::send_waiting() {
  if (has_messages()) worker_.loop().batch()->run();
}

IoResult Wire::transmit_now(const iovec* pieces, std::size_t count) {
  for (;;) {
    const ssize_t sent = send_pieces(socket_.number(), pieces, count);
    if (sent >= 0) {
      left_bytes_ += static_cast<std::size_t>(sent);
      return {IoOutcome::done, static_cast<std::size_t>(sent)};
    }
    if (errno == EINTR) continue;
    return {outcome_of(errno)};
  }
}

/// Of what the batch took for this connection, the socket has not taken the rest.
void Wire::on_refused(std::string_view rest, int error) {
  left_bytes_ -= rest.size();
  if (direct::is_passing(error)) {
    unsent_ = std::make_unique<std::string>(rest);
    return;
  }
  has_failed_ = true;
  ::shutdown(socket_.number(), SHUT_RDWR);  // so that the loop reports it to whoever waits
}

/// False as long as the socket has not taken all of it.
bool Wire::send_unsent() {
  const iovec piece{unsent_->data(), unsent_->size()};
  const IoResult result = transmit_now(&piece, 1);
  if (result.outcome == IoOutcome::done) unsent_->erase(0, result.bytes);
  if (!unsent_->empty() && result.outcome != IoOutcome::failed) return false;
  has_failed_ = result.outcome == IoOutcome::failed;
  unsent_.reset();
  if (ends_after_unsent_) ::shutdown(socket_.number(), SHUT_WR);
  return true;
}

IoResult Wire::write(Gather& pieces) {
  if (!open_) return {IoOutcome::failed};
  if (tls_ != nullptr) return tls_->write(pieces);
  const IoResult result = transmit(pieces.data(), pieces.count());
  if (result.outcome == IoOutcome::done) pieces.advance(result.bytes);
  return result;
}

bool Wire::has_unread() const {
  if (tls_ == nullptr) return may_have_data_;
  return peer_has_ended_ || tls_->peek() != IoOutcome::blocked;
}

bool Wire::peer_has_gone() {
  if (!open_) return true;
  const ssize_t received = look();
  if (received > 0 && tls_ != nullptr) {
    // A ticket, or the end: which it is shows when it has been decrypted.
    may_receive_ = true;
    const IoOutcome next = tls_->peek();
    note_tls_reading();
    return next != IoOutcome::blocked;
  }
  return direct::shows_end(received);
}

/// What a receive would return, or -errno; nothing is taken.
ssize_t Wire::look() const { return has_receipt() ? peek() : direct::look(socket_.number()); }

void Wire::start(Slot& slot, Function function, void* argument, std::chrono::milliseconds timeout) {
  slot.function = function;
  slot.argument = argument;
  if (timeout.count() > 0) {
    worker_.add_deadline(slot, worker_.turn_time() + timeout);
  } else {
    worker_.remove_deadline(slot);
  }
  // What has been reported is not going to be again.
  const bool is_known = !open_ || (slot.reads && may_have_data_);
  if (is_known) {
    worker_.post([self = WireRef(this), &slot] { self->wake(slot, self->open_ ? Wake::ready : Wake::closed); });
  }
}

void Wire::on_events(std::uint32_t events) {
  const WireRef alive(this);  // who is woken may drop the connection
  constexpr std::uint32_t ends = EPOLLRDHUP | EPOLLHUP | EPOLLERR;
  if (tls_ != nullptr && tls_->is_crossed()) events |= EPOLLIN | EPOLLOUT;
  if ((events & ends) != 0) {
    peer_has_ended_ = true;
    if ((events & EPOLLERR) != 0 && reset_watch_ != nullptr && read_.function == nullptr)
      reset_watch_->on_reset(*reset_watch_);
  }
  if ((events & (EPOLLIN | ends)) != 0) {
    may_have_data_ = may_receive_ = true;
    wake(read_, Wake::ready);
  }
  if ((events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0 && (unsent_ == nullptr || send_unsent()))
    wake(write_, Wake::ready);
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

void Wire::watch_write(Function function, void* owner, std::chrono::milliseconds timeout) {
  start(write_, function, owner, timeout);
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
  send_waiting();
  ends_after_unsent_ = unsent_ != nullptr;
  if (!ends_after_unsent_) ::shutdown(socket_.number(), SHUT_WR);  // a peer that has gone already needs no telling
}

void Wire::close() {
  if (!open_) return;
  send_waiting();
  open_ = false;
  const WireRef alive(this);
  worker_.loop().forget(watched_, socket_.number());
  socket_.close();
  wake(read_, Wake::closed);
  wake(write_, Wake::closed);
}

void Wire::reset() {
  reset_on_close();
  close();
}

void Wire::reset_on_close() {
  if (!open_) return;
  const linger at_once{1, 0};
  ::setsockopt(socket_.number(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
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
