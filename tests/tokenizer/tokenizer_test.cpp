// SPDX-License-Identifier: Apache-2.0
#include "tokenizer/tokenizer.hpp"

#include "base/json.hpp"
#include "tokenizer/token_counter.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <string>
#include <thread>

using namespace sluice;
using namespace sluice::tokenizer;

namespace {

constexpr Encoding encodings[] = {Encoding::cl100k_base, Encoding::o200k_base, Encoding::p50k_base};

std::vector<std::uint32_t> encode(Encoding encoding, std::string_view text) {
  std::vector<std::uint32_t> tokens;
  tokenizer::tokenizer(encoding).encode(text, tokens);
  return tokens;
}

std::string decode(Encoding encoding, const std::vector<std::uint32_t>& tokens) {
  std::string text;
  for (const std::uint32_t token : tokens) text += tokenizer::tokenizer(encoding).bytes_of(token);
  return text;
}

using Ids = std::vector<std::uint32_t>;

}  // namespace

TEST_CASE("Texts of many scripts have the tokens that the published package gives them", "[tokenizer]") {
  std::ifstream file(SLUICE_SOURCE_DIR "/tests/tokenizer/vectors/texts.jsonl");
  std::size_t texts = 0;
  for (std::string line; std::getline(file, line); ++texts) {
    Arena arena;
    const auto row = parse_json(line, arena);
    REQUIRE(row);
    const std::string_view text = (*row)->find("text")->text;
    for (const Encoding encoding : encodings) {
      Ids wanted;
      for (const JsonValue& id : (*row)->find(name_of(encoding))->items) {
        wanted.push_back(static_cast<std::uint32_t>(std::stoul(std::string(id.text))));
      }
      INFO(name_of(encoding) << ": " << text);
      CHECK(encode(encoding, text) == wanted);
      CHECK(tokenizer::tokenizer(encoding).count(text) == wanted.size());
      CHECK(decode(encoding, wanted) == text);
    }
  }
  CHECK(texts == 300);
}

TEST_CASE("The published examples of the encodings come out", "[tokenizer]") {
  CHECK(encode(Encoding::cl100k_base, "tiktoken is great!") == Ids{83, 1609, 5963, 374, 2294, 0});
  CHECK(encode(Encoding::p50k_base, "hello world") == Ids{31373, 995});
  CHECK(encode(Encoding::cl100k_base, "antidisestablishmentarianism") == Ids{519, 85342, 34500, 479, 8997, 2191});
  CHECK(encode(Encoding::o200k_base, "2 + 2 = 4") == Ids{17, 659, 220, 17, 314, 220, 19});
}

TEST_CASE("An empty text has no tokens", "[tokenizer]") {
  for (const Encoding encoding : encodings) {
    CHECK(tokenizer::tokenizer(encoding).count("") == 0);
    CHECK(encode(encoding, "").empty());
  }
}

TEST_CASE("A special token in a text is ordinary text", "[tokenizer]") {
  for (const Encoding encoding : encodings) {
    const Ids tokens = encode(encoding, "<|endoftext|>");
    CHECK(tokens.size() > 1);
    CHECK(decode(encoding, tokens) == "<|endoftext|>");
  }
}

TEST_CASE("What is not valid UTF-8 counts as the replacement character, once for each beginning of a sequence",
          "[tokenizer]") {
  const auto [text, same] = GENERATE(table<std::string, std::string>({{"a\xFF b", "a\uFFFD b"},
                                                                      {"\xC3", "\uFFFD"},
                                                                      {"\xE2\x82 x", "\uFFFD x"},
                                                                      {"\xE2\x82\xE2\x82\xAC", "\uFFFD\u20AC"},
                                                                      {"\xF0\x9F\x98", "\uFFFD"},
                                                                      {"\xED\xA0\x80", "\uFFFD\uFFFD\uFFFD"},
                                                                      {"\xC0\x80", "\uFFFD\uFFFD"},
                                                                      {"\xF4\x90\x80\x80", "\uFFFD\uFFFD\uFFFD\uFFFD"},
                                                                      {"word\x80\x80word", "word\uFFFD\uFFFDword"}}));
  for (const Encoding encoding : encodings) {
    CHECK(encode(encoding, text) == encode(encoding, same));
    CHECK(tokenizer::tokenizer(encoding).count(text) == encode(encoding, same).size());
  }
}

TEST_CASE("A number that is no token has no bytes", "[tokenizer]") {
  CHECK(tokenizer::tokenizer(Encoding::p50k_base).bytes_of(50256).empty());
  CHECK(tokenizer::tokenizer(Encoding::p50k_base).bytes_of(50281).empty());
  CHECK(tokenizer::tokenizer(Encoding::o200k_base).bytes_of(UINT32_MAX).empty());
}

TEST_CASE("Threads that ask for a tokenizer at once get the same one", "[tokenizer]") {
  const Tokenizer* seen[4] = {};
  {
    std::vector<std::jthread> threads;
    for (auto& place : seen) threads.emplace_back([&place] { place = &tokenizer::tokenizer(Encoding::p50k_base); });
  }
  for (const Tokenizer* one : seen) CHECK(one == seen[0]);
}

TEST_CASE("A word of hundreds of kilobytes has its tokens", "[tokenizer][limits]") {
  // 128 blanks are one token of each encoding but p50k_base, where 16 are.
  const std::string blanks(300 * 1024, ' ');
  CHECK(tokenizer::tokenizer(Encoding::o200k_base).count(blanks) == blanks.size() / 128);
  CHECK(tokenizer::tokenizer(Encoding::p50k_base).count(blanks) == blanks.size() / 16);
  CHECK(tokenizer::tokenizer(Encoding::cl100k_base).count(std::string(300 * 1024, 'a')) == 300 * 1024 / 8);
}
