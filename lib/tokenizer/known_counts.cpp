// SPDX-License-Identifier: Apache-2.0
#include "tokenizer/known_counts.hpp"

#include "base/text_hash.hpp"

#include <memory>

namespace sluice::tokenizer {

TextOwner owner_of(std::string_view name) { return TextOwner{TextHash()(name)}; }

KnownCounts& KnownCounts::of_this_thread() {
  thread_local const auto known = std::make_unique<KnownCounts>();
  return *known;
}

TextKey KnownCounts::key_of(std::string_view text, TextOwner owner, Encoding encoding, Counted counted) {
  const std::uint64_t kind =
      static_cast<std::uint64_t>(counted) * encoding_count + static_cast<std::uint64_t>(encoding);
  return {TextHash()(text) ^ static_cast<std::uint64_t>(owner), text.size() << 8 | kind};
}

std::optional<std::uint64_t> KnownCounts::find(const TextKey& key) const {
  const Place& place = places_[key.hash % places];
  const bool is_known = place.key.hash == key.hash && place.key.size == key.size;
  return is_known ? std::optional(place.tokens) : std::nullopt;
}

void KnownCounts::note(const TextKey& key, std::uint64_t tokens) { places_[key.hash % places] = {key, tokens}; }

}  // namespace sluice::tokenizer
