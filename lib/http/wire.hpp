// SPDX-License-Identifier: Apache-2.0
// Wire: a non-blocking connection, plain or TLS. Reads and writes are direct calls; only waiting goes through the
// event loop. One waiter for each direction: a coroutine or a function.
#pragma once

#include "http/worker.hpp"

#include <boost/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

#include <sys/uio.h>

#include <array>
#include <chrono>
#include <coroutine>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace sluice::http {

/// Why a wait has ended.
enum class Wake : std::uint8_t { ready, timeout, cancelled, closed };

/// How a read or write ended.
enum class IoOutcome : std::uint8_t {
  done,     ///< Some bytes moved.
  blocked,  ///< Nothing now; wait.
  ended,    ///< The peer has closed its side (reads only).
  failed,   ///< The connection is dead.
};
struct IoResult {
  IoOutcome outcome;
  std::size_t bytes = 0;
};

/// Pieces of memory that go out as one message.
class Gather {
 public:
  static constexpr std::size_t most_pieces = 4;
  void add(std::string_view piece) {
    if (!piece.empty()) pieces_[count_++] = {const_cast<char*>(piece.data()), piece.size()};
  }
  bool empty() const { return first_ == count_; }
  const iovec* data() const { return pieces_.data() + first_; }
  std::size_t count() const { return count_ - first_; }
  std::size_t bytes() const;
  void append_to(std::string& text) const;
  /// Takes away what has been written.
  void advance(std::size_t bytes);

 private:
  std::array<iovec, most_pieces> pieces_{};
  std::size_t first_ = 0;
  std::size_t count_ = 0;
};

class TlsStream;

class Wire final : public boost::intrusive_ref_counter<Wire, boost::thread_unsafe_counter>, SocketBatch::Member {
 public:
  using Function = void (*)(void* owner, Wake why);

  Wire(Worker& worker, Descriptor socket);
  ~Wire();

  Worker& worker() { return worker_; }
  int descriptor() const { return socket_.number(); }
  bool is_open() const { return open_; }
  void set_tls(std::unique_ptr<TlsStream> tls);
  TlsStream* tls() { return tls_.get(); }

  /// Goes on with the handshake of TLS.
  IoOutcome handshake();
  IoResult read(char* to, std::size_t most);
  /// Writes what the kernel takes at once and advances `pieces` by it.
  IoResult write(Gather& pieces);
  /// False when it is known that a read would block.
  bool may_have_data() const { return may_have_data_; }
  /// Whether something is known to be there that has not been read: bytes, or the peer's end.
  bool has_unread() const;
  /// The peer has sent its end, or the connection has an error, looked at without taking bytes.
  bool peer_has_gone();

  /// What the socket itself has and takes, below TLS.
  IoResult receive(char* to, std::size_t most);
  /// What it takes may leave at the end of the turn, with the messages of others (SocketBatch).
  IoResult transmit(const iovec* pieces, std::size_t count);
  /// When what `transmit` takes leaves.
  enum class Leaving : std::uint8_t {
    at_once,         ///< A write fails when the connection has.
    with_turn,       ///< It may wait for the end of the turn. So it is at first.
    with_turn_once,  ///< The same, and the next message only to a peer that has not gone: it must not be lost.
  };
  void let_leave(Leaving when) {
    leaving_ = when;
    left_bytes_ = 0;
  }
  /// What waits for the end of the turn leaves now.
  void send_waiting();
  /// Bytes that have been taken since `let_leave`, but for those that the connection would not have after all.
  std::uint64_t left_bytes() const { return left_bytes_; }
  /// False when it is known that `receive` would block.
  bool may_receive() const { return may_receive_; }

  /// Awaitable waits. `timeout` 0: for ever.
  class Waiting;
  Waiting readable(std::chrono::milliseconds timeout);
  Waiting writable(std::chrono::milliseconds timeout);

  /// Calls `function(owner, why)` once, when there is something to read or a limit has passed.
  void watch(Function function, void* owner, std::chrono::milliseconds timeout);
  void stop_watching();
  /// The same, when there is room to write again.
  void watch_write(Function function, void* owner, std::chrono::milliseconds timeout);
  /// Hears of it when the peer resets the connection while nobody waits to read, as under back-pressure.
  struct ResetWatch {
    void (*on_reset)(ResetWatch& watch);
  };
  /// Until the next call; null: nobody.
  void watch_reset(ResetWatch* watch) { reset_watch_ = watch; }

  /// Ends pending waits with `why`; the connection stays open.
  void interrupt(Wake why);
  void interrupt_read(Wake why) { wake(read_, why); }
  void interrupt_write(Wake why) { wake(write_, why); }
  /// Says that nothing more will be sent.
  void shutdown_send();
  /// Closes; pending waits end with Wake::closed.
  void close();
  /// Closes so that the peer sees a reset.
  void reset();
  /// Lets the closing that follows be a reset.
  void reset_on_close();

 private:
  struct Slot : DeadlineWheel::Entry {
    Slot(Wire& owner, bool for_read);
    Wire& wire;
    Function function = nullptr;
    void* argument = nullptr;
    const bool reads;
    Wake result = Wake::ready;
  };
  void start(Slot& slot, Function function, void* argument, std::chrono::milliseconds timeout);
  void on_events(std::uint32_t events);
  IoResult take_receipt(char* to, std::size_t most);
  ssize_t look() const;
  IoResult transmit_now(const iovec* pieces, std::size_t count);
  void on_refused(std::string_view rest, int error) override;
  void prepare(std::uint32_t events, SocketBatch& batch);
  bool send_unsent();
  void note_tls_reading();
  void wake(Slot& slot, Wake why);

  Worker& worker_;
  Descriptor socket_;
  EventLoop::Watched watched_;
  std::unique_ptr<TlsStream> tls_;
  std::unique_ptr<std::string> unsent_;  ///< Taken, but not yet by the socket; null: nothing.
  ResetWatch* reset_watch_ = nullptr;
  std::uint64_t left_bytes_ = 0;
  Slot read_;
  Slot write_;
  bool open_ = true;
  bool may_have_data_ = false;
  bool may_receive_ = false;  ///< The same of the socket; over TLS bytes may have been received and not given yet.
  Leaving leaving_ = Leaving::with_turn;
  bool has_failed_ = false;  ///< A message that had been taken could not be sent.
  bool ends_after_unsent_ = false;
  bool receives_much_ = false;   ///< More than has room in a batch.
  bool peer_has_ended_ = false;  ///< Reported: a read beyond the bytes shows it.
};

using WireRef = boost::intrusive_ptr<Wire>;

class Wire::Waiting {
 public:
  Waiting(Wire& wire, Slot& slot, std::chrono::milliseconds timeout) : wire_(wire), slot_(slot), timeout_(timeout) {}
  bool await_ready() const { return !wire_.open_ || (slot_.reads && wire_.may_have_data_); }
  void await_suspend(std::coroutine_handle<> waiting) {
    waited_ = true;
    wire_.start(
        slot_, [](void* frame, Wake) { std::coroutine_handle<>::from_address(frame).resume(); }, waiting.address(),
        timeout_);
  }
  Wake await_resume() const {
    if (waited_) return slot_.result;
    return wire_.open_ ? Wake::ready : Wake::closed;
  }

 private:
  Wire& wire_;
  Slot& slot_;
  std::chrono::milliseconds timeout_;
  bool waited_ = false;
};

inline Wire::Waiting Wire::readable(std::chrono::milliseconds timeout) { return Waiting(*this, read_, timeout); }
inline Wire::Waiting Wire::writable(std::chrono::milliseconds timeout) { return Waiting(*this, write_, timeout); }

/// Writes the rest of `pieces`, waiting as long as the peer makes progress. The memory must stay until it ends.
Task<Wake> write_rest(Wire& wire, Gather pieces, std::chrono::milliseconds timeout);

}  // namespace sluice::http
