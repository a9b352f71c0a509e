// SPDX-License-Identifier: Apache-2.0
// Arena: memory that lives as long as one request. Allocation is a pointer bump; nothing is freed singly.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory_resource>
#include <new>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

namespace sluice {

/// Bump allocator over blocks that `reset` keeps for the next request. Not thread-safe.
/// Objects made with `make` are destroyed by `reset` when their destructor does something.
class Arena final : public std::pmr::memory_resource {
 public:
  /// `keep_bytes`: how much memory `reset` keeps for reuse.
  explicit Arena(std::size_t first_block_bytes = 8192, std::size_t keep_bytes = 256 * 1024);
  ~Arena() override;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  void* allocate_bytes(std::size_t bytes, std::size_t alignment = alignof(std::max_align_t)) {
    auto address = (reinterpret_cast<std::uintptr_t>(next_) + alignment - 1) & ~(alignment - 1);
    if (address + bytes > reinterpret_cast<std::uintptr_t>(end_)) return allocate_slow(bytes, alignment);
    next_ = reinterpret_cast<std::byte*>(address + bytes);
    return reinterpret_cast<void*>(address);
  }

  /// Makes a `T`. A destructor that is not trivial runs at `reset`, in reverse order of making.
  template <class T, class... Args>
  T* make(Args&&... args) {
    T* object = new (allocate_bytes(sizeof(T), alignof(T))) T(std::forward<Args>(args)...);
    if constexpr (!std::is_trivially_destructible_v<T>) {
      on_reset(object, [](void* p) { static_cast<T*>(p)->~T(); });
    }
    return object;
  }

  /// An array of `count` value-initialised elements of a trivial type.
  template <class T>
  std::span<T> make_array(std::size_t count) {
    static_assert(std::is_trivially_destructible_v<T>);
    T* first = static_cast<T*>(allocate_bytes(sizeof(T) * count, alignof(T)));
    for (std::size_t i = 0; i < count; ++i) new (first + i) T();
    return {first, count};
  }

  /// Memory for `count` elements of a trivial type, to be filled.
  template <class T>
  T* make_room(std::size_t count) {
    static_assert(std::is_trivially_destructible_v<T> && std::is_trivially_copyable_v<T>);
    return static_cast<T*>(allocate_bytes(sizeof(T) * count, alignof(T)));
  }

  /// A copy of `text` that lives in the arena.
  std::string_view copy(std::string_view text) {
    if (text.empty()) return {};
    char* to = static_cast<char*>(allocate_bytes(text.size(), 1));
    std::memcpy(to, text.data(), text.size());
    return {to, text.size()};
  }

  /// The concatenation of `parts`.
  std::string_view concat(std::initializer_list<std::string_view> parts);

  /// Calls `action(object)` at reset.
  void on_reset(void* object, void (*action)(void*));

  /// Destroys what was made and makes the memory available again. Views into the arena end here.
  void reset();

  /// Bytes handed out since the last reset, including what alignment cost in whole blocks.
  std::size_t used_bytes() const;

 private:
  struct Block;
  struct Finalizer;
  void* allocate_slow(std::size_t bytes, std::size_t alignment);
  void* do_allocate(std::size_t bytes, std::size_t alignment) override { return allocate_bytes(bytes, alignment); }
  void do_deallocate(void*, std::size_t, std::size_t) override {}
  bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override { return this == &other; }

  std::byte* next_ = nullptr;
  std::byte* end_ = nullptr;
  Block* current_ = nullptr;
  Block* first_ = nullptr;
  Finalizer* finalizers_ = nullptr;
  std::size_t closed_bytes_ = 0;
  std::size_t block_bytes_;
  std::size_t keep_bytes_;
};

}  // namespace sluice
