// SPDX-License-Identifier: Apache-2.0
#include "http/event_loop.hpp"

#include "http/system_calls.hpp"

#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <system_error>

namespace sluice::http {
namespace {

Descriptor required(int number, const char* what) {
  if (number < 0) throw std::system_error(errno, std::generic_category(), what);
  return Descriptor(number);
}

}  // namespace

SteadyTime coarse_time() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return SteadyTime(std::chrono::microseconds(std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1000));
}

void Descriptor::close() {
  if (number_ >= 0) ::close(std::exchange(number_, -1));
}

EventLoop::EventLoop()
    : epoll_(required(::epoll_create1(EPOLL_CLOEXEC), "no event loop")),
      wake_up_(required(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), "no event loop")),
      woken_(this, [](void*, std::uint32_t) {}) {
  if (!watch(woken_, wake_up_.number(), EPOLLIN))
    throw std::system_error(errno, std::generic_category(), "no event loop");
}

EventLoop::~EventLoop() = default;

bool EventLoop::watch(Watched& watched, int descriptor, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = &watched;
  return ::epoll_ctl(epoll_.number(), EPOLL_CTL_ADD, descriptor, &event) == 0;
}

void EventLoop::forget(Watched& watched, int descriptor) {
  ::epoll_ctl(epoll_.number(), EPOLL_CTL_DEL, descriptor, nullptr);
  for (int i = next_event_; i < event_count_; ++i) {
    if (events_[static_cast<std::size_t>(i)].data.ptr == &watched)
      events_[static_cast<std::size_t>(i)].data.ptr = nullptr;
  }
}

void EventLoop::wake() {
  if (is_woken_) return;
  is_woken_ = true;
  const std::uint64_t one = 1;
  // It fails only when the counter is full, and then the loop wakes in any case.
  [[maybe_unused]] const auto written = ::write(wake_up_.number(), &one, sizeof one);
}

void EventLoop::post(Action action) {
  const std::lock_guard lock(mutex_);
  posted_.push_back(std::move(action));
  wake();
}

bool EventLoop::has_posted() {
  const std::lock_guard lock(mutex_);
  return !posted_.empty();
}

void EventLoop::stop() {
  const std::lock_guard lock(mutex_);
  is_stopped_.store(true, std::memory_order_release);
  wake();
}

void EventLoop::run_posted() {
  {
    const std::lock_guard lock(mutex_);
    if (!is_woken_) return;
    is_woken_ = false;
    std::uint64_t count;
    [[maybe_unused]] const auto read = ::read(wake_up_.number(), &count, sizeof count);
    running_.swap(posted_);
  }
  for (Action& action : running_) action();
  running_.clear();
}

void EventLoop::collect(int timeout_ms) {
  event_count_ = std::max(0, direct::epoll_wait(epoll_.number(), events_.data(), most_events, timeout_ms));
}

/// Looks for a moment before it sleeps, where that is worth it. What is found at once was no wait.
void EventLoop::wait_for_events() {
  using Clock = std::chrono::steady_clock;
  const auto patience = poll_.patience();
  if (patience.count() != 0) {
    collect(0);
    if (event_count_ != 0) return;
  }
  const Clock::time_point begin = Clock::now();
  auto waited = Clock::duration::zero();
  while (event_count_ == 0 && waited < patience) {
    collect(0);
    waited = Clock::now() - begin;
  }
  if (event_count_ == 0) {
    collect(-1);
    waited = Clock::now() - begin;
  }
  poll_.waited(waited);
}

void EventLoop::turn(int timeout_ms) {
  if (timeout_ms < 0 && exchanges_ <= IdlePoll::few_exchanges && poll_.is_timed()) {
    wait_for_events();
  } else {
    collect(timeout_ms);
  }
  is_turning_ = true;
  turn_time_ = {};
  const bool has_many = event_count_ >= SocketBatch::many_events;
  is_batching_ = has_many && batch_.is_on();
  if (has_many) cohorts_.begin();
  report_events();
  cohorts_.end();
  if (first_end_ != nullptr) run_turn_ends();
  if (is_batching_) {
    batch_.end_receipts();
    batch_.run();
    is_batching_ = false;
  }
  is_turning_ = false;
}

void EventLoop::report_events() {
  bool is_woken = false;
  for (next_event_ = 0; next_event_ < event_count_;) {
    if (is_batching_ && next_event_ % static_cast<int>(SocketBatch::most_sockets) == 0) receive_for_group();
    const epoll_event& event = events_[static_cast<std::size_t>(next_event_++)];
    auto* const watched = static_cast<Watched*>(event.data.ptr);
    is_woken = is_woken || watched == &woken_;
    if (watched != nullptr) watched->report_(watched->owner_, event.events);
  }
  event_count_ = next_event_ = 0;
  if (is_woken) run_posted();
}

/// For the events that come next; what the ones before have sent leaves with it.
void EventLoop::receive_for_group() {
  cohorts_.run();
  batch_.end_receipts();
  const int end = std::min(next_event_ + static_cast<int>(SocketBatch::most_sockets), event_count_);
  for (int i = next_event_; i < end; ++i) {
    const epoll_event& event = events_[static_cast<std::size_t>(i)];
    auto* const watched = static_cast<Watched*>(event.data.ptr);
    if (watched != nullptr && watched->prepare_ != nullptr) watched->prepare_(watched->owner_, event.events, batch_);
  }
  batch_.run();
}

void EventLoop::at_turn_end(TurnEnd& end) {
  if (std::exchange(end.is_waiting_, true)) return;
  end.next_ = std::exchange(first_end_, &end);
}

void EventLoop::run_turn_ends() {
  while (first_end_ != nullptr) {
    TurnEnd& end = *first_end_;
    first_end_ = end.next_;
    end.is_waiting_ = false;
    end.run_(end.owner_);
  }
}

void EventLoop::run(Ways ways) {
  poll_ = ways.poll;
  if (ways.uses_batches) batch_.start();  // where there are none everybody sends and receives alone
  while (!is_stopped_.load(std::memory_order_acquire)) turn(-1);
}

void EventLoop::run_ready() { turn(0); }

}  // namespace sluice::http
