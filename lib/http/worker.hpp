// SPDX-License-Identifier: Apache-2.0
// One worker: a thread with its event loop, its deadlines, and the memory that its connections borrow for as long as
// they hold received bytes. Nothing of a worker is touched by another thread except through `post`.
#pragma once

#include "http/deadline_wheel.hpp"

#include <sluice/clock.hpp>
#include <sluice/message.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <coroutine>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace sluice::http {

using Executor = boost::asio::io_context::executor_type;
using Socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, Executor>;
using Endpoint = boost::asio::ip::tcp::endpoint;

class Worker;

/// 64 KiB of a worker's memory, on loan. Given back when destroyed, on the same worker.
class Block {
 public:
  static constexpr std::size_t size = 64 * 1024;

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
  void release();

 private:
  Worker* worker_ = nullptr;
  std::unique_ptr<char[]> memory_;
};

/// A string of a worker's, on loan: heads are written into it without allocating.
class TextBuffer {
 public:
  explicit TextBuffer(Worker& worker);
  ~TextBuffer();
  TextBuffer(const TextBuffer&) = delete;
  TextBuffer& operator=(const TextBuffer&) = delete;
  std::string& operator*() { return text_; }
  std::string* operator->() { return &text_; }

 private:
  Worker& worker_;
  std::string text_;
};

class Worker {
 public:
  explicit Worker(const void* owner);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Starts the thread.
  void start();
  /// Ends the loop and joins the thread. Not from the worker itself.
  void stop();

  /// The worker whose thread this is, or null.
  static Worker* current();
  bool is_current() const { return current() == this; }
  /// The runtime it belongs to.
  const void* owner() const { return owner_; }

  boost::asio::io_context& io() { return io_; }
  template <class Action>
  void post(Action action) {
    boost::asio::post(io_, std::move(action));
  }

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

  /// Time to a few milliseconds, cheap to ask.
  SteadyTime coarse_now() const;
  void add_deadline(DeadlineWheel::Entry& entry, SteadyTime deadline);
  void remove_deadline(DeadlineWheel::Entry& entry) { wheel_.remove(entry); }

  Block take_block();
  /// A request with an arena that has been used before.
  std::unique_ptr<Request> take_request();
  void give_back(std::unique_ptr<Request> request);
  /// Value of a Date field for now.
  std::string_view http_date();

 private:
  friend class Block;
  friend class TextBuffer;
  void run();
  void arm_tick();

  const void* owner_;
  bool ticking_ = false;
  DeadlineWheel wheel_;
  SystemClock clock_;
  std::vector<std::unique_ptr<char[]>> blocks_;
  std::vector<std::unique_ptr<Request>> requests_;
  std::vector<std::string> texts_;
  std::string date_;
  std::int64_t date_second_ = -1;
  // The loop goes first: what it still holds borrows from everything above.
  boost::asio::io_context io_;
  boost::asio::executor_work_guard<Executor> work_;
  boost::asio::basic_waitable_timer<std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>,
                                    Executor>
      tick_;
  std::thread thread_;
};

}  // namespace sluice::http
