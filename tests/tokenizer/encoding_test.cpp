// SPDX-License-Identifier: Apache-2.0
#include "tokenizer/encoding.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace sluice::tokenizer;

TEST_CASE("Models have the encodings that are published", "[tokenizer][encoding]") {
  const auto [model, encoding] = GENERATE(table<std::string, Encoding>({
      {"gpt-4o", Encoding::o200k_base},
      {"gpt-4o-2024-08-06", Encoding::o200k_base},
      {"gpt-4o-mini-audio-preview", Encoding::o200k_base},
      {"chatgpt-4o-latest", Encoding::o200k_base},
      {"gpt-4.1-nano-2025-04-14", Encoding::o200k_base},
      {"gpt-4.5-preview", Encoding::o200k_base},
      {"gpt-5", Encoding::o200k_base},
      {"gpt-5.1-mini", Encoding::o200k_base},
      {"gpt-oss-120b", Encoding::o200k_base},
      {"o1", Encoding::o200k_base},
      {"o3-mini", Encoding::o200k_base},
      {"o4-mini-2025-04-16", Encoding::o200k_base},
      {"gpt-4", Encoding::cl100k_base},
      {"GPT-4-32k-0613", Encoding::cl100k_base},
      {"gpt-4-turbo-2024-04-09", Encoding::cl100k_base},
      {"gpt-4-1106-preview", Encoding::cl100k_base},
      {"gpt-3.5-turbo-0125", Encoding::cl100k_base},
      {"gpt-35-turbo-16k", Encoding::cl100k_base},
      {"ft:gpt-4o-mini-2024-07-18:acme::abc", Encoding::o200k_base},
      {"openai/gpt-4", Encoding::cl100k_base},
      {"text-embedding-ada-002", Encoding::cl100k_base},
      {"text-embedding-3-large", Encoding::cl100k_base},
      {"text-davinci-003", Encoding::p50k_base},
      {"code-cushman-001", Encoding::p50k_base},
  }));
  INFO(model);
  CHECK(encoding_of_model(model).encoding == encoding);
  CHECK_FALSE(encoding_of_model(model).is_guess);
}

TEST_CASE("An unknown model has the default encoding, which is called a guess", "[tokenizer][encoding]") {
  for (const std::string_view model : {"", "claude-3-5-sonnet", "o11", "gpt-40", "my-deployment", "gpt-", "ft:", "/"}) {
    INFO(model);
    CHECK(encoding_of_model(model).encoding == default_encoding);
    CHECK(encoding_of_model(model).is_guess);
  }
}

TEST_CASE("Encodings are found by their names", "[tokenizer][encoding]") {
  for (const Encoding encoding : {Encoding::cl100k_base, Encoding::o200k_base, Encoding::p50k_base}) {
    CHECK(encoding_named(name_of(encoding)) == encoding);
  }
  CHECK_FALSE(encoding_named("gpt2"));
}
