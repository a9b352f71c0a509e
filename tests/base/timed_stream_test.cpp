// SPDX-License-Identifier: Apache-2.0
// A body that is waited for up to a time: on threads without a loop, and on a loop that wakes who waits.
#include "base/timed_stream.hpp"

#include "base/home_thread.hpp"

#include <sluice/testing/virtual_clock.hpp>

#include <catch2/catch.hpp>

#include <string>
#include <utility>
#include <vector>

using namespace sluice;
using namespace std::chrono_literals;
using sluice::testing::VirtualClock;

namespace {

/// Pieces that come when they are given.
struct Given final : BodyStream {
  explicit Given(Given*& self) { self = this; }
  Completion<BodyChunk>* waiting = nullptr;
  bool is_closed = false;
  Task<BodyChunk> read() override {
    Completion<BodyChunk> piece;
    waiting = &piece;
    co_return co_await piece;
  }
  void give(BodyChunk chunk) { std::exchange(waiting, nullptr)->complete(std::move(chunk)); }
  void cancel() override {
    if (waiting != nullptr) give(fail(ErrorCode::cancelled));
  }
  Task<void> close() override {
    is_closed = true;
    return Task<void>();
  }
};

/// A loop that does at once what is posted to it.
struct Loop {
  Loop() {
    home_thread() = {this, [](void*, std::function<void()> action) { action(); }};
  }
  ~Loop() { home_thread() = {}; }
};

struct Timed {
  VirtualClock clock;
  Given* inner = nullptr;
  TimedStream stream{std::make_unique<Given>(inner), clock};
};

std::string text_of(const std::optional<BodyChunk>& piece) {
  if (!piece) return "late";
  return *piece ? std::string(**piece) : std::string("error");
}

}  // namespace

TEST_CASE("a piece that comes late is waited for again", "[base][timed_stream]") {
  Loop loop;
  Timed t;
  Task<std::optional<BodyChunk>> first = t.stream.read(t.clock.steady_now() + 1s);
  t.clock.advance(999ms);
  REQUIRE_FALSE(first.is_ready());
  t.clock.advance(1ms);
  REQUIRE(first.is_ready());
  CHECK(text_of(first.take()) == "late");
  Task<std::optional<BodyChunk>> second = t.stream.read(std::nullopt);
  REQUIRE_FALSE(second.is_ready());
  t.inner->give(std::string_view("piece"));
  REQUIRE(second.is_ready());
  CHECK(text_of(second.take()) == "piece");
}

TEST_CASE("a piece that comes between two reads is there at once", "[base][timed_stream]") {
  Loop loop;
  Timed t;
  Task<std::optional<BodyChunk>> first = t.stream.read(t.clock.steady_now() + 1s);
  t.clock.advance(1s);
  CHECK(text_of(first.take()) == "late");
  t.inner->give(std::string_view("piece"));
  Task<std::optional<BodyChunk>> second = t.stream.read(t.clock.steady_now() + 1s);
  REQUIRE(second.is_ready());
  CHECK(text_of(second.take()) == "piece");
}

TEST_CASE("a piece that comes in time wakes who waits on a loop", "[base][timed_stream]") {
  Loop loop;
  Timed t;
  Task<std::optional<BodyChunk>> read = t.stream.read(t.clock.steady_now() + 1s);
  REQUIRE_FALSE(read.is_ready());
  t.inner->give(std::string_view("piece"));
  REQUIRE(read.is_ready());
  CHECK(text_of(read.take()) == "piece");
  CHECK(t.clock.waiting() == 0);
}

TEST_CASE("without a loop a piece is looked for at intervals", "[base][timed_stream]") {
  Timed t;
  Task<std::optional<BodyChunk>> read = t.stream.read(t.clock.steady_now() + 1s);
  t.inner->give(std::string_view("piece"));
  t.clock.advance(TimedStream::look_interval - 1ms);
  REQUIRE_FALSE(read.is_ready());
  t.clock.advance(1ms);
  REQUIRE(read.is_ready());
  CHECK(text_of(read.take()) == "piece");
}

TEST_CASE("to cancel ends a read that waits, with and without a deadline", "[base][timed_stream]") {
  Loop loop;
  Timed t;
  Task<std::optional<BodyChunk>> timed = t.stream.read(t.clock.steady_now() + 1s);
  t.stream.cancel();
  REQUIRE(timed.is_ready());
  CHECK(text_of(timed.take()) == "error");
  Timed u;
  Task<std::optional<BodyChunk>> untimed = u.stream.read(std::nullopt);
  u.stream.cancel();
  REQUIRE(untimed.is_ready());
  CHECK(text_of(untimed.take()) == "error");
}

TEST_CASE("closing ends what is under way, and then the stream", "[base][timed_stream]") {
  Loop loop;
  Timed t;
  Task<std::optional<BodyChunk>> read = t.stream.read(t.clock.steady_now() + 1s);
  t.clock.advance(1s);
  CHECK(text_of(read.take()) == "late");
  wait(t.stream.close());
  CHECK(t.inner->is_closed);
  CHECK(t.inner->waiting == nullptr);
}

TEST_CASE("a stream that is dropped while a piece is on its way waits for nobody", "[base][timed_stream]") {
  Loop loop;
  VirtualClock clock;
  Given* inner = nullptr;
  {
    TimedStream stream(std::make_unique<Given>(inner), clock);
    Task<std::optional<BodyChunk>> read = stream.read(clock.steady_now() + 1s);
    clock.advance(1s);
    CHECK(text_of(read.take()) == "late");
  }
  inner->cancel();  // Lives until its read has ended.
}
