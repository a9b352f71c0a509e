// SPDX-License-Identifier: Apache-2.0
#include "base/cohorts.hpp"

#include "base/home_thread.hpp"

#include <utility>

namespace sluice {

void Cohorts::Arrival::await_suspend(std::coroutine_handle<> waiting) {
  waiting_ = waiting;
  Line& line = cohorts_->lines_[static_cast<std::size_t>(place_)];
  (line.first == nullptr ? line.first : line.last->next_) = this;
  line.last = this;
}

void Cohorts::run() {
  for (std::size_t place = 0; place < places;) {
    Line& line = lines_[place];
    const bool is_empty = line.first == nullptr;
    if (!is_empty) run(line);
    place = is_empty ? place + 1 : 0;
  }
}

/// Those who wait there now.
void Cohorts::run(Line& line) {
  Arrival* next = std::exchange(line, Line{}).first;
  while (next != nullptr) {
    // It is gone when it has gone on.
    Arrival& arrival = *std::exchange(next, next->next_);
    arrival.waiting_.resume();
  }
}

Cohorts::Arrival cohort_at(Cohorts::Place place) { return {home_thread().cohorts, place}; }

}  // namespace sluice
