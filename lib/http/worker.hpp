// SPDX-License-Identifier: Apache-2.0
// One worker: a thread with its event loop, its deadlines, and the memory that its connections borrow for as long as
// they hold received bytes. Nothing of a worker is touched by another thread except through `post`.
#pragma once

#include "http/deadline_wheel.hpp"
#include "http/event_loop.hpp"

#include <sluice/clock.hpp>
#include <sluice/http/runtime.hpp>
#include <sluice/message.hpp>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/thread_pool.hpp>

#include <coroutine>
#include <cstring>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace sluice::http {

using Endpoint = boost::asio::ip::tcp::endpoint;

class Worker;

/// A piece of a worker's memory, on loan. Given back when destroyed, on the same worker.
class Block {
 public:
  static constexpr std::size_t size = 66 * 1024;  ///< A body of 64 KiB and its head arrive in one read.

  Block() = default;
  Block(Worker& worker, std::unique_ptr<char[]> memory) : worker_(&worker), memory_(std::move(memory)) {}
  Block(Block&&) noexcept = default;
  Block& operator=(Block&& other) noexcept {
    std::swap(worker_, other.worker_);
    std::swap(memory_, other.memory_);
    return *this;
  }
  ~Block() { release(); }
  explicit operator bool() const { return memory_ != nullptr; }
  char* data() const { return memory_.get(); }
  /// Where these bytes are in the block: they stay where they are, or come from elsewhere to its beginning. At most
  /// `size`; what follows a head came with the last read, so it fits.
  char* keep(std::string_view bytes) const {
    char* const begin = data();
    const bool is_inside = bytes.data() >= begin && bytes.data() + bytes.size() <= begin + size;
    if (is_inside) return begin + (bytes.data() - begin);
    std::memcpy(begin, bytes.data(), bytes.size());
    return begin;
  }
  void release() {
    if (memory_ != nullptr) give_back();
  }

 private:
  void give_back();

  Worker* worker_ = nullptr;
  std::unique_ptr<char[]> memory_;
};

class Worker {
 public:
  explicit Worker(const void* owner);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Starts the thread.
  void start(EventLoop::Ways ways);
  /// Lets a loop of the host's run the worker, instead of a thread.
  void attach(HostLoop& host);
  /// Ends the loop and joins the thread, or leaves the host's loop. Not from the worker itself.
  void stop();
  /// The host's loop that runs it; null: a thread of its own.
  HostLoop* host() const { return host_; }
  /// Runs `action` as this worker and returns when it has run: at once on a host's loop, by its thread otherwise. Not
  /// from other workers.
  template <class Function>
  void run_and_wait(Function action);
  /// On a host's loop: runs what has been posted, and what that posts, a bounded number of turns.
  void run_posted();

  /// The worker whose thread this is, or null.
  static Worker* current();
  bool is_current() const { return current() == this; }
  /// The runtime it belongs to.
  const void* owner() const { return owner_; }

  EventLoop& loop() { return loop_; }
  void post(Action action) { loop_.post(std::move(action)); }
  /// Threads for calls of the system that may block: looking up names. Made when first asked for.
  boost::asio::thread_pool& blocking_threads();

  /// Awaited: go on on this worker's thread. Free when there already.
  struct Hop {
    Worker& worker;
    bool await_ready() const { return worker.is_current(); }
    void await_suspend(std::coroutine_handle<> waiting) const {
      worker.post([waiting] { waiting.resume(); });
    }
    void await_resume() const {}
  };
  Hop here() { return Hop{*this}; }
  /// Awaited: go on when what runs now has returned to the loop.
  struct Turn : Hop {
    bool await_ready() const { return false; }
  };
  Turn next_turn() { return Turn{{*this}}; }

  static SteadyTime coarse_now() { return coarse_time(); }
  /// The same, read once for a turn of the loop: for deadlines on the way of every request.
  SteadyTime turn_time() { return loop_.turn_time(); }
  SteadyTime steady_now() { return clock_.steady_now(); }
  void add_deadline(DeadlineWheel::Entry& entry, SteadyTime deadline);
  void remove_deadline(DeadlineWheel::Entry& entry) { wheel_.remove(entry); }

  Block take_block();
  /// A request with an arena that has been used before.
  std::unique_ptr<Request> take_request();
  void give_back(std::unique_ptr<Request> request);
  /// An empty text with room, to write a head into that leaves before anything else runs on this worker.
  std::string& head_text() {
    head_text_.clear();
    return head_text_;
  }
  /// Value of a Date field for now.
  std::string_view http_date();

 private:
  friend class Block;
  /// While it lives, the calling thread is this worker's.
  class Visit;
  void run(EventLoop::Ways ways);
  void run_ready();
  void visit(Action action);
  void set_ticking(bool on);
  void on_tick();

  const void* owner_;
  bool ticking_ = false;
  DeadlineWheel wheel_;
  SystemClock clock_;
  std::vector<std::unique_ptr<char[]>> blocks_;
  std::vector<std::unique_ptr<Request>> requests_;
  std::string head_text_;
  std::string date_;
  SteadyTime date_time_{};
  std::int64_t date_second_ = -1;
  // The loop goes first: what it still holds borrows from everything above.
  EventLoop loop_;
  Descriptor timer_;
  EventLoop::Watched ticks_;
  std::optional<boost::asio::thread_pool> blocking_threads_;
  std::thread thread_;
  HostLoop* host_ = nullptr;
  bool is_running_ready_ = false;
};

template <class Function>
void Worker::run_and_wait(Function action) {
  if (host_ != nullptr) return visit([&] { action(); });
  std::promise<void> done;
  post([&] {
    action();
    done.set_value();
  });
  done.get_future().wait();
}

}  // namespace sluice::http
