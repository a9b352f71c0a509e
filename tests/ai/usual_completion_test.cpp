// SPDX-License-Identifier: Apache-2.0
#include "ai/usual_completion.hpp"

#include <catch2/catch.hpp>

using sluice::ai::UsualCompletion;

TEST_CASE("what answers are allowed follows the longest of late", "[ai][usual_completion]") {
  UsualCompletion usual;
  CHECK(usual.allowance() == UsualCompletion::first_allowance);
  usual.note(10);
  CHECK(usual.allowance() > 1'000);
  usual.note(1'000);
  CHECK(usual.allowance() == 1'500);
  usual.note(10);
  CHECK(usual.allowance() > 1'450);
  for (int i = 0; i < 1'000; ++i) usual.note(10);
  CHECK(usual.allowance() < 130);
  CHECK(usual.allowance() >= 15);
}

TEST_CASE("an absurd report is not believed beyond a bound", "[ai][usual_completion][limits]") {
  UsualCompletion usual;
  usual.note(INT64_MAX);
  CHECK(usual.allowance() == UsualCompletion::most_tokens / 2 * 3);
  usual.note(-5);
  CHECK(usual.allowance() > 0);
  for (int i = 0; i < 10'000; ++i) usual.note(-5);
  CHECK(usual.allowance() >= 0);
}
