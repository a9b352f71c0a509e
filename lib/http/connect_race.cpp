// SPDX-License-Identifier: Apache-2.0
#include "http/connect_race.hpp"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace sluice::http {
namespace {

constexpr std::chrono::milliseconds head_start{250};  // of one address before the next

/// Begins to connect. Nothing when that fails at once.
WireRef start_connecting(Worker& worker, const Endpoint& endpoint) {
  Descriptor socket(::socket(endpoint.protocol().family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket.is_open()) return nullptr;
  const int on = 1;
  ::setsockopt(socket.number(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const int result = ::connect(socket.number(), endpoint.data(), static_cast<socklen_t>(endpoint.size()));
  if (result != 0 && errno != EINPROGRESS && errno != EINTR) return nullptr;
  return WireRef(new Wire(worker, std::move(socket)));
}

bool is_connected(Wire& wire) {
  int problem = 0;
  socklen_t size = sizeof problem;
  return ::getsockopt(wire.descriptor(), SOL_SOCKET, SO_ERROR, &problem, &size) == 0 && problem == 0;
}

/// Lives until it is decided; deciding ends all attempts but the winner's, which does not look at it any more.
class Race : DeadlineWheel::Entry {
 public:
  Race(Worker& worker, const std::vector<Endpoint>& addresses, SteadyTime limit)
      : Entry([](Entry& entry) { static_cast<Race&>(entry).start_next(); }),
        worker_(worker),
        addresses_(addresses),
        count_(std::min(addresses.size(), RaceResult::most_addresses)),
        limit_(limit) {
    const auto share = (limit - worker.coarse_now()) / static_cast<std::int64_t>(std::max<std::size_t>(count_, 1));
    pause_ = std::min<std::chrono::microseconds>(head_start, share);
  }

  bool await_ready() const { return decided_; }
  void await_suspend(std::coroutine_handle<> waiting) { waiting_ = waiting; }
  RaceResult await_resume() { return std::move(result_); }

  void start_next();
  void cancel() { decide(count_); }

 private:
  static sluice::detail::Detached attempt(Race& race, std::size_t number, WireRef wire,
                                          std::chrono::milliseconds timeout);
  void ended(std::size_t number, Wake why, bool connected);
  void decide(std::size_t winner);

  Worker& worker_;
  const std::vector<Endpoint>& addresses_;
  std::size_t count_;
  SteadyTime limit_;
  std::chrono::microseconds pause_;
  std::array<WireRef, RaceResult::most_addresses> wires_;  // those under way
  std::size_t next_ = 0;
  RaceResult result_;
  bool decided_ = false;
  std::coroutine_handle<> waiting_;
};

void Race::start_next() {
  worker_.remove_deadline(*this);
  while (next_ < count_) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(limit_ - worker_.coarse_now());
    if (left.count() <= 0) {
      result_.timed_out = true;
      break;
    }
    const std::size_t number = next_++;
    wires_[number] = start_connecting(worker_, addresses_[number]);
    if (wires_[number] == nullptr) {
      result_.failed.set(number);
      continue;
    }
    if (next_ < count_) worker_.add_deadline(*this, worker_.coarse_now() + pause_);
    attempt(*this, number, wires_[number], left);
    return;
  }
  const bool under_way = std::any_of(wires_.begin(), wires_.end(), [](const WireRef& wire) { return wire != nullptr; });
  if (!under_way) decide(count_);
}

sluice::detail::Detached Race::attempt(Race& race, std::size_t number, WireRef wire,
                                       std::chrono::milliseconds timeout) {
  const Wake why = co_await wire->writable(timeout);
  const bool connected = why == Wake::ready && is_connected(*wire);
  if (!connected) wire->close();
  race.ended(number, why, connected);
}

void Race::ended(std::size_t number, Wake why, bool connected) {
  if (decided_) return;
  if (connected) return decide(number);
  wires_[number] = nullptr;
  result_.failed.set(number);
  if (why == Wake::timeout) result_.timed_out = true;
  start_next();
}

void Race::decide(std::size_t winner) {
  if (decided_) return;
  decided_ = true;
  worker_.remove_deadline(*this);
  result_.winner = winner;
  if (winner < count_) result_.wire = std::exchange(wires_[winner], nullptr);
  for (std::size_t i = 0; i < count_; ++i) {
    const WireRef loser = std::exchange(wires_[i], nullptr);
    if (loser == nullptr) continue;
    if (i < winner && winner < count_) result_.failed.set(i);
    loser->close();
  }
  if (waiting_) std::exchange(waiting_, nullptr).resume();
}

}  // namespace

Task<RaceResult> connect_to_one(Worker& worker, const std::vector<Endpoint>& addresses, SteadyTime limit,
                                Cancellation& cancellation) {
  Race race(worker, addresses, limit);
  Cancellation::Registration on_cancel(cancellation, [&race] { race.cancel(); });
  race.start_next();
  co_return co_await race;
}

}  // namespace sluice::http
