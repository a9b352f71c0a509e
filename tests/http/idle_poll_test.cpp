// SPDX-License-Identifier: Apache-2.0
#include "http/idle_poll.hpp"

#include <catch2/catch.hpp>

using namespace sluice::http;
using namespace std::chrono_literals;

namespace {

/// Waits, and how many of them were looked through.
unsigned wait_times(IdlePoll& poll, unsigned times, IdlePoll::Duration each) {
  unsigned looked = 0;
  for (unsigned i = 0; i < times; ++i) {
    looked += poll.patience().count() != 0 ? 1 : 0;
    poll.waited(each);
  }
  return looked;
}

}  // namespace

TEST_CASE("a loop looks where waits have been short", "[http][idle_poll]") {
  IdlePoll poll(50us);
  CHECK(wait_times(poll, IdlePoll::least_row, 20us) == 0);
  CHECK(poll.patience() == 50us);
  CHECK(wait_times(poll, 100, 20us) == 100);
  // What was there already says nothing, either way.
  CHECK(wait_times(poll, 100, 0us) == 100);
}

TEST_CASE("a loop that waits for long sleeps", "[http][idle_poll]") {
  IdlePoll poll(50us);
  CHECK(wait_times(poll, 1'000, 200us) == 0);
  wait_times(poll, IdlePoll::least_row, 20us);
  CHECK(wait_times(poll, 1'000, 200us) == 1);  // once in vain
}

TEST_CASE("looking in vain again and again becomes rare", "[http][idle_poll]") {
  IdlePoll poll(50us);
  unsigned waits = 0, in_vain = 0;
  while (waits < 100'000) {  // ten short waits, then a long one: as events come that are sent together
    wait_times(poll, 10, 20us);
    in_vain += wait_times(poll, 1, 5ms);
    waits += 11;
  }
  CHECK(in_vain < 10);
  // It is believed again when waits have been short for as long as that takes.
  CHECK(wait_times(poll, 2 * IdlePoll::longest_row, 20us) > IdlePoll::longest_row / 2);
}

TEST_CASE("few waits are timed where nobody looks, and each one where somebody does", "[http][idle_poll]") {
  IdlePoll poll(50us);
  unsigned timed = 0;
  for (int i = 0; i < 800; ++i) timed += poll.is_timed() ? 1 : 0;
  CHECK(timed == 100);
  wait_times(poll, IdlePoll::least_row, 20us);
  CHECK(poll.is_timed());
  CHECK(poll.is_timed());
}

TEST_CASE("without time to look there is none", "[http][idle_poll]") {
  IdlePoll poll;
  CHECK_FALSE(poll.is_timed());
  CHECK(wait_times(poll, 100, 20us) == 0);
}
