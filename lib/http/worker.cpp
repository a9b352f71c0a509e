// SPDX-License-Identifier: Apache-2.0
#include "http/worker.hpp"

#include "http/head_writer.hpp"

#include <pthread.h>
#include <signal.h>
#include <time.h>

namespace sluice::http {
namespace {

constexpr std::size_t kept_blocks = 32;
constexpr std::size_t kept_requests = 256;
constexpr std::size_t kept_texts = 64;
constexpr std::size_t kept_text_bytes = 64 * 1024;

thread_local Worker* current_worker = nullptr;

}  // namespace

void Block::release() {
  if (memory_ == nullptr) return;
  if (worker_->blocks_.size() < kept_blocks) worker_->blocks_.push_back(std::move(memory_));
  memory_.reset();
}

TextBuffer::TextBuffer(Worker& worker) : worker_(worker) {
  if (worker.texts_.empty()) return;
  text_ = std::move(worker.texts_.back());
  worker.texts_.pop_back();
}

TextBuffer::~TextBuffer() {
  if (worker_.texts_.size() >= kept_texts || text_.capacity() > kept_text_bytes) return;
  text_.clear();
  worker_.texts_.push_back(std::move(text_));
}

Worker::Worker(const void* owner)
    : owner_(owner), io_(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO), work_(io_.get_executor()), tick_(io_) {}

Worker::~Worker() { stop(); }

void Worker::start() {
  thread_ = std::thread([this] { run(); });
}

void Worker::run() {
  current_worker = this;
  // TLS writes through plain write(2); a peer that has gone must be an error there, not a signal to the host program.
  sigset_t blocked;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &blocked, nullptr);
  io_.run();
  current_worker = nullptr;
}

void Worker::stop() {
  if (!thread_.joinable()) return;
  work_.reset();
  io_.stop();
  thread_.join();
}

Worker* Worker::current() { return current_worker; }

SteadyTime Worker::coarse_now() const {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return SteadyTime(std::chrono::microseconds(std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1000));
}

void Worker::add_deadline(DeadlineWheel::Entry& entry, SteadyTime deadline) {
  if (!ticking_) {
    wheel_.advance(clock_.steady_now());
    ticking_ = true;
    arm_tick();
  }
  wheel_.add(entry, deadline);
}

void Worker::arm_tick() {
  tick_.expires_after(DeadlineWheel::tick);
  tick_.async_wait([this](boost::system::error_code error) {
    if (error) return;
    wheel_.advance(clock_.steady_now());
    ticking_ = !wheel_.empty();
    if (ticking_) arm_tick();
  });
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
  if (requests_.size() < kept_requests) requests_.push_back(std::move(request));
}

std::string_view Worker::http_date() {
  const auto second = std::chrono::duration_cast<std::chrono::seconds>(clock_.now().time_since_epoch()).count();
  if (second != date_second_) {
    date_second_ = second;
    date_.clear();
    append_http_date(date_, second);
  }
  return date_;
}

}  // namespace sluice::http
