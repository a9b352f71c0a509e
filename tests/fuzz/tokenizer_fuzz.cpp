// SPDX-License-Identifier: Apache-2.0
// Any bytes as a text that comes in pieces: the first byte says how long they are. The bytes of the tokens are the
// text, with U+FFFD for what is not valid UTF-8; and the pieces have as many tokens as the whole.
#include "tokenizer/token_counter.hpp"
#include "tokenizer/utf8_text.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace sluice::tokenizer;

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

void check(const Tokenizer& tokens, std::string_view text, std::size_t piece_bytes) {
  std::vector<std::uint32_t> ids;
  tokens.encode(text, ids);
  std::string decoded;
  for (const std::uint32_t id : ids) {
    must(!tokens.bytes_of(id).empty());
    decoded += tokens.bytes_of(id);
  }
  must(decoded == repaired(text));
  if (decoded.size() > TokenCounter::max_held_bytes - 4) return;  // a run may be cut
  must(tokens.count(text) == ids.size());
  TokenCounter counter(tokens);
  for (std::size_t at = 0; at < text.size(); at += piece_bytes) counter.add(text.substr(at, piece_bytes));
  must(counter.tokens() == ids.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t piece_bytes = 1 + data[0] % 64;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  for (const Encoding encoding : {Encoding::cl100k_base, Encoding::o200k_base, Encoding::p50k_base}) {
    check(tokenizer(encoding), text, piece_bytes);
  }
  return 0;
}
