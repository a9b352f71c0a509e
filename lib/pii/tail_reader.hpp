// SPDX-License-Identifier: Apache-2.0
// TailReader: where a finding ends that goes on behind the bytes that decided it.
#pragma once

#include "pii/found.hpp"

#include <cstddef>
#include <string_view>

namespace sluice::pii {

class TailReader {
 public:
  TailReader() = default;
  explicit TailReader(Tail tail) : tail_(tail) {}

  bool is_reading() const { return tail_ != Tail::none; }
  /// How many bytes of `text` belong to the finding. It has ended when fewer than all do and `is_reading` is false
  /// then; a last point waits for what follows it. `ends_here`: nothing follows `text`.
  std::size_t read(std::string_view text, bool ends_here);

 private:
  std::size_t end(std::size_t length) {
    tail_ = Tail::none;
    return length;
  }
  std::size_t read_words(std::string_view text, bool ends_here);
  std::size_t read_pem(std::string_view text);

  Tail tail_ = Tail::none;
  std::size_t bytes_ = 0;     ///< PEM: read so far.
  unsigned dashes_ = 0;       ///< PEM: that were read last.
  bool is_in_label_ = false;  ///< PEM: between the dashes of the last line.
};

}  // namespace sluice::pii
