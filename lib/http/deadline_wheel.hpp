// SPDX-License-Identifier: Apache-2.0
// Deadlines of one worker: a wheel of lists with one coarse tick. Adding and removing cost a few instructions, which
// is why every wait can have a deadline. Pure: the caller says what time it is.
#pragma once

#include <sluice/clock.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace sluice::http {

class DeadlineWheel {
 public:
  static constexpr std::chrono::microseconds tick{20'000};

  /// Something that happens at a deadline. Leaves the wheel when destroyed.
  class Entry {
   public:
    explicit Entry(void (*expired)(Entry&)) : expired_(expired) {}
    ~Entry() { unlink(); }
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;
    bool is_waiting() const { return next_ != nullptr; }

   private:
    friend class DeadlineWheel;
    void unlink();
    Entry* next_ = nullptr;
    Entry* previous_ = nullptr;
    std::int64_t due_tick_ = 0;
    void (*expired_)(Entry&);
    DeadlineWheel* wheel_ = nullptr;
  };

  DeadlineWheel();
  DeadlineWheel(const DeadlineWheel&) = delete;
  DeadlineWheel& operator=(const DeadlineWheel&) = delete;

  /// Calls the entry's function at the first `advance` at or after `deadline`. An entry that waits already is moved.
  void add(Entry& entry, SteadyTime deadline);
  void remove(Entry& entry) { entry.unlink(); }
  bool empty() const { return count_ == 0; }
  /// Fires what is due at `now`. Entries may be added and removed while it runs.
  void advance(SteadyTime now);

 private:
  static constexpr std::size_t slots = 512;  // later deadlines pass their slot several times
  struct List : Entry {
    List() : Entry(nullptr) {}
  };
  static void insert(Entry& list, Entry& entry);

  std::array<List, slots> lists_;
  List due_;
  std::int64_t current_tick_ = 0;
  std::size_t count_ = 0;
};

}  // namespace sluice::http
