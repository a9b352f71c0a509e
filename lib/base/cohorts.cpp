// SPDX-License-Identifier: Apache-2.0
#include "base/cohorts.hpp"

#include "base/home_thread.hpp"

#include <bit>
#include <utility>

namespace sluice {

void Cohorts::Arrival::await_suspend(std::coroutine_handle<> waiting) {
  waiting_ = waiting.address();
  next_ = nullptr;
  const auto place = static_cast<std::size_t>(place_);
  cohorts_.waiting_places_ |= 1U << place;
  Line& line = cohorts_.lines_[place];
  (line.first == nullptr ? line.first : line.last->next_) = this;
  line.last = this;
}

void Cohorts::run() {
  while (waiting_places_ != 0) {
    const int place = std::countr_zero(waiting_places_);
    waiting_places_ &= waiting_places_ - 1;
    run(lines_[static_cast<std::size_t>(place)]);
  }
}

/// Those who wait there now.
void Cohorts::run(Line& line) {
  Arrival* next = std::exchange(line, Line{}).first;
  while (next != nullptr) {
    // It is gone when it has gone on.
    Arrival& arrival = *std::exchange(next, next->next_);
    std::coroutine_handle<>::from_address(arrival.waiting_).resume();
  }
}

Cohorts& cohorts_of_thread() {
  static Cohorts of_no_loop;
  Cohorts* cohorts = home_thread().cohorts;
  return cohorts != nullptr ? *cohorts : of_no_loop;
}

}  // namespace sluice
