// SPDX-License-Identifier: Apache-2.0
#include "base/recycling.hpp"

#include <sluice/arena.hpp>
#include <sluice/task.hpp>

#include <catch2/catch.hpp>

using namespace sluice;

extern "C" int __asan_address_is_poisoned(const volatile void* address);

TEST_CASE("AddressSanitizer sees a use beyond or after the end of what is recycled elsewhere", "[base][recycling]") {
  if constexpr (!recycles_memory) {
    Arena arena;
    auto* const first = static_cast<char*>(arena.allocate_bytes(10, 1));
    auto* const second = static_cast<char*>(arena.allocate_bytes(10, 1));
    CHECK_FALSE(__asan_address_is_poisoned(first + 9));
    CHECK(__asan_address_is_poisoned(first + 10));
    CHECK(__asan_address_is_poisoned(second + 10));
    arena.reset();
    CHECK(__asan_address_is_poisoned(first));
    CHECK(__asan_address_is_poisoned(second));

    auto* const frame = static_cast<char*>(detail::allocate_frame(100));
    CHECK_FALSE(__asan_address_is_poisoned(frame + 99));
    CHECK(__asan_address_is_poisoned(frame + 100));
    detail::release_frame(frame, 100);
    CHECK(__asan_address_is_poisoned(frame));
  } else {
    void* const frame = detail::allocate_frame(100);
    detail::release_frame(frame, 100);
    void* const again = detail::allocate_frame(100);
    CHECK(again == frame);
    detail::release_frame(again, 100);
  }
}
