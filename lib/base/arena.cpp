// SPDX-License-Identifier: Apache-2.0
// Arena: a chain of blocks, each twice as large as the one before up to a bound. `reset` keeps the blocks that fit
// into `keep_bytes`, so that a steady state allocates nothing.
#include <sluice/arena.hpp>

#include "base/recycling.hpp"

#include <algorithm>
#include <limits>

namespace sluice {

struct alignas(std::max_align_t) Arena::Block {
  Block* next;
  std::size_t size;
  std::byte* data() { return reinterpret_cast<std::byte*>(this + 1); }
};

struct Arena::Finalizer {
  Finalizer* next;
  void* object;
  void (*action)(void*);
};

namespace {
constexpr std::size_t largest_regular_block_bytes = 1024 * 1024;
constexpr std::size_t most_bytes = std::numeric_limits<std::size_t>::max() / 2;  // of one piece, with all around it
}  // namespace

Arena::Arena(std::size_t first_block_bytes, std::size_t keep_bytes)
    : block_bytes_(recycles_memory ? std::max<std::size_t>(first_block_bytes, 256) : 0),
      keep_bytes_(recycles_memory ? keep_bytes : 0) {}

Arena::~Arena() {
  keep_bytes_ = 0;
  reset();
}

void* Arena::allocate_slow(std::size_t bytes, std::size_t alignment) {
  if (bytes > most_bytes) throw std::bad_alloc();
  const std::size_t wanted = alignment <= alignof(Block) ? bytes : bytes + alignment;
  if (current_ != nullptr) closed_bytes_ += static_cast<std::size_t>(next_ - current_->data());
  // A kept block from before the last reset is used when it is large enough; smaller ones stay for later.
  Block* following = current_ != nullptr ? current_->next : first_;
  if (following == nullptr || following->size < wanted) {
    const std::size_t size = std::max({wanted, block_bytes_, std::size_t{1}});
    auto* block = static_cast<Block*>(::operator new(sizeof(Block) + size));
    block->size = size;
    block->next = following;
    (current_ != nullptr ? current_->next : first_) = block;
    following = block;
    block_bytes_ = std::min(block_bytes_ * 2, largest_regular_block_bytes);
  }
  current_ = following;
  next_ = current_->data();
  end_ = next_ + current_->size;
  return allocate_bytes(bytes, alignment);
}

std::string_view Arena::concat(std::initializer_list<std::string_view> parts) {
  std::size_t size = 0;
  for (auto part : parts) size += part.size();
  if (size == 0) return {};
  char* to = static_cast<char*>(allocate_bytes(size, 1));
  char* at = to;
  for (auto part : parts) {
    if (!part.empty()) std::memcpy(at, part.data(), part.size());
    at += part.size();
  }
  return {to, size};
}

void Arena::on_reset(void* object, void (*action)(void*)) {
  auto* entry = static_cast<Finalizer*>(allocate_bytes(sizeof(Finalizer), alignof(Finalizer)));
  *entry = {finalizers_, object, action};
  finalizers_ = entry;
}

void Arena::reset() {
  if (current_ == nullptr) return;  // Nothing was made.
  // A finalizer may register another one; the list is taken entry by entry.
  while (finalizers_ != nullptr) {
    Finalizer* entry = finalizers_;
    finalizers_ = entry->next;
    entry->action(entry->object);
  }
  std::size_t kept = 0;
  Block** link = &first_;
  while (Block* block = *link) {
    if (kept + block->size <= keep_bytes_) {
      kept += block->size;
      link = &block->next;
    } else {
      *link = block->next;
      ::operator delete(block);
    }
  }
  current_ = nullptr;
  next_ = end_ = nullptr;
  closed_bytes_ = 0;
  if (first_ != nullptr) {
    current_ = first_;
    next_ = current_->data();
    end_ = next_ + current_->size;
  }
}

std::size_t Arena::used_bytes() const {
  return closed_bytes_ + (current_ != nullptr ? static_cast<std::size_t>(next_ - current_->data()) : 0);
}

}  // namespace sluice
