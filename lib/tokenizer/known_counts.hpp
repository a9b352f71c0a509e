// SPDX-License-Identifier: Apache-2.0
// KnownCounts: how many tokens texts had that were counted before. A chat brings all that was said in it with each
// turn, and the same instructions and tools with every request: only what is new has to be counted.
#pragma once

#include "tokenizer/encoding.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sluice::tokenizer {

/// Who brings a text. What one has had counted is unknown to others, so that nobody can tell from the time it takes
/// whether another has sent a text.
enum class TextOwner : std::uint64_t { nobody = 0 };
TextOwner owner_of(std::string_view name);

/// What was counted: a text as it stands, with a newline behind it, or what becomes of it as definitions of functions.
enum class Counted : std::uint8_t { text, line, definitions };

/// A text by its keyed hash (SipHash with a key of this process, which nobody can aim at), its owner and its size. Two
/// texts of one size share all of that with a probability of 2^-52.
struct TextKey {
  std::uint64_t hash = 0;
  std::uint64_t size = 0;  ///< With the encoding and what was counted; never 0 for a text.
};

class KnownCounts {
 public:
  /// Shorter texts are counted as fast as they are found.
  static constexpr std::size_t least_bytes = 32;
  /// Longer ones would have others wait while they are looked for.
  static constexpr std::size_t most_bytes = 1u << 20;
  static constexpr bool can_know(std::string_view text) {
    return text.size() >= least_bytes && text.size() <= most_bytes;
  }
  static constexpr std::size_t places = 4096;  ///< 96 KiB for each thread; a text takes the place of another.

  /// One of each thread: nothing is shared, nothing waits.
  static KnownCounts& of_this_thread();

  static TextKey key_of(std::string_view text, TextOwner owner, Encoding encoding, Counted counted = Counted::text);
  std::optional<std::uint64_t> find(const TextKey& key) const;
  void note(const TextKey& key, std::uint64_t tokens);

 private:
  struct Place {
    TextKey key;
    std::uint64_t tokens = 0;
  };
  std::array<Place, places> places_{};
};

}  // namespace sluice::tokenizer
