// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>

namespace sluice::expression {

/// What follows from its owner, made at the first question and kept. Several threads may ask at a time; one answer
/// stays. `make` may ask the same of other owners.
template <class T>
class Once {
 public:
  Once() = default;
  Once(const Once&) = delete;
  Once& operator=(const Once&) = delete;
  ~Once() { delete made_.load(std::memory_order_relaxed); }

  template <class Make>
  const T& get(const Make& make) const {
    if (const T* known = made_.load(std::memory_order_acquire)) return *known;
    const T* mine = new T(make());
    const T* first = nullptr;
    if (made_.compare_exchange_strong(first, mine, std::memory_order_acq_rel)) return *mine;
    delete mine;
    return *first;
  }

 private:
  mutable std::atomic<const T*> made_{nullptr};
};

}  // namespace sluice::expression
