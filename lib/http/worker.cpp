// SPDX-License-Identifier: Apache-2.0
#include "http/worker.hpp"

#include "base/home_thread.hpp"
#include "base/recycling.hpp"
#include "http/head_writer.hpp"

#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace sluice::http {
namespace {

constexpr std::size_t kept_blocks = 32;
constexpr std::size_t kept_requests = 256;

constexpr int most_turns_in_a_row = 64;  // of a worker on a host's loop that is about to end

thread_local Worker* current_worker = nullptr;

HomeThread home_of(Worker* worker) {
  if (worker == nullptr) return {};
  return {worker, [](void* loop, std::function<void()> action) { static_cast<Worker*>(loop)->post(std::move(action)); },
          &worker->loop().cohorts()};
}

/// Makes the calling thread that worker's, or nobody's; the one before is given back.
Worker* enter(Worker* worker) {
  home_thread() = home_of(worker);
  return std::exchange(current_worker, worker);
}

}  // namespace

class Worker::Visit {
 public:
  explicit Visit(Worker& worker) : before_(enter(&worker)) {}
  ~Visit() { enter(before_); }
  Visit(const Visit&) = delete;
  Visit& operator=(const Visit&) = delete;

 private:
  Worker* const before_;
};

void Block::give_back() {
  if (recycles_memory && worker_->blocks_.size() < kept_blocks) worker_->blocks_.push_back(std::move(memory_));
  memory_.reset();
}

Worker::Worker(const void* owner)
    : owner_(owner),
      timer_(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)),
      ticks_(this, [](void* worker, std::uint32_t) { static_cast<Worker*>(worker)->on_tick(); }) {
  if (!timer_.is_open() || !loop_.watch(ticks_, timer_.number(), EPOLLIN | EPOLLET))
    throw std::system_error(errno, std::generic_category(), "no timer for the event loop");
}

Worker::~Worker() { stop(); }

void Worker::start(EventLoop::Ways ways) {
  thread_ = std::thread([this, ways] { run(ways); });
}

void Worker::run(EventLoop::Ways ways) {
  enter(this);
  loop_.run(ways);
  enter(nullptr);
}

void Worker::attach(HostLoop& host) {
  host_ = &host;
  host.watch(loop_.descriptor(), [this] { run_ready(); });
}

/// The host's code may call this runtime from within one of its turns; turns themselves do not nest.
void Worker::run_ready() {
  if (is_running_ready_) return;
  is_running_ready_ = true;
  {
    const Visit visiting(*this);
    loop_.run_ready();
  }
  is_running_ready_ = false;
}

void Worker::visit(Action action) {
  const Visit visiting(*this);
  action();
}

void Worker::run_posted() {
  for (int turn = 0; turn < most_turns_in_a_row && loop_.has_posted() && !is_running_ready_; ++turn) run_ready();
}

void Worker::stop() {
  if (host_ != nullptr) {
    blocking_threads_.reset();
    run_posted();
    std::exchange(host_, nullptr)->unwatch();
    return;
  }
  if (!thread_.joinable()) return;
  blocking_threads_.reset();
  loop_.stop();
  thread_.join();
}

Worker* Worker::current() { return current_worker; }

void Worker::add_deadline(DeadlineWheel::Entry& entry, SteadyTime deadline) {
  if (!ticking_) {
    wheel_.advance(clock_.steady_now());
    set_ticking(true);
  }
  wheel_.add(entry, deadline);
}

void Worker::set_ticking(bool on) {
  ticking_ = on;
  const auto nanoseconds = on ? std::chrono::nanoseconds(DeadlineWheel::tick).count() : 0;
  const itimerspec every{{0, nanoseconds}, {0, nanoseconds}};
  loop_.pulse().beat({}, on ? clock_.steady_now() + DeadlineWheel::tick : SteadyTime::max());
  ::timerfd_settime(timer_.number(), 0, &every, nullptr);
}

void Worker::on_tick() {
  std::uint64_t count = 0;
  [[maybe_unused]] const auto read = ::read(timer_.number(), &count, sizeof count);
  const SteadyTime now = clock_.steady_now();
  const SteadyTime due = loop_.pulse().due;
  loop_.pulse().beat(now - std::min(now, due), due + static_cast<std::int64_t>(count) * DeadlineWheel::tick);
  wheel_.advance(now);
  if (wheel_.empty()) set_ticking(false);
}

boost::asio::thread_pool& Worker::blocking_threads() {
  constexpr std::size_t threads = 2;
  if (!blocking_threads_) blocking_threads_.emplace(threads);
  return *blocking_threads_;
}

Block Worker::take_block() {
  if (blocks_.empty()) return Block(*this, std::unique_ptr<char[]>(new char[Block::size]));
  Block block(*this, std::move(blocks_.back()));
  blocks_.pop_back();
  return block;
}

std::unique_ptr<Request> Worker::take_request() {
  if (requests_.empty()) return std::make_unique<Request>();
  auto request = std::move(requests_.back());
  requests_.pop_back();
  return request;
}

void Worker::give_back(std::unique_ptr<Request> request) {
  request->reset();
  if (recycles_memory && requests_.size() < kept_requests) requests_.push_back(std::move(request));
}

std::string_view Worker::http_date() {
  // Both coarse clocks move at the same times.
  if (const SteadyTime turn = turn_time(); std::exchange(date_time_, turn) == turn) return date_;
  timespec now{};
  clock_gettime(CLOCK_REALTIME_COARSE, &now);
  const std::int64_t second = now.tv_sec;
  if (second != date_second_) {
    date_second_ = second;
    date_.clear();
    append_http_date(date_, second);
  }
  return date_;
}

}  // namespace sluice::http
