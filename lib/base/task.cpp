// SPDX-License-Identifier: Apache-2.0
// Coroutine frames from per-thread free lists, one list per size class. A frame may be released on another thread
// than the one that made it; it then joins that thread's list.
#include <sluice/task.hpp>

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
  std::size_t count;
};

/// Whether the lists of a thread are emptied when it ends.
enum class Keeping : std::uint8_t { not_yet, until_end, ended };

// Without constructor, so that reaching them is one load.
constinit thread_local std::array<FrameList, class_count> lists{};
constinit thread_local Keeping keeping = Keeping::not_yet;

void* take(FrameList& list) {
  FreeFrame* const frame = list.first;
  list.first = frame->next;
  --list.count;
  return frame;
}

struct Cleaner {
  ~Cleaner() {
    keeping = Keeping::ended;
    for (FrameList& list : lists) {
      while (list.first != nullptr) ::operator delete(take(list));
    }
  }
};

/// True when this thread may keep frames. The first time it makes sure that they are freed at the thread's end.
bool may_keep() {
  if (keeping == Keeping::not_yet) {
    thread_local const Cleaner cleaner;
    keeping = Keeping::until_end;
  }
  return keeping == Keeping::until_end;
}

constexpr std::size_t class_of(std::size_t bytes) { return (bytes - 1) / class_bytes; }

}  // namespace

void* allocate_frame(std::size_t bytes) {
  const std::size_t index = class_of(bytes);
  if (index >= class_count) return ::operator new(bytes);
  FrameList& list = lists[index];
  return list.first != nullptr ? take(list) : ::operator new((index + 1) * class_bytes);
}

void release_frame(void* frame, std::size_t bytes) noexcept {
  const std::size_t index = class_of(bytes);
  if (index >= class_count || lists[index].count == frames_kept_per_class) return ::operator delete(frame);
  if (keeping != Keeping::until_end && !may_keep()) return ::operator delete(frame);
  FrameList& list = lists[index];
  list.first = new (frame) FreeFrame{list.first};
  ++list.count;
}

}  // namespace sluice::detail
