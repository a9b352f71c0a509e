// SPDX-License-Identifier: Apache-2.0
// The pieces of a text that are encoded by themselves, as the published patterns of the encodings cut it. Written out
// by hand: no pattern is run.
#pragma once

#include <cstddef>
#include <string_view>

namespace sluice::tokenizer {

/// Where the piece that starts at `at` ends. The text is valid UTF-8 and not empty.
using PieceEnd = const char* (*)(const char* at, const char* end);
const char* cl100k_piece(const char* at, const char* end);
const char* o200k_piece(const char* at, const char* end);
const char* p50k_piece(const char* at, const char* end);

/// How many bytes at the start of the text are pieces of their own whatever follows the text and in whatever encoding:
/// up to the last letter or number that a blank or punctuation follows. The text is valid UTF-8.
std::size_t settled_bytes(std::string_view text);

}  // namespace sluice::tokenizer
