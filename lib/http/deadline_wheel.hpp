// SPDX-License-Identifier: Apache-2.0
// Deadlines of one worker: a wheel of lists with one coarse tick. Adding and removing cost a few instructions, which
// is why every wait can have a deadline: an entry stays in the list where it is while its deadline moves away or ends,
// and finds its place when that list's time has come. Pure: the caller says what time it is.
#pragma once

#include <sluice/clock.hpp>

#include <algorithm>
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
    ~Entry() {
      end();
      unlink();
    }
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;
    bool is_waiting() const { return due_tick_ != none; }

   private:
    friend class DeadlineWheel;
    static constexpr std::int64_t none = 0;
    void unlink();
    void end() {
      if (due_tick_ == none) return;
      due_tick_ = none;
      --wheel_->count_;
    }
    Entry* next_ = nullptr;
    Entry* previous_ = nullptr;
    std::int64_t due_tick_ = none;
    std::int64_t list_tick_ = 0;  // of the list it is in; at most due_tick_
    void (*expired_)(Entry&);
    DeadlineWheel* wheel_ = nullptr;
  };

  DeadlineWheel();
  DeadlineWheel(const DeadlineWheel&) = delete;
  DeadlineWheel& operator=(const DeadlineWheel&) = delete;

  /// Calls the entry's function at the first `advance` at or after `deadline`. An entry that waits already is moved.
  void add(Entry& entry, SteadyTime deadline) {
    const std::int64_t due = std::max(tick_after(deadline), current_tick_ + 1);
    if (entry.due_tick_ == Entry::none) ++count_;
    entry.due_tick_ = due;
    if (entry.next_ == nullptr || due < entry.list_tick_) place(entry);
  }
  void remove(Entry& entry) { entry.end(); }
  bool empty() const { return count_ == 0; }
  /// Fires what is due at `now`. Entries may be added and removed while it runs.
  void advance(SteadyTime now);

 private:
  static constexpr std::size_t slots = 512;  // later deadlines pass their slot several times
  struct List : Entry {
    List() : Entry(nullptr) {}
  };
  static std::int64_t tick_after(SteadyTime time) {
    return (time.time_since_epoch().count() + tick.count() - 1) / tick.count();
  }
  static void insert(Entry& list, Entry& entry);
  void place(Entry& entry);
  void pass(List& list, std::int64_t now);

  std::array<List, slots> lists_;
  List due_;
  std::int64_t current_tick_ = 0;
  std::size_t count_ = 0;  // of entries that wait
};

}  // namespace sluice::http
