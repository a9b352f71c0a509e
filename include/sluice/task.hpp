// SPDX-License-Identifier: Apache-2.0
// Task: the coroutine type of every call that may wait.
//
// A task starts at once and usually finishes before the call returns; awaiting it then costs one load. It names no
// event loop: whoever completes the innermost wait (a transport, a clock) resumes the chain on its own thread.
// Work is structured: a task that has started is awaited to its end. To give up early, request its `Cancellation`
// and await it; a task must not be destroyed while it waits.
#pragma once

#include <atomic>
#include <cassert>
#include <condition_variable>
#include <coroutine>
#include <cstddef>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <type_traits>
#include <utility>

namespace sluice {

template <class T>
class Task;

namespace detail {

/// Memory for coroutine frames, recycled per thread: a steady state allocates nothing, and a stream that waits a
/// million times does not grow its request's arena.
void* allocate_frame(std::size_t bytes);
void release_frame(void* frame, std::size_t bytes) noexcept;

/// Marks "finished" in a place that otherwise holds the address of a waiting coroutine.
inline char finished_mark;

struct TaskPromiseBase {
  std::atomic<void*> waiter{nullptr};
  std::exception_ptr exception;

  static void* operator new(std::size_t bytes) { return allocate_frame(bytes); }
  static void operator delete(void* frame, std::size_t bytes) noexcept { release_frame(frame, bytes); }

  std::suspend_never initial_suspend() noexcept { return {}; }
  void unhandled_exception() noexcept { exception = std::current_exception(); }

  struct FinalAwaiter {
    bool await_ready() noexcept { return false; }
    template <class Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> self) noexcept {
      void* waiting = self.promise().waiter.exchange(&finished_mark, std::memory_order_acq_rel);
      return waiting != nullptr ? std::coroutine_handle<>::from_address(waiting) : std::noop_coroutine();
    }
    void await_resume() noexcept {}
  };
  FinalAwaiter final_suspend() noexcept { return {}; }
};

template <class T>
struct TaskPromise : TaskPromiseBase {
  std::optional<T> value;
  Task<T> get_return_object();
  template <class U>
  void return_value(U&& result) {
    value.emplace(std::forward<U>(result));
  }
  T take() {
    if (exception) std::rethrow_exception(exception);
    return std::move(*value);
  }
};

template <>
struct TaskPromise<void> : TaskPromiseBase {
  Task<void> get_return_object();
  void return_void() noexcept {}
  void take() {
    if (exception) std::rethrow_exception(exception);
  }
};

struct Nothing {};

}  // namespace detail

/// The result of a call that may wait. Awaited exactly once, or handed to `spawn` or `wait`.
template <class T>
class [[nodiscard]] Task {
 public:
  using promise_type = detail::TaskPromise<T>;
  using Stored = std::conditional_t<std::is_void_v<T>, detail::Nothing, T>;

  /// A task that is finished already: no coroutine, no allocation.
  template <class U = Stored>
  requires(!std::is_void_v<T> && std::is_constructible_v<T, U&&> && !std::is_same_v<std::decay_t<U>, Task>)
      Task(U&& value)
      : ready_(std::in_place, std::forward<U>(value)) {}  // NOLINT: implicit by design
  Task() requires(std::is_void_v<T>) : ready_(std::in_place) {}

  Task(Task&& other) noexcept : ready_(std::move(other.ready_)), coroutine_(std::exchange(other.coroutine_, nullptr)) {}
  Task& operator=(Task&&) = delete;
  ~Task() {
    if (coroutine_) {
      assert(is_ready() && "a task must not be destroyed while it waits");
      coroutine_.destroy();
    }
  }

  bool is_ready() const {
    return !coroutine_ || coroutine_.promise().waiter.load(std::memory_order_acquire) == &detail::finished_mark;
  }

  bool await_ready() const noexcept { return is_ready(); }
  bool await_suspend(std::coroutine_handle<> waiting) noexcept {
    void* nobody = nullptr;
    // False when the task finished on another thread in between: the awaiting coroutine goes on at once.
    return coroutine_.promise().waiter.compare_exchange_strong(nobody, waiting.address(), std::memory_order_acq_rel,
                                                               std::memory_order_acquire);
  }
  T await_resume() {
    if (coroutine_) return coroutine_.promise().take();
    if constexpr (!std::is_void_v<T>) return std::move(*ready_);
  }
  /// The value of a task that is ready.
  T take() {
    assert(is_ready());
    return await_resume();
  }

 private:
  friend promise_type;
  explicit Task(std::coroutine_handle<promise_type> coroutine) : coroutine_(coroutine) {}

  std::optional<Stored> ready_;
  std::coroutine_handle<promise_type> coroutine_;
};

template <class T>
Task<T> detail::TaskPromise<T>::get_return_object() {
  return Task<T>(std::coroutine_handle<TaskPromise>::from_promise(*this));
}
inline Task<void> detail::TaskPromise<void>::get_return_object() {
  return Task<void>(std::coroutine_handle<TaskPromise>::from_promise(*this));
}

/// A value that somebody else provides once: the end of every chain of tasks. One producer, one awaiting coroutine.
/// `complete` resumes the waiting coroutine on the calling thread; the completion may be gone when it returns.
template <class T>
class Completion {
 public:
  Completion() = default;
  Completion(const Completion&) = delete;
  Completion& operator=(const Completion&) = delete;

  void complete(T value) {
    value_.emplace(std::move(value));
    void* waiting = waiter_.exchange(&detail::finished_mark, std::memory_order_acq_rel);
    if (waiting != nullptr) std::coroutine_handle<>::from_address(waiting).resume();
  }
  bool await_ready() const noexcept { return waiter_.load(std::memory_order_acquire) == &detail::finished_mark; }
  bool await_suspend(std::coroutine_handle<> waiting) noexcept {
    void* nobody = nullptr;
    return waiter_.compare_exchange_strong(nobody, waiting.address(), std::memory_order_acq_rel,
                                           std::memory_order_acquire);
  }
  T await_resume() { return std::move(*value_); }

 private:
  std::atomic<void*> waiter_{nullptr};
  std::optional<T> value_;
};

namespace detail {
struct Detached {
  struct promise_type {
    static void* operator new(std::size_t bytes) { return allocate_frame(bytes); }
    static void operator delete(void* frame, std::size_t bytes) noexcept { release_frame(frame, bytes); }
    Detached get_return_object() noexcept { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() noexcept {}
    [[noreturn]] void unhandled_exception() noexcept { std::terminate(); }
  };
};
}  // namespace detail

/// Lets `task` run to its end by itself and calls `done(value)` then (`done()` for `Task<void>`).
template <class T, class Done>
void spawn(Task<T> task, Done done) {
  [](Task<T> running, Done finish) -> detail::Detached {
    if constexpr (std::is_void_v<T>) {
      co_await running;
      finish();
    } else {
      finish(co_await running);
    }
  }(std::move(task), std::move(done));
}

/// Blocks the calling thread until `task` is finished. Not for threads that the task needs to make progress.
template <class T>
T wait(Task<T> task) {
  if (task.is_ready()) return task.take();
  std::mutex mutex;
  std::condition_variable changed;
  bool finished = false;
  std::optional<typename Task<T>::Stored> value;
  auto finish = [&](auto&&... result) {
    // Notified under the lock: the waiting thread may destroy all of this as soon as it can take the lock.
    std::lock_guard lock(mutex);
    value.emplace(std::forward<decltype(result)>(result)...);
    finished = true;
    changed.notify_one();
  };
  spawn(std::move(task), finish);
  std::unique_lock lock(mutex);
  changed.wait(lock, [&] { return finished; });
  if constexpr (!std::is_void_v<T>) return std::move(*value);
}

/// A wish to give up, with those who must hear of it. Not thread-safe: request it on the thread that runs the work.
class Cancellation {
 public:
  Cancellation() = default;
  /// A cancellation that is requested when `parent` is.
  explicit Cancellation(Cancellation& parent);
  Cancellation(const Cancellation&) = delete;
  Cancellation& operator=(const Cancellation&) = delete;

  bool requested() const { return requested_; }

  /// Tells everyone who listens, once. What they do may end this object.
  void request() {
    if (requested_) return;
    requested_ = true;
    Listener* listeners = std::exchange(listeners_, nullptr);
    if (listeners != nullptr) listeners->link = &listeners;
    while (listeners != nullptr) {
      Listener* listener = listeners;
      listener->unlink();
      listener->notify(*listener);
    }
  }

  /// Makes the object new again; nobody may be listening.
  void clear() {
    assert(listeners_ == nullptr);
    requested_ = false;
  }

 private:
  struct Listener {
    Listener* next = nullptr;
    Listener** link = nullptr;
    void (*notify)(Listener&) = nullptr;
    void unlink() {
      if (link == nullptr) return;
      *link = next;
      if (next != nullptr) next->link = link;
      link = nullptr;
    }
  };

 public:
  /// Calls `action` when the cancellation is requested while this object lives. Not called if that happened before.
  template <class Action>
  class Registration : Listener {
   public:
    Registration(Cancellation& cancellation, Action action) : action_(std::move(action)) {
      this->notify = [](Listener& self) { static_cast<Registration&>(self).action_(); };
      this->next = cancellation.listeners_;
      if (this->next != nullptr) this->next->link = &this->next;
      this->link = &cancellation.listeners_;
      cancellation.listeners_ = this;
    }
    ~Registration() { this->unlink(); }
    Registration(const Registration&) = delete;
    Registration& operator=(const Registration&) = delete;

   private:
    Action action_;
  };

 private:
  struct RequestChild {
    Cancellation* child;
    void operator()() const { child->request(); }
  };

  bool requested_ = false;
  Listener* listeners_ = nullptr;
  std::unique_ptr<Registration<RequestChild>> parent_link_;
};

inline Cancellation::Cancellation(Cancellation& parent)
    : requested_(parent.requested()),
      parent_link_(std::make_unique<Registration<RequestChild>>(parent, RequestChild{this})) {}

}  // namespace sluice
