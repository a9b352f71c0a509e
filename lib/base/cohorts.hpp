// SPDX-License-Identifier: Apache-2.0
// Cohorts: the requests of one turn of an event loop that have come to the same place go on from there together, one
// after the other, so that the instructions of each part of their way are fetched into the nearest cache once for all
// of them. The way of a request is several times as long as that cache.
// **Source**: Larus and Parkes, "Using Cohort Scheduling to Enhance Server Performance", USENIX 2002.
#pragma once

#include <array>
#include <coroutine>
#include <cstddef>
#include <cstdint>

namespace sluice {

/// One thread's. Requests wait here within a turn only.
class Cohorts {
 public:
  /// Where requests wait for each other, in the order of their way.
  enum class Place : std::uint8_t {
    handling,    ///< The request has been read.
    prompt,      ///< What it asks of a model is read next,
    counting,    ///< its tokens are counted next,
    admission,   ///< and taken.
    forwarding,  ///< The backend of a pool is chosen next.
    sending,     ///< The request leaves next.
    answer,      ///< Something of the answer has come.
    returning,   ///< The answer's head has been read.
    delivery,    ///< The answer leaves next.
    ending       ///< A piece of the answer has left; who watches it hears of it next.
  };
  static constexpr std::size_t places = static_cast<std::size_t>(Place::ending) + 1;

  class Arrival;
  /// Awaited: go on together with who else comes there in this turn; at once where nobody gathers.
  Arrival at(Place place);

  /// From here until `end`, who arrives waits.
  void begin() { is_gathering_ = true; }
  /// Lets all go on, and who arrives meanwhile, until nobody waits. Who is behind goes first.
  void run();
  void end() {
    run();
    is_gathering_ = false;
  }

 private:
  struct Line {
    Arrival* first = nullptr;
    Arrival* last = nullptr;
  };
  void run(Line& line);

  bool is_gathering_ = false;
  std::uint32_t waiting_places_ = 0;  ///< A bit for each, the lowest for the first.
  std::array<Line, places> lines_;
};

/// Nothing of it is written until somebody waits: nearly always nobody does.
class Cohorts::Arrival {
 public:
  Arrival(Cohorts& cohorts, Place place) : cohorts_(cohorts), place_(place) {}
  bool await_ready() const { return !cohorts_.is_gathering_; }
  void await_suspend(std::coroutine_handle<> waiting);
  void await_resume() const {}

 private:
  friend class Cohorts;
  Cohorts& cohorts_;
  Place place_;
  Arrival* next_;
  void* waiting_;  ///< The address of a coroutine.
};

inline Cohorts::Arrival Cohorts::at(Place place) { return {*this, place}; }

/// Those of the calling thread's event loop. Nobody gathers where there is none.
Cohorts& cohorts_of_thread();

}  // namespace sluice
