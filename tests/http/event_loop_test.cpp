// SPDX-License-Identifier: Apache-2.0
// The loop with pipes for connections.
#include "http/event_loop.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <vector>

using namespace sluice::http;

namespace {

struct Pipe {
  Pipe() {
    int ends[2];
    REQUIRE(::pipe2(ends, O_NONBLOCK | O_CLOEXEC) == 0);
    out = Descriptor(ends[0]);
    in = Descriptor(ends[1]);
  }
  void send() { REQUIRE(::write(in.number(), "x", 1) == 1); }
  Descriptor out, in;
};

/// Counts what is reported of a pipe.
struct Listener {
  explicit Listener(EventLoop& on) : loop(on) {
    REQUIRE(loop.watch(watched, pipe.out.number(), EPOLLIN | EPOLLRDHUP | EPOLLET));
  }
  ~Listener() { loop.forget(watched, pipe.out.number()); }
  EventLoop& loop;
  Pipe pipe;
  unsigned reports = 0;
  std::uint32_t last = 0;
  std::function<void()> also;
  EventLoop::Watched watched{this, [](void* self, std::uint32_t events) {
                               auto& listener = *static_cast<Listener*>(self);
                               ++listener.reports;
                               listener.last = events;
                               if (listener.also) listener.also();
                             }};
};

bool is_readable(int descriptor) {
  pollfd wait{descriptor, POLLIN, 0};
  return ::poll(&wait, 1, 0) == 1;
}

}  // namespace

TEST_CASE("a change is reported once", "[http][event_loop]") {
  EventLoop loop;
  Listener listener(loop);
  loop.run_ready();
  CHECK(listener.reports == 0);
  listener.pipe.send();
  loop.run_ready();
  loop.run_ready();
  CHECK(listener.reports == 1);
  listener.pipe.send();
  loop.run_ready();
  CHECK(listener.reports == 2);
  listener.pipe.in.close();
  loop.run_ready();
  CHECK(listener.reports == 3);
  CHECK((listener.last & EPOLLHUP) != 0);
}

TEST_CASE("what has been forgotten is not reported, of the same turn neither", "[http][event_loop]") {
  EventLoop loop;
  Listener one(loop), other(loop);
  one.also = [&] { loop.forget(other.watched, other.pipe.out.number()); };
  other.also = [&] { loop.forget(one.watched, one.pipe.out.number()); };
  one.pipe.send();
  other.pipe.send();
  loop.run_ready();
  CHECK(one.reports + other.reports == 1);
}

TEST_CASE("actions run in their order, those that they post in a later turn", "[http][event_loop]") {
  EventLoop loop;
  std::string order;
  loop.post([&] {
    order += 'a';
    loop.post([&] { order += 'c'; });
  });
  loop.post([&] { order += 'b'; });
  CHECK(order.empty());
  loop.run_ready();
  CHECK(order == "ab");
  loop.run_ready();
  CHECK(order == "abc");
}

TEST_CASE("what is to be done at a turn's end is done once, behind all that was reported and run",
          "[http][event_loop]") {
  EventLoop loop;
  std::string order;
  struct End {
    explicit End(std::function<void()> action) : run(std::move(action)) {}
    std::function<void()> run;
    EventLoop::TurnEnd end{this, [](void* self) { static_cast<End*>(self)->run(); }};
  };
  End last([&] { order += 'z'; });
  End first([&] {
    order += 'e';
    loop.at_turn_end(last.end);  // still in this turn
  });
  Listener one(loop), other(loop);
  one.also = other.also = [&] {
    order += 'r';
    loop.at_turn_end(first.end);
    loop.at_turn_end(first.end);
  };
  one.pipe.send();
  other.pipe.send();
  loop.post([&] {
    order += 'p';
    loop.at_turn_end(first.end);
  });
  loop.run_ready();
  CHECK(order == "rrpez");
  loop.run_ready();
  CHECK(order == "rrpez");  // it stays only until it has run
  one.pipe.send();
  loop.run_ready();
  CHECK(order == "rrpezrez");
}

TEST_CASE("the loop's descriptor is readable when there is something to do", "[http][event_loop]") {
  EventLoop loop;
  Listener listener(loop);
  CHECK_FALSE(is_readable(loop.descriptor()));
  listener.pipe.send();
  CHECK(is_readable(loop.descriptor()));
  loop.run_ready();
  CHECK_FALSE(is_readable(loop.descriptor()));
  loop.post([] {});
  CHECK(is_readable(loop.descriptor()));
  loop.run_ready();
  CHECK_FALSE(is_readable(loop.descriptor()));
}

TEST_CASE("other threads post and stop", "[http][event_loop]") {
  EventLoop loop;
  unsigned ran = 0;
  std::thread running([&] { loop.run(); });
  std::vector<std::thread> posting;
  for (int i = 0; i < 4; ++i) {
    posting.emplace_back([&] {
      for (int k = 0; k < 1000; ++k) loop.post([&] { ++ran; });
    });
  }
  for (std::thread& thread : posting) thread.join();
  loop.post([&] { loop.stop(); });
  running.join();
  CHECK(ran == 4000);
}

TEST_CASE("a turn has one time", "[http][event_loop]") {
  using namespace std::chrono_literals;
  EventLoop loop;
  Listener listener(loop);
  sluice::SteadyTime first, second;
  listener.also = [&] {
    first = loop.turn_time();
    // The coarse clock moves on while the turn lasts.
    while (coarse_time() <= first + 8ms) std::this_thread::yield();
    second = loop.turn_time();
  };
  listener.pipe.send();
  loop.run_ready();
  CHECK(first != sluice::SteadyTime{});
  CHECK(second == first);
  CHECK(loop.turn_time() > first + 8ms);  // outside of a turn as well as in the next one
}

TEST_CASE("a loop that looks before it sleeps misses nothing", "[http][event_loop]") {
  using namespace std::chrono_literals;
  EventLoop loop;
  Listener listener(loop);
  constexpr unsigned sent = 2'000;
  std::atomic<unsigned> seen{0};
  listener.also = [&] {
    char byte;
    while (::read(listener.pipe.out.number(), &byte, 1) == 1) ++seen;
    if (seen == sent) loop.stop();
  };
  std::thread sender([&] {
    for (unsigned i = 1; i <= sent; ++i) {
      listener.pipe.send();
      // Most waits are short, some are not.
      if (i % 100 == 0) std::this_thread::sleep_for(1ms);
      while (seen < i) std::this_thread::yield();
    }
  });
  loop.run({IdlePoll(50us)});
  sender.join();
  CHECK(seen == sent);
}
