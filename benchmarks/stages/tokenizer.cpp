// SPDX-License-Identifier: Apache-2.0
// Counting tokens: prose and JSON by turns, the same in the pieces of a stream, and the runs that a tokenizer fears.
#include "bench.hpp"
#include "stages/texts.hpp"

#include "tokenizer/rank_data.hpp"
#include "tokenizer/rank_table.hpp"
#include "tokenizer/token_counter.hpp"

#include <memory>

namespace sluice::bench {
namespace {

constexpr std::size_t run_bytes = 300 * 1024;
constexpr std::size_t event_bytes = 24;

}  // namespace

void add_tokenizer_stages(Bench& bench) {
  using namespace tokenizer;
  const auto add = [&](const std::string& name, const char* what, Encoding encoding, std::string text) {
    const auto shared = std::make_shared<std::string>(std::move(text));
    bench.add(
        "tokenizer." + name, what, [shared, encoding] { keep(tokenizer::tokenizer(encoding).count(*shared)); },
        shared->size());
  };
  add("count.cl100k_base", "about 300 KiB of prose and JSON", Encoding::cl100k_base, mixed_text());
  add("count.o200k_base", "about 300 KiB of prose and JSON", Encoding::o200k_base, mixed_text());
  add("count.p50k_base", "about 300 KiB of prose and JSON", Encoding::p50k_base, mixed_text());
  add("count.letters", "300 KiB of one letter", Encoding::o200k_base, std::string(run_bytes, 'a'));
  add("count.blanks", "300 KiB of blanks", Encoding::o200k_base, std::string(run_bytes, ' '));
  const auto text = std::make_shared<std::string>(mixed_text());
  bench.add(
      "tokenizer.counter", "the same text in pieces of 24 bytes",
      [text] {
        TokenCounter counter(tokenizer::tokenizer(Encoding::o200k_base));
        for (std::size_t at = 0; at < text->size(); at += event_bytes) {
          counter.add(std::string_view(*text).substr(at, event_bytes));
        }
        keep(counter.tokens());
      },
      text->size());
  bench.add("tokenizer.load", "reading the ranks of o200k_base",
            [] { keep(RankTable(rank_file(Encoding::o200k_base)).size()); });
}

}  // namespace sluice::bench
