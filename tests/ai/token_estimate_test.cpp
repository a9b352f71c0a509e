// SPDX-License-Identifier: Apache-2.0
#include "ai/token_estimate.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace sluice;
using ai::estimate_tokens;

TEST_CASE("words, numbers and marks are counted by their rule", "[ai][token_estimate]") {
  CHECK(estimate_tokens("") == 0);
  CHECK(estimate_tokens("word") == 1);
  CHECK(estimate_tokens("seventh") == 1);
  CHECK(estimate_tokens("eighteen") == 2);
  CHECK(estimate_tokens("The quick brown fox") == 4);
  CHECK(estimate_tokens("1234567") == 3);
  CHECK(estimate_tokens("Hello, world!") == 4);
  CHECK(estimate_tokens("====") == 1);
  CHECK(estimate_tokens("=====") == 2);
  CHECK(estimate_tokens("\n\n") == 1);
  CHECK(estimate_tokens("a b") == 2);
  CHECK(estimate_tokens("a        b") == 3);
}

TEST_CASE("other alphabets cost more", "[ai][token_estimate]") {
  CHECK(estimate_tokens("Привет") == 3);
  CHECK(estimate_tokens("你好世界") == 4);
  CHECK(estimate_tokens("😀") == 2);
  CHECK(estimate_tokens("\xff\xfe") == 2);
}

TEST_CASE("prose comes out near what tokenizers count", "[ai][token_estimate]") {
  // 48 tokens by the encodings of GPT-4 and GPT-4o.
  const std::string prose =
      "The gateway counts tokens before the model has seen the prompt. It does so by a rule, and corrects the count "
      "when "
      "the answer says what was used. A small error is fine, because the limit is settled afterwards.";
  CHECK(estimate_tokens(prose) >= 36);
  CHECK(estimate_tokens(prose) <= 56);
}

TEST_CASE("pieces give what the whole gives", "[ai][token_estimate]") {
  const std::string text = "Überraschung: 12345 Wörter, 你好 – und  noch 😀 mehr...\n\n";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    ai::TokenEstimate estimate;
    estimate.add(text.substr(0, cut));
    estimate.add(text.substr(cut));
    CAPTURE(cut);
    CHECK(estimate.tokens() == estimate_tokens(text));
  }
}

TEST_CASE("more text never has fewer tokens", "[ai][token_estimate]") {
  ai::TokenEstimate estimate;
  std::int64_t before = 0;
  for (int i = 0; i < 5000; ++i) {
    const char c = static_cast<char>(i * 37);
    estimate.add({&c, 1});
    REQUIRE(estimate.tokens() >= before);
    REQUIRE(estimate.tokens() <= before + 2);
    before = estimate.tokens();
  }
}
