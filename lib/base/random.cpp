// SPDX-License-Identifier: Apache-2.0
#include <sluice/random.hpp>

#include <sys/random.h>

#include <array>
#include <cerrno>
#include <cstdlib>

namespace sluice {

std::uint64_t SystemRandom::bits() {
  thread_local std::array<std::uint64_t, 64> buffer;
  thread_local std::size_t used = buffer.size();
  if (used == buffer.size()) {
    // 512 bytes: more than the 256 that getrandom gives without interruption, so the result is checked.
    std::size_t filled = 0;
    while (filled < sizeof buffer) {
      const ssize_t got = getrandom(reinterpret_cast<char*>(buffer.data()) + filled, sizeof buffer - filled, 0);
      if (got > 0)
        filled += static_cast<std::size_t>(got);
      else if (got < 0 && errno != EINTR)
        std::abort();  // a system without randomness cannot run a gateway
    }
    used = 0;
  }
  const std::uint64_t result = buffer[used];
  buffer[used++] = 0;
  return result;
}

}  // namespace sluice
