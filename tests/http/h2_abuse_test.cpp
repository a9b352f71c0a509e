// SPDX-License-Identifier: Apache-2.0
#include "http/h2_abuse.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace sluice;
using namespace sluice::http;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

const SteadyTime start{std::chrono::hours{1}};

std::string frame(std::uint8_t type, std::uint8_t flags, const std::string& payload) {
  std::string bytes(9, '\0');
  bytes[1] = static_cast<char>(payload.size() >> 8);
  bytes[2] = static_cast<char>(payload.size());
  bytes[3] = static_cast<char>(type);
  bytes[4] = static_cast<char>(flags);
  bytes[8] = 1;
  return bytes + payload;
}

std::string window_update(std::uint8_t increment) { return frame(8, 0, std::string(3, '\0') + char(increment)); }

/// How often `bytes` pass at one moment.
int passes(const std::string& bytes, const Http2Limits& limits = {}) {
  H2Budget budget(limits);
  H2FrameGuard guard(limits);
  int count = 0;
  while (count < 5000 && guard.take(bytes, budget, start)) ++count;
  return count;
}

}  // namespace

TEST_CASE("H3: a budget allows its burst at once and its rate over time", "[http][h2][abuse]") {
  Http2Limits limits;
  limits.resets = {3, 10};
  H2Budget budget(limits);
  for (int i = 0; i < 3; ++i) CHECK(budget.spend(H2Abuse::reset, start));
  CHECK_FALSE(budget.spend(H2Abuse::reset, start));
  CHECK_FALSE(budget.spend(H2Abuse::reset, start + milliseconds{99}));
  CHECK(budget.spend(H2Abuse::reset, start + milliseconds{100}));
  CHECK_FALSE(budget.spend(H2Abuse::reset, start + milliseconds{100}));
  for (int i = 0; i < 3; ++i) CHECK(budget.spend(H2Abuse::reset, start + seconds{60}));
  CHECK_FALSE(budget.spend(H2Abuse::reset, start + seconds{60}));
  CHECK(budget.spend(H2Abuse::empty_frame, start));  // its own bucket
}

TEST_CASE("H3: a budget without rate or burst", "[http][h2][abuse]") {
  Http2Limits limits;
  limits.resets = {1, 0};
  limits.empty_frames = {0, 10};
  H2Budget budget(limits);
  CHECK(budget.spend(H2Abuse::reset, start));
  CHECK_FALSE(budget.spend(H2Abuse::reset, start + std::chrono::hours{1000}));
  CHECK_FALSE(budget.spend(H2Abuse::empty_frame, start));
}

TEST_CASE("H3: a budget holds for the largest numbers there are, and for a clock that stands", "[http][h2][abuse]") {
  constexpr std::uint32_t most = 0xFFFFFFFF;
  Http2Limits limits;
  limits.resets = {most, 0};
  limits.empty_frames = {most, most};
  limits.small_updates = {1, most};
  H2Budget budget(limits);
  for (const SteadyTime now : {start, start + std::chrono::hours{100'000}, start, SteadyTime{}}) {
    for (int i = 0; i < 3; ++i) {
      CHECK(budget.spend(H2Abuse::reset, now));
      CHECK(budget.spend(H2Abuse::empty_frame, now));
    }
  }
  CHECK(budget.spend(H2Abuse::small_update, start));
  CHECK_FALSE(budget.spend(H2Abuse::small_update, start));
  CHECK(budget.spend(H2Abuse::small_update, start + std::chrono::microseconds{1}));
}

TEST_CASE("H3: each kind of frame is taken from its budget", "[http][h2][abuse]") {
  const auto never_refused = 5000;
  CHECK(passes(frame(3, 0, "\0\0\0\x08")) == 200);
  CHECK(passes(frame(6, 0, "12345678")) == 100);
  CHECK(passes(frame(6, 1, "12345678")) == 100);
  CHECK(passes(frame(4, 0, "")) == 100);
  CHECK(passes(frame(7, 0, "12345678")) == 100);
  CHECK(passes(frame(0, 0, "")) == 100);
  CHECK(passes(frame(0, 8, std::string("\x02\0\0", 3))) == 100);  // nothing but padding
  CHECK(passes(frame(0, 0, "x")) == never_refused);
  CHECK(passes(frame(0, 8, std::string("\x01x\0", 3))) == never_refused);
  CHECK(passes(frame(0, 1, "")) == never_refused);  // the end of a body
  CHECK(passes(frame(1, 4, "")) == 100);
  CHECK(passes(frame(1, 4, "x")) == never_refused);
  CHECK(passes(frame(2, 0, "12345")) == 1000);
  CHECK(passes(frame(0xFE, 0, "x")) == 1000);
  CHECK(passes(window_update(15)) == 1000);
  CHECK(passes(window_update(16)) == never_refused);
}

TEST_CASE("H4: a header block has at most so many CONTINUATION frames", "[http][h2][abuse]") {
  Http2Limits limits;
  limits.continuation_frames = 2;
  H2Budget budget(limits);
  H2FrameGuard guard(limits);
  for (int block = 0; block < 3; ++block) {
    CHECK(guard.take(frame(1, 0, "x"), budget, start));
    CHECK(guard.in_header_block());
    CHECK(guard.take(frame(9, 0, "x"), budget, start));
    CHECK(guard.take(frame(9, 4, "x"), budget, start));
    CHECK_FALSE(guard.in_header_block());
  }
  CHECK(guard.take(frame(1, 0, "x") + frame(9, 0, "x") + frame(9, 0, "x"), budget, start));
  CHECK_FALSE(guard.take(frame(9, 0, "x"), budget, start));
}

TEST_CASE("frames are followed wherever the bytes are cut", "[http][h2][abuse]") {
  Http2Limits limits;
  limits.empty_frames = {1, 1};
  limits.small_updates = {1, 1};
  const std::string bytes = frame(0, 0, std::string(300, 'x')) + frame(0, 8, std::string("\x02\0\0", 3)) +
                            window_update(3) + frame(1, 4, "abc") + frame(0, 0, "");
  for (std::size_t step = 1; step < 20; ++step) {
    H2Budget budget(limits);
    H2FrameGuard guard(limits);
    std::size_t at = 0;
    bool good = true;
    for (; at < bytes.size() && good; at += step)
      good = guard.take(std::string_view(bytes).substr(at, step), budget, start);
    CHECK_FALSE(good);  // the second empty frame, which is the last
    CHECK(at >= bytes.size());
  }
}
