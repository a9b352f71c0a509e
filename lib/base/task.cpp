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

class FramePool {
 public:
  ~FramePool() {
    for (auto& list : lists_) {
      while (list.first != nullptr) ::operator delete(take(list));
    }
  }
  void* allocate(std::size_t bytes) {
    const std::size_t index = (bytes - 1) / class_bytes;
    if (index >= class_count) return ::operator new(bytes);
    List& list = lists_[index];
    return list.first != nullptr ? take(list) : ::operator new((index + 1) * class_bytes);
  }
  void release(void* frame, std::size_t bytes) noexcept {
    const std::size_t index = (bytes - 1) / class_bytes;
    if (index >= class_count || lists_[index].count == frames_kept_per_class) return ::operator delete(frame);
    List& list = lists_[index];
    list.first = new (frame) FreeFrame{list.first};
    ++list.count;
  }

 private:
  struct List {
    FreeFrame* first = nullptr;
    std::size_t count = 0;
  };
  static void* take(List& list) {
    FreeFrame* frame = list.first;
    list.first = frame->next;
    --list.count;
    return frame;
  }
  std::array<List, class_count> lists_;
};

thread_local FramePool pool;

}  // namespace

void* allocate_frame(std::size_t bytes) { return pool.allocate(bytes); }
void release_frame(void* frame, std::size_t bytes) noexcept { pool.release(frame, bytes); }

}  // namespace sluice::detail
