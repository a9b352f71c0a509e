// SPDX-License-Identifier: Apache-2.0
#include "embedding.hpp"

#include <catch2/catch.hpp>

using sluice::simulated::embed;

namespace {

/// The cosine distance, as caches measure it.
double distance(const char* left, const char* right, std::size_t dimensions = 256) {
  const auto a = embed(left, dimensions), b = embed(right, dimensions);
  double product = 0;
  for (std::size_t i = 0; i < a.size(); ++i) product += a[i] * b[i];
  return 1 - product;
}

}  // namespace

TEST_CASE("texts that say the same lie near one another", "[upstreams][embedding]") {
  CHECK(distance("hello there", "hi there, hello") < 0.01);
  CHECK(distance("How do I reset my password?", "how can i RESET the password") < 0.1);
  CHECK(distance("Explain the error in this picture", "please describe the fault of that photo") < 0.1);
  CHECK(distance("opening hours of the store", "the store's opening hour") < 0.1);
  CHECK(distance("reset my pasword", "reset my password") < 0.35);
}

TEST_CASE("texts that have nothing in common lie far from one another", "[upstreams][embedding]") {
  CHECK(distance("How do I reset my password?", "What is the capital of France?") > 0.7);
  CHECK(distance("hello there", "invoice number seven is wrong") > 0.7);
  CHECK(distance("cancel the order", "deliver the order") > 0.3);
  CHECK(distance("hello there", "invoice number seven is wrong", 1536) > 0.8);
}

TEST_CASE("vectors have length 1 and the wanted dimension, whatever the text", "[upstreams][embedding]") {
  for (const char* text : {"", "!?", "word", "\xE6\x97\xA5\xE6\x9C\xAC", "\xFF\xFE"}) {
    for (const std::size_t dimensions : {std::size_t{1}, std::size_t{8}, std::size_t{1536}}) {
      const auto vector = embed(text, dimensions);
      REQUIRE(vector.size() == dimensions);
      double square = 0;
      for (const double x : vector) square += x * x;
      CHECK(square == Approx(1));
    }
  }
}
