// SPDX-License-Identifier: Apache-2.0
#include "tokenizer/rank_table.hpp"

#include "base/inflate.hpp"

#include <algorithm>
#include <stdexcept>

namespace sluice::tokenizer {
namespace {

constexpr std::size_t head_bytes = 8;
constexpr std::size_t most_tokens = 1 << 18;  ///< What fits the keys of merges.
constexpr std::size_t all_bytes = 256;

std::uint32_t read_number(std::string_view file, std::size_t at) {
  std::uint32_t number = 0;
  for (unsigned i = 0; i < 4; ++i)
    number |= static_cast<std::uint32_t>(static_cast<unsigned char>(file[at + i])) << (8 * i);
  return number;
}

}  // namespace

RankTable::RankTable(std::string_view file) {
  const std::size_t tokens = read_number(file, 0);
  const std::size_t bytes = read_number(file, 4);
  const auto read = inflate_body(file.substr(head_bytes), "deflate", arena_, tokens + bytes);
  if (!read || read->size() != tokens + bytes || tokens > most_tokens)
    throw std::logic_error("a table of ranks is broken");
  bytes_ = read->substr(tokens);

  unsigned bits = 8;
  while (std::size_t{1} << bits < 2 * tokens) ++bits;
  places_.resize(std::size_t{1} << bits);
  mask_ = places_.size() - 1;
  shift_ = 64 - bits;
  begins_.reserve(tokens + 1);
  begins_.push_back(0);
  for (const char size : read->substr(0, tokens)) {
    begins_.push_back(begins_.back() + static_cast<unsigned char>(size));
    longest_ = std::max<std::size_t>(longest_, static_cast<unsigned char>(size));
  }
  if (begins_.back() != bytes || longest_ > longest_token_bytes) throw std::logic_error("a table of ranks is broken");
  for (std::uint32_t rank = 0; rank < tokens; ++rank) insert(rank);
  for (std::size_t byte = 0; byte < all_bytes; ++byte) {
    // Every text has an encoding only if every byte has one.
    const char text = static_cast<char>(byte);
    if (find(&text, 1) == no_rank) throw std::logic_error("a table of ranks lacks a byte");
  }
}

void RankTable::insert(std::uint32_t rank) {
  const std::string_view token = bytes_of(rank);
  if (token.empty()) return;
  const std::uint64_t key = key_of(token.data(), token.size());
  std::size_t place = place_of(key, token.size());
  while (places_[place].size != 0) place = (place + 1) & mask_;
  places_[place] = {key, rank, static_cast<std::uint32_t>(token.size())};
}

}  // namespace sluice::tokenizer
