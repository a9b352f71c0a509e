// SPDX-License-Identifier: Apache-2.0
#include "http/socket_batch.hpp"

#include "http/system_calls.hpp"

#include <liburing.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <utility>

namespace sluice::http {
namespace {

/// Each ends at once, as on a non-blocking socket.
constexpr int send_flags = MSG_NOSIGNAL | MSG_DONTWAIT;
constexpr int receive_flags = MSG_DONTWAIT;

}  // namespace

std::size_t bytes_of(const iovec* pieces, std::size_t count) {
  std::size_t sum = 0;
  for (std::size_t i = 0; i < count; ++i) sum += pieces[i].iov_len;
  return sum;
}

struct SocketBatch::Message {
  bool is_over() const { return member == nullptr; }
  Member* member;  ///< Null: it has left, or been refused.
  int socket;
  std::size_t size;
  Look look;
  char bytes[most_bytes];
};

struct SocketBatch::Receipt {
  Member* member;
  int socket;
  int result;  ///< Bytes not yet taken; 0: the end; below: -errno.
  bool is_full;
  bool is_of_member;  ///< No part of the batch any more.
  std::uint32_t at;
  char bytes[most_bytes];
};

struct SocketBatch::Ring {
  io_uring ring{};
  ~Ring() { io_uring_queue_exit(&ring); }
};

ssize_t SocketBatch::Member::peek() const { return receipt_->result; }
bool SocketBatch::Member::is_receipt_full() const { return receipt_->is_full; }

ssize_t SocketBatch::Member::take(char* to, std::size_t most) {
  Receipt& receipt = *receipt_;
  const ssize_t result = std::min(ssize_t{receipt.result}, static_cast<ssize_t>(most));
  if (result > 0) {
    std::memcpy(to, receipt.bytes + receipt.at, static_cast<std::size_t>(result));
    receipt.at += static_cast<std::uint32_t>(result);
    receipt.result -= static_cast<int>(result);
    if (receipt.result > 0) return result;
  }
  drop_receipt();
  return result;
}

void SocketBatch::Member::drop_receipt() {
  if (receipt_ == nullptr) return;
  Receipt* const receipt = std::exchange(receipt_, nullptr);
  receipt->member = nullptr;
  if (receipt->is_of_member) delete receipt;
}

SocketBatch::SocketBatch() = default;
SocketBatch::~SocketBatch() = default;

bool SocketBatch::start() {
  io_uring_params parameters{};
  // One thread alone uses it, and what there is to do is done when that asks.
  parameters.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_SUBMIT_ALL;
  io_uring made{};
  if (io_uring_queue_init_params(2 * most_sockets, &made, &parameters) != 0) return false;
  ring_ = std::make_unique<Ring>();
  ring_->ring = made;
  messages_ = std::make_unique<Message[]>(most_sockets);
  receipts_ = std::make_unique<Receipt[]>(most_sockets);
  return true;
}

std::size_t SocketBatch::send(Member& member, int socket, const iovec* pieces, std::size_t count, Look look) {
  const std::size_t size = bytes_of(pieces, count);
  const std::size_t before = member.has_messages() ? member.message_->size : 0;
  if (!is_on() || before + size > most_bytes) return 0;
  if (!member.has_messages()) {
    if (message_count_ == most_sockets) run();
    Message& fresh = messages_[message_count_++];
    fresh.member = &member;
    fresh.socket = socket;
    fresh.size = 0;
    fresh.look = look;
    if (look == Look::yes) ++look_count_;
    member.message_ = &fresh;
  }
  Message& message = *member.message_;
  for (std::size_t i = 0; i < count; ++i) {
    std::memcpy(message.bytes + message.size, pieces[i].iov_base, pieces[i].iov_len);
    message.size += pieces[i].iov_len;
  }
  return size;
}

void SocketBatch::receive(Member& member, int socket) {
  if (!is_on() || receipt_count_ == most_sockets || member.has_receipt()) return;
  Receipt& receipt = receipts_[receipt_count_++];
  receipt.member = &member;
  receipt.socket = socket;
  receipt.is_of_member = false;
}

void SocketBatch::run() {
  const unsigned operations = message_count_ + receipt_count_ - received_count_;
  if (operations == 1 && message_count_ == 1) {
    message_count_ = look_count_ = 0;
    send_directly(messages_[0]);
  } else if (operations == 1) {
    --receipt_count_;  // alone it is better received by whoever wants it
  } else if (operations != 0) {
    const unsigned messages = std::exchange(message_count_, 0);
    const bool looks = std::exchange(look_count_, 0) != 0;
    if (looks && !look_first(messages)) return send_without_ring(messages);
    if (!submit(messages)) send_without_ring(messages);
  }
}

/// Every operation ends within the call that submits it, so that there is an answer to each when it returns.
template <typename Done>
bool SocketBatch::enter(unsigned operations, Done done) {
  io_uring& ring = ring_->ring;
  const int taken = std::max(0, io_uring_submit_and_wait(&ring, operations));
  for (int i = 0; i < taken; ++i) {
    io_uring_cqe* answer = nullptr;
    if (io_uring_wait_cqe(&ring, &answer) != 0) break;
    done(io_uring_cqe_get_data64(answer), answer->res);
    io_uring_cqe_seen(&ring, answer);
  }
  return static_cast<unsigned>(taken) == operations;
}

/// Refuses the messages whose peers have gone.
bool SocketBatch::look_first(unsigned messages) {
  io_uring& ring = ring_->ring;
  unsigned looks = 0;
  char byte;
  for (unsigned i = 0; i < messages; ++i) {
    if (messages_[i].look == Look::no) continue;
    io_uring_sqe* const entry = io_uring_get_sqe(&ring);
    io_uring_prep_recv(entry, messages_[i].socket, &byte, 1, direct::look_flags);
    io_uring_sqe_set_data64(entry, i);
    ++looks;
  }
  return enter(looks, [this](std::uint64_t which, int result) {
    Message& message = messages_[which];
    message.look = Look::no;
    if (direct::shows_end(result)) finish(message, -EPIPE);
  });
}

bool SocketBatch::submit(unsigned messages) {
  io_uring& ring = ring_->ring;
  unsigned sends = 0;
  for (unsigned i = 0; i < messages; ++i) {
    if (messages_[i].is_over()) continue;
    direct::tell_sending(messages_[i].socket);
    io_uring_sqe* const entry = io_uring_get_sqe(&ring);  // there is room for all that can be asked for
    io_uring_prep_send(entry, messages_[i].socket, messages_[i].bytes, messages_[i].size, send_flags);
    io_uring_sqe_set_data64(entry, i);
    ++sends;
  }
  const unsigned first = std::exchange(received_count_, receipt_count_);
  for (unsigned i = first; i < receipt_count_; ++i) {
    io_uring_sqe* const entry = io_uring_get_sqe(&ring);
    io_uring_prep_recv(entry, receipts_[i].socket, receipts_[i].bytes, most_bytes, receive_flags);
    io_uring_sqe_set_data64(entry, most_sockets + i);
  }
  return enter(sends + receipt_count_ - first, [this](std::uint64_t which, int result) {
    if (which < most_sockets) {
      finish(messages_[which], result);
    } else {
      received(receipts_[which - most_sockets], result);
    }
  });
}

/// A ring that has not taken all is not used again.
void SocketBatch::send_without_ring(unsigned messages) {
  ring_.reset();
  for (unsigned i = 0; i < messages; ++i) {
    if (!messages_[i].is_over()) send_directly(messages_[i]);
  }
}

void SocketBatch::received(Receipt& receipt, int result) {
  direct::tell_received(receipt.socket);
  receipt.result = result;
  receipt.is_full = result == static_cast<int>(most_bytes);
  receipt.at = 0;
  receipt.member->receipt_ = &receipt;
}

void SocketBatch::end_receipts() {
  for (unsigned i = 0; i < receipt_count_; ++i) {
    Receipt& receipt = receipts_[i];
    if (receipt.member == nullptr || receipt.member->receipt_ != &receipt) continue;
    receipt.member->receipt_ = new Receipt(receipt);
    receipt.member->receipt_->is_of_member = true;
  }
  receipt_count_ = received_count_ = 0;
}

void SocketBatch::send_directly(Message& message) {
  if (message.look == Look::yes && direct::shows_end(direct::look(message.socket))) return finish(message, -EPIPE);
  const ssize_t sent = direct::send(message.socket, message.bytes, message.size, send_flags);
  finish(message, sent >= 0 ? static_cast<int>(sent) : -errno);
}

void SocketBatch::finish(Message& message, int result) {
  Member& member = *std::exchange(message.member, nullptr);
  member.message_ = nullptr;
  const std::size_t sent = result > 0 ? static_cast<std::size_t>(result) : 0;
  if (sent == message.size) return;
  member.on_refused({message.bytes + sent, message.size - sent}, result < 0 ? -result : EAGAIN);
}

}  // namespace sluice::http
