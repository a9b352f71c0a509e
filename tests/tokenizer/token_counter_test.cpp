// SPDX-License-Identifier: Apache-2.0
#include "tokenizer/token_counter.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <iterator>
#include <random>
#include <string>

using namespace sluice::tokenizer;

namespace {

constexpr Encoding encodings[] = {Encoding::cl100k_base, Encoding::o200k_base, Encoding::p50k_base};

std::size_t count_in_pieces(const Tokenizer& tokens, std::string_view text, std::mt19937& random, std::size_t longest) {
  TokenCounter counter(tokens);
  while (!text.empty()) {
    const std::size_t taken = std::min<std::size_t>(text.size(), random() % (longest + 1));
    counter.add(text.substr(0, taken));
    text.remove_prefix(taken);
  }
  return counter.tokens();
}

}  // namespace

TEST_CASE("A text that comes in pieces has the tokens of the whole, wherever it is cut", "[tokenizer][counter]") {
  std::ifstream file(SLUICE_SOURCE_DIR "/tests/tokenizer/vectors/texts.jsonl");
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  std::mt19937 random(3);
  for (const Encoding encoding : encodings) {
    const Tokenizer& tokens = tokenizer(encoding);
    const std::size_t whole = tokens.count(text);
    for (const std::size_t longest : {1, 2, 7, 300, 40'000})
      CHECK(count_in_pieces(tokens, text, random, longest) == whole);
  }
}

TEST_CASE("What is asked for on the way is the count of the text so far", "[tokenizer][counter]") {
  const std::string text = "I don't know, 12345 caf\u00e9s \u4e2d\u6587 it's\n\n  \u0301ABC";
  for (const Encoding encoding : encodings) {
    TokenCounter counter(tokenizer(encoding));
    for (std::size_t i = 0; i < text.size(); ++i) {
      counter.add(std::string_view(text).substr(i, 1));
      CHECK(counter.tokens() == tokenizer(encoding).count(text.substr(0, i + 1)));
    }
  }
}

TEST_CASE("A run that is longer than what is held is counted as if it were cut there", "[tokenizer][counter][limits]") {
  const Tokenizer& tokens = tokenizer(Encoding::o200k_base);
  const std::string run(4 * TokenCounter::max_held_bytes, '=');
  TokenCounter counter(tokens);
  for (const char c : run) counter.add({&c, 1});
  const std::size_t whole = tokens.count(run);
  CHECK(counter.tokens() >= whole);
  CHECK(counter.tokens() <= whole + 4 * 2);
}

TEST_CASE("A run up to what is held is counted exactly", "[tokenizer][counter][limits]") {
  const Tokenizer& tokens = tokenizer(Encoding::o200k_base);
  const std::string run(TokenCounter::max_held_bytes - 4, 'A');
  TokenCounter counter(tokens);
  counter.add("\u4e2d");
  counter.add(std::string_view(run).substr(3));
  CHECK(counter.tokens() == tokens.count("\u4e2d" + run.substr(3)));
}

TEST_CASE("A character that never ends counts as the replacement character", "[tokenizer][counter]") {
  TokenCounter counter(tokenizer(Encoding::o200k_base));
  counter.add("price \xE2\x82");
  CHECK(counter.tokens() == tokenizer(Encoding::o200k_base).count("price \uFFFD"));
  counter.add("\xAC");
  CHECK(counter.tokens() == tokenizer(Encoding::o200k_base).count("price \u20AC"));
}
