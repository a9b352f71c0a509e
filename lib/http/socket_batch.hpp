// SPDX-License-Identifier: Apache-2.0
// The sends and receives of many sockets in one system call (io_uring). When a turn of the loop has many events, what
// has arrived on their sockets is received for a group of them at once, and what they send is collected and leaves
// together, with the receives of the next group or at the end of the turn. To enter the kernel once is cheaper than
// once for each socket, and the code of the kernel and ours each stay warm.
//
// Nothing waits in the kernel and nothing is held beyond the turn: each operation is the one that a call on a
// non-blocking socket would be, and what a socket does not take at once is given back.
//
// Where the system has no io_uring, or forbids it, nothing is taken and everybody calls for themselves.
#pragma once

#include <sys/types.h>
#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace sluice::http {

std::size_t bytes_of(const iovec* pieces, std::size_t count);

class SocketBatch {
  struct Message;
  struct Receipt;

 public:
  static constexpr int many_events = 2;  ///< Turns with fewer do not gain by it.
  static constexpr unsigned most_sockets = 16;
  static constexpr std::size_t most_bytes = 4096;  ///< One way: copying them costs less than a system call.

  /// Who has a socket. Its part of the batch ends with it; its messages must have been sent by then.
  class Member {
   public:
    Member() = default;
    Member(const Member&) = delete;
    Member& operator=(const Member&) = delete;
    virtual ~Member() { drop_receipt(); }
    /// It has messages in the batch: `run` before the socket is used by other means, or closed.
    bool has_messages() const { return message_ != nullptr; }
    /// Something has been received for it, or the end, or an error.
    bool has_receipt() const { return receipt_ != nullptr; }
    /// As `recv` does, of what has been received; an error is -errno. Only with a receipt.
    ssize_t take(char* to, std::size_t most);
    /// The same with MSG_PEEK and no memory.
    ssize_t peek() const;
    /// The receipt has filled all there was room for: there may be more.
    bool is_receipt_full() const;

   private:
    friend class SocketBatch;
    void drop_receipt();
    /// The socket has not taken `rest` of its messages: `error` is why (an errno; EAGAIN: it is full). `rest` is valid
    /// during the call, which must not use the batch.
    virtual void on_refused(std::string_view rest, int error) = 0;

    Message* message_ = nullptr;
    Receipt* receipt_ = nullptr;
  };

  SocketBatch();
  ~SocketBatch();
  SocketBatch(const SocketBatch&) = delete;
  SocketBatch& operator=(const SocketBatch&) = delete;

  /// Gets the ring, on the thread that will use it. False: there is none.
  bool start();
  bool is_on() const { return ring_ != nullptr; }
  /// Whether it is looked, just before a message leaves, if its peer has gone; then all of it is refused, with EPIPE.
  enum class Look : std::uint8_t { no, yes };
  /// Takes a copy of the pieces, behind what it holds of this member. How many bytes: all, or 0 when there is no room.
  std::size_t send(Member& member, int socket, const iovec* pieces, std::size_t count, Look look = Look::no);
  /// Receives with the next `run`. At most `most_sockets` before that, each once.
  void receive(Member& member, int socket);
  /// Sends and receives all that has been asked for.
  void run();
  /// Receipts that have not been taken stay with their members; there is room for others.
  void end_receipts();

 private:
  struct Ring;
  bool look_first(unsigned messages);
  bool submit(unsigned messages);
  void send_without_ring(unsigned messages);
  /// Has the system do what has been prepared, and gives `done` each answer. False: it has not taken all.
  template <typename Done>
  bool enter(unsigned operations, Done done);
  void send_directly(Message& message);
  static void finish(Message& message, int result);
  static void received(Receipt& receipt, int result);

  std::unique_ptr<Ring> ring_;
  std::unique_ptr<Message[]> messages_;  ///< `most_sockets` of them.
  std::unique_ptr<Receipt[]> receipts_;  ///< As many.
  unsigned message_count_ = 0;
  unsigned look_count_ = 0;  ///< Of the messages: those that want a look first.
  unsigned receipt_count_ = 0;
  unsigned received_count_ = 0;  ///< Of the receipts: those that `run` has filled.
};

}  // namespace sluice::http
