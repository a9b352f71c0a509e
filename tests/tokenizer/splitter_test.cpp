// SPDX-License-Identifier: Apache-2.0
#include "tokenizer/splitter.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace sluice::tokenizer;

namespace {

using Pieces = std::vector<std::string>;

Pieces pieces(PieceEnd piece_end, std::string_view text) {
  Pieces found;
  const char* end = text.data() + text.size();
  for (const char* at = text.data(); at != end;) {
    const char* behind = piece_end(at, end);
    found.emplace_back(at, behind);
    at = behind;
  }
  return found;
}

}  // namespace

TEST_CASE("cl100k_base cuts words, numbers of three, punctuation with newlines, and blanks", "[tokenizer][splitter]") {
  CHECK(pieces(cl100k_piece, "Hello world, it's 12345!\n\nx") ==
        Pieces{"Hello", " world", ",", " it", "'s", " ", "123", "45", "!\n\n", "x"});
  CHECK(pieces(cl100k_piece, "a   b \n c\t\n") == Pieces{"a", "  ", " b", " \n", " c", "\t\n"});
  CHECK(pieces(cl100k_piece, "(x) \"y\" 're'REx 'lx") ==
        Pieces{"(x", ")", " \"", "y", "\"", " '", "re", "'RE", "x", " '", "lx"});
}

TEST_CASE("A contraction is one in any case, with a long s too, but for p50k_base", "[tokenizer][splitter]") {
  CHECK(pieces(cl100k_piece, "'S'\u017F'Ll") == Pieces{"'S", "'\u017F", "'Ll"});
  CHECK(pieces(o200k_piece, "it's IT'S x'ſy") == Pieces{"it's", " IT'S", " x'ſ", "y"});
  CHECK(pieces(p50k_piece, "it's IT'S") == Pieces{"it", "'s", " IT", "'", "S"});
}

TEST_CASE("o200k_base cuts words before capitals, and gives characters back where small letters must follow",
          "[tokenizer][splitter]") {
  CHECK(pieces(o200k_piece, "camelCaseHTTPServer") == Pieces{"camel", "Case", "HTTPServer"});
  CHECK(pieces(o200k_piece, "ABC") == Pieces{"ABC"});
  CHECK(pieces(o200k_piece, "AB中CD") == Pieces{"AB中", "CD"});
  CHECK(pieces(o200k_piece, "AB中CDe") == Pieces{"AB中CDe"});
  CHECK(pieces(o200k_piece, "\u0301AB") == Pieces{"\u0301", "AB"});
  CHECK(pieces(o200k_piece, "!\u0301AB") == Pieces{"!\u0301", "AB"});
  CHECK(pieces(o200k_piece, "!AB a//\n/x") == Pieces{"!AB", " a", "//\n/", "x"});
  CHECK(pieces(o200k_piece, "cafe\u0301 e\u0301") == Pieces{"cafe\u0301", " e\u0301"});
}

TEST_CASE("p50k_base takes numbers whole and cuts marks off", "[tokenizer][splitter]") {
  CHECK(pieces(p50k_piece, "a 12345 e\u0301\n\n b") == Pieces{"a", " 12345", " e", "\u0301", "\n\n", " b"});
  CHECK(pieces(p50k_piece, "  ") == Pieces{"  "});
}

TEST_CASE("White space is that of Unicode", "[tokenizer][splitter]") {
  CHECK(pieces(cl100k_piece, "\u00A0\u3000\u0085!") == Pieces{"\u00A0\u3000", "\u0085", "!"});
  CHECK(pieces(cl100k_piece, "\uFEFF\uFEFF") == Pieces{"\uFEFF\uFEFF"});
}

TEST_CASE("A text is settled up to the last letter or number that something else follows", "[tokenizer][splitter]") {
  CHECK(settled_bytes("") == 0);
  CHECK(settled_bytes("word") == 0);
  CHECK(settled_bytes("two words") == 3);
  CHECK(settled_bytes("it's") == 0);
  CHECK(settled_bytes("e\u0301") == 0);
  CHECK(settled_bytes("中。") == 3);
  CHECK(settled_bytes("!!! ?") == 0);
  CHECK(settled_bytes("1 ") == 1);
}
