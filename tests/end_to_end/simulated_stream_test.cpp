// SPDX-License-Identifier: Apache-2.0
#include "event_stream.hpp"

#include <sluice/testing/virtual_clock.hpp>

#include <catch2/catch.hpp>

using namespace sluice;
using namespace sluice::simulated;
using namespace std::chrono_literals;
using sluice::testing::VirtualClock;

namespace {

/// A head, three tokens and an end.
class Words final : public Script {
 public:
  Words() {
    add(0, 0, "head");
    for (const std::string_view word : {"a", "b", "c"}) add(1, 0, word, true);
    add(2, 0, "end");
  }
  std::string event(const Piece& piece, std::size_t) const override { return std::string(piece.text); }
};

struct Ending {
  std::int64_t tokens = -1;
  bool complete = false;
};

struct Stream {
  explicit Stream(const DeploymentSettings& settings, std::int64_t hidden = 0)
      : events(std::make_unique<Words>(), settings, hidden, clock, [this](std::int64_t tokens, bool complete) {
          ending = {tokens, complete};
        }) {}

  /// The next event and when it came; `!` and the code of an error.
  std::string next() {
    Task<BodyChunk> read = events.read();
    const auto chunk = clock.run(read);
    if (!chunk) return "nothing";
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(clock.steady_now().time_since_epoch());
    return (*chunk ? std::string(**chunk) : std::string("!")) + "@" + std::to_string(ms.count());
  }

  VirtualClock clock;
  Ending ending;
  EventStream events;
};

DeploymentSettings ten_in_a_second() {
  DeploymentSettings settings;
  settings.tokens_per_second = 10;
  settings.first_token_ms = 250;
  return settings;
}

}  // namespace

TEST_CASE("events come at the pace of the model, the first after its delay", "[upstreams][stream]") {
  Stream stream(ten_in_a_second());
  CHECK(stream.next() == "head@250");
  CHECK(stream.next() == "a@250");
  CHECK(stream.next() == "b@350");
  CHECK(stream.next() == "c@450");
  CHECK(stream.next() == "end@450");
  CHECK(stream.ending.tokens == -1);
  CHECK(stream.next() == "@450");
  CHECK(stream.ending.tokens == 3);
  CHECK(stream.ending.complete);
}

TEST_CASE("a reader who was slow gets at once what has been due meanwhile", "[upstreams][stream]") {
  Stream stream(ten_in_a_second());
  CHECK(stream.next() == "head@250");
  stream.clock.advance(150ms);
  CHECK(stream.next() == "a@400");
  CHECK(stream.next() == "b@400");
  CHECK(stream.next() == "c@450");
}

TEST_CASE("tokens that are not shown take their time before the first event", "[upstreams][stream]") {
  Stream stream(ten_in_a_second(), 5);
  CHECK(stream.next() == "head@750");
  while (stream.ending.tokens < 0) (void)stream.next();
  CHECK(stream.ending.tokens == 8);
}

TEST_CASE("a stream breaks behind its events, and tells what went out", "[upstreams][stream]") {
  DeploymentSettings settings = ten_in_a_second();
  settings.cut_after_events = 2;
  Stream stream(settings);
  (void)stream.next();
  (void)stream.next();
  CHECK(stream.next() == "!@250");
  CHECK(stream.ending.tokens == 1);
  CHECK_FALSE(stream.ending.complete);
}

TEST_CASE("a stream that stalls waits until its reader gives up", "[upstreams][stream]") {
  DeploymentSettings settings;
  settings.stall_first_token = true;
  Stream stream(settings);
  Task<BodyChunk> read = stream.events.read();
  stream.clock.advance(30h);
  REQUIRE_FALSE(read.is_ready());
  stream.events.cancel();
  REQUIRE(read.is_ready());
  CHECK_FALSE(read.take().has_value());
  CHECK(stream.ending.tokens == 0);
}
