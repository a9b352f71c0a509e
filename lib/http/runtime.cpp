// SPDX-License-Identifier: Apache-2.0
#include "http/runtime_state.hpp"

#include <algorithm>
#include <thread>

namespace sluice::http {
namespace {

constexpr unsigned most_workers = 256;

std::vector<std::unique_ptr<Worker>> make_workers(unsigned wanted, const void* owner) {
  const unsigned count = std::clamp(wanted != 0 ? wanted : std::thread::hardware_concurrency(), 1u, most_workers);
  std::vector<std::unique_ptr<Worker>> workers;
  for (unsigned i = 0; i < count; ++i) workers.push_back(std::make_unique<Worker>(owner));
  return workers;
}

}  // namespace

Runtime::State::State(RuntimeOptions options, HostLoop* host)
    : workers_(make_workers(host != nullptr ? 1 : options.workers, this)),
      clock_([this]() -> Worker& { return pick(); }),
      transport_(
          workers_, [this]() -> Worker& { return pick(); }, options) {
  for (auto& worker : workers_) {
    if (host != nullptr) {
      worker->attach(*host);
    } else {
      worker->start({IdlePoll(options.poll_time), options.io_uring});
    }
  }
}

Runtime::State::~State() {
  transport_.close_idle();
  for (auto& worker : workers_) worker->stop();
}

Worker& Runtime::State::pick() {
  Worker* const current = Worker::current();
  if (current != nullptr && current->owner() == this) return *current;
  return *workers_[turn_.fetch_add(1, std::memory_order_relaxed) % workers_.size()];
}

Runtime::Runtime(RuntimeOptions options) : state_(std::make_unique<State>(std::move(options), nullptr)) {}
Runtime::Runtime(HostLoop& loop, RuntimeOptions options) : state_(std::make_unique<State>(std::move(options), &loop)) {}
Runtime::~Runtime() = default;
unsigned Runtime::workers() const { return static_cast<unsigned>(state_->workers().size()); }
Clock& Runtime::clock() { return state_->clock(); }
Transport& Runtime::transport() { return state_->transport(); }
ClientStatistics Runtime::client_statistics() const { return state_->transport().statistics(); }
std::vector<OriginStatistics> Runtime::origin_statistics() const { return state_->transport().origin_statistics(); }

}  // namespace sluice::http
