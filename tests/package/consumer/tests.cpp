// SPDX-License-Identifier: Apache-2.0
// A program that links the fakes for tests: the virtual clock, without a gateway around it.
#include <sluice/testing/virtual_clock.hpp>

#include <iostream>

int main() {
  sluice::testing::VirtualClock clock;
  const auto before = clock.steady_now();
  clock.advance(std::chrono::seconds(60));
  std::cout << (clock.steady_now() - before).count() << '\n';
  return clock.steady_now() - before == std::chrono::seconds(60) ? 0 : 1;
}
