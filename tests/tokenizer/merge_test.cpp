// SPDX-License-Identifier: Apache-2.0
#include "tokenizer/merge.hpp"

#include "tokenizer/rank_data.hpp"
#include "tokenizer/tokenizer.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <string>

using namespace sluice::tokenizer;

namespace {

/// The definition, as plainly as it can be written: the lowest rank of all neighbours, again and again.
std::vector<std::size_t> plain_merge(const RankTable& ranks, const std::string& text) {
  std::vector<std::size_t> begins(text.size() + 1);
  for (std::size_t i = 0; i < begins.size(); ++i) begins[i] = i;
  const auto rank = [&](std::size_t i) {
    return i + 2 < begins.size() ? ranks.find(text.data() + begins[i], begins[i + 2] - begins[i]) : no_rank;
  };
  std::vector<std::uint32_t> keys;
  for (std::size_t i = 0; i + 1 < begins.size(); ++i) keys.push_back(rank(i));
  while (true) {
    const auto least = std::min_element(keys.begin(), keys.end());
    if (least == keys.end() || *least == no_rank) break;
    const auto at = least - keys.begin();
    begins.erase(begins.begin() + at + 1);
    keys.erase(keys.begin() + at + 1);
    keys[static_cast<std::size_t>(at)] = rank(static_cast<std::size_t>(at));
    if (at > 0) keys[static_cast<std::size_t>(at - 1)] = rank(static_cast<std::size_t>(at - 1));
  }
  return {begins.begin() + 1, begins.end()};
}

std::vector<std::size_t> plain(std::span<const std::uint16_t> ends) { return {ends.begin(), ends.end()}; }

/// A word without anything that would cut it, of a few letters so that merges reach far.
std::string long_word(std::mt19937& random, std::size_t size) {
  const std::size_t letters = 1 + random() % 6;
  std::string alphabet;
  for (std::size_t i = 0; i < letters; ++i) alphabet += static_cast<char>('a' + random() % 26);
  std::string word;
  while (word.size() < size) word += alphabet[random() % letters];
  return word;
}

const RankTable& ranks() {
  static const RankTable table(rank_file(Encoding::o200k_base));
  return table;
}

}  // namespace

TEST_CASE("Both mergers give what the definition gives", "[tokenizer][merge]") {
  std::mt19937 random(7);
  Merger merger(ranks());
  ShortMerger short_merger(ranks());
  for (int i = 0; i < 300; ++i) {
    const std::string word = long_word(random, 1 + random() % most_short_bytes);
    const auto wanted = plain_merge(ranks(), word);
    CHECK(plain(merger.merge(word.data(), word.size())) == wanted);
    CHECK(plain(short_merger.merge(word.data(), word.size())) == wanted);
  }
}

TEST_CASE("A word longer than a window has the tokens of the definition", "[tokenizer][merge]") {
  std::mt19937 random(11);
  for (int i = 0; i < 6; ++i) {
    const std::string word = long_word(random, merge_window_bytes + 1 + random() % (2 * merge_window_bytes));
    std::vector<std::uint32_t> wanted, tokens;
    std::size_t begin = 0;
    for (const std::size_t end : plain_merge(ranks(), word)) {
      wanted.push_back(ranks().find(word.data() + begin, end - begin));
      begin = end;
    }
    tokenizer(Encoding::o200k_base).encode(word, tokens);
    CHECK(tokens == wanted);
  }
}

TEST_CASE("Merging a window takes at most three look-ups for each byte", "[tokenizer][merge][limits]") {
  std::mt19937 random(13);
  for (const std::string& window : {std::string(merge_window_bytes, 'a'), std::string(merge_window_bytes, ' '),
                                    std::string(merge_window_bytes, '='), long_word(random, merge_window_bytes),
                                    long_word(random, merge_window_bytes)}) {
    Merger merger(ranks());
    merger.merge(window.data(), window.size());
    CHECK(merger.lookups() <= 3 * merge_window_bytes);
  }
}
