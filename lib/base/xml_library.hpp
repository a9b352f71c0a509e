// SPDX-License-Identifier: Apache-2.0
// libxml2 as a library of the process: made ready once, and watched for the memory it takes on a thread.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sluice {

/// Makes libxml2 ready. Whoever uses it calls this first; only the first call does something.
void prepare_xml_library();

/// While it lives, what libxml2 (and what stands on it) takes on this thread is counted, and `stop` is called at each
/// allocation beyond `most_bytes`. Nothing is refused: libxml2 does not bear that well everywhere. One at a time on a
/// thread. Where the program has given libxml2 an allocator of its own, nothing is counted.
class XmlMemoryWatch {
 public:
  using Stop = void (*)(void* what);
  XmlMemoryWatch(std::size_t most_bytes, Stop stop, void* what);
  ~XmlMemoryWatch();
  XmlMemoryWatch(const XmlMemoryWatch&) = delete;
  XmlMemoryWatch& operator=(const XmlMemoryWatch&) = delete;

  bool is_exceeded() const { return is_exceeded_; }
  void note(std::int64_t bytes);

 private:
  std::int64_t taken_ = 0;
  const std::int64_t most_;
  const Stop stop_;
  void* const what_;
  bool is_exceeded_ = false;
};

}  // namespace sluice
