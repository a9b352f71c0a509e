// SPDX-License-Identifier: Apache-2.0
// Coroutine frames from per-thread free lists, one list per size class. A frame may be released on another thread
// than the one that made it; it then joins that thread's list.
#include <sluice/task.hpp>

#include "base/recycling.hpp"

#include <array>
#include <new>

namespace sluice::detail {
namespace {

constexpr std::size_t class_bytes = 128;
constexpr std::size_t class_count = 16;  // frames up to 2 KiB are recycled
constexpr std::size_t frames_kept_per_class = 64;

struct FreeFrame {
  FreeFrame* next;
};
struct FrameList {
  FreeFrame* first;
  std::size_t room;  ///< For so many more: none before the thread has seen to it that they are freed at its end.
};

// Without constructor, so that reaching them is one load.
constinit thread_local std::array<FrameList, class_count> lists{};

void* take(FrameList& list) {
  FreeFrame* const frame = list.first;
  list.first = frame->next;
  ++list.room;
  return frame;
}

struct Cleaner {
  Cleaner() {
    for (FrameList& list : lists) list.room = frames_kept_per_class;
  }
  ~Cleaner() {
    for (FrameList& list : lists) {
      while (list.first != nullptr) ::operator delete(take(list));
      list.room = 0;
    }
  }
};

void keep_frame(FrameList& list, void* frame) {
  list.first = new (frame) FreeFrame{list.first};
  --list.room;
}

/// When a list is full, or at the first frame of a thread.
[[gnu::noinline]] void release_slowly(FrameList& list, void* frame) {
  thread_local const Cleaner cleaner;
  if (list.room != 0) return keep_frame(list, frame);
  ::operator delete(frame);
}

constexpr std::size_t class_of(std::size_t bytes) { return (bytes - 1) / class_bytes; }

}  // namespace

void* allocate_frame(std::size_t bytes) {
  const std::size_t index = class_of(bytes);
  if (!recycles_memory || index >= class_count) return ::operator new(bytes);
  FrameList& list = lists[index];
  return list.first != nullptr ? take(list) : ::operator new((index + 1) * class_bytes);
}

void release_frame(void* frame, std::size_t bytes) noexcept {
  const std::size_t index = class_of(bytes);
  if (!recycles_memory || index >= class_count) return ::operator delete(frame);
  FrameList& list = lists[index];
  if (list.room != 0) return keep_frame(list, frame);
  release_slowly(list, frame);
}

}  // namespace sluice::detail
