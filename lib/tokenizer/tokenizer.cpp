// SPDX-License-Identifier: Apache-2.0
// text → pieces (splitter) → a token each, or parts (merge). Most pieces are tokens, which one look-up tells.
#include "tokenizer/tokenizer.hpp"

#include "tokenizer/merge.hpp"
#include "tokenizer/rank_data.hpp"
#include "tokenizer/splitter.hpp"
#include "tokenizer/token_counter.hpp"
#include "tokenizer/utf8_text.hpp"

#include <algorithm>
#include <array>

namespace sluice::tokenizer {
namespace {

using Ends = std::span<const std::uint16_t>;

/// Only counts.
struct Count {
  std::size_t tokens = 0;
  void token(std::uint32_t) { ++tokens; }
  void parts(const RankTable&, const char*, std::size_t, Ends ends) { tokens += ends.size(); }
};

struct Collect {
  std::vector<std::uint32_t>& tokens;
  void token(std::uint32_t rank) { tokens.push_back(rank); }
  /// The parts of `text` that end at `ends`, the first of which begins at `begin`.
  void parts(const RankTable& ranks, const char* text, std::size_t begin, Ends ends) {
    for (const std::size_t end : ends) {
      tokens.push_back(ranks.find(text + begin, end - begin));
      begin = end;
    }
  }
};

/// Whether the two parts stay two when they are merged by themselves: merge.hpp says what for.
bool is_seam(ShortMerger& merger, const char* text, std::size_t first_bytes, std::size_t second_bytes) {
  const Ends ends = merger.merge(text, first_bytes + second_bytes);
  return ends.size() == 2 && ends[0] == first_bytes;
}

template <class Sink>
[[gnu::noinline]] void merge_long(const RankTable& ranks, const char* at, std::size_t size, Sink& sink) {
  Merger merger(ranks);
  ShortMerger seams(ranks);
  Ends ends = merger.merge(at, std::min(size, merge_window_bytes));
  while (size > merge_window_bytes) {
    // Seams are sought backwards from there on; what lies before all of them is settled.
    const auto behind = std::upper_bound(ends.begin(), ends.end(), seam_bytes);
    const auto first_seam = behind - most_seams;
    sink.parts(ranks, at, 0, {ends.begin(), first_seam});
    std::array<std::uint16_t, most_seams + 1> borders;
    std::copy(first_seam - 1, behind, borders.begin());
    std::size_t seam = most_seams;
    std::size_t window = 0;
    while (true) {
      window = std::min(size - borders[seam], merge_window_bytes);
      ends = merger.merge(at + borders[seam], window);
      const std::size_t last = static_cast<std::size_t>(borders[seam] - borders[seam - 1]);
      if (seam == 1 || is_seam(seams, at + borders[seam - 1], last, ends[0])) break;
      --seam;
    }
    sink.parts(ranks, at, borders[0], Ends(borders).subspan(1, seam));
    at += borders[seam];
    size -= borders[seam];
  }
  sink.parts(ranks, at, 0, ends);
}

struct Piece {
  const char* at;
  std::size_t size;
  RankTable::Start start;
};

/// So many are looked for together, so that none waits for the memory alone.
constexpr std::size_t pieces_together = 16;

template <class Sink>
void add_piece(const RankTable& ranks, const Piece& piece, Sink& sink) {
  if (const std::uint32_t rank = ranks.find(piece.at, piece.size, piece.start); rank != no_rank) {
    sink.token(rank);
  } else if (piece.size <= short_piece_bytes) {
    ShortMerger merger(ranks);
    sink.parts(ranks, piece.at, 0, merger.merge(piece.at, piece.size));
  } else {
    merge_long(ranks, piece.at, piece.size, sink);
  }
}

template <PieceEnd piece_end, class Sink>
void add_pieces_of(const RankTable& ranks, std::string_view text, Sink& sink) {
  const char* end = text.data() + text.size();
  std::array<Piece, pieces_together> pieces;
  for (const char* at = text.data(); at != end;) {
    std::size_t count = 0;
    while (count != pieces.size() && at != end) {
      const char* behind = piece_end(at, end);
      const std::size_t size = static_cast<std::size_t>(behind - at);
      pieces[count] = {at, size, ranks.start(at, size, end)};
      ranks.prefetch(pieces[count++].start);
      at = behind;
    }
    for (std::size_t i = 0; i < count; ++i) add_piece(ranks, pieces[i], sink);
  }
}

template <class Sink>
void add_pieces(Encoding encoding, const RankTable& ranks, std::string_view text, Sink& sink) {
  switch (encoding) {
    case Encoding::cl100k_base: return add_pieces_of<cl100k_piece>(ranks, text, sink);
    case Encoding::o200k_base: return add_pieces_of<o200k_piece>(ranks, text, sink);
    case Encoding::p50k_base: return add_pieces_of<p50k_piece>(ranks, text, sink);
  }
}

}  // namespace

Tokenizer::Tokenizer(Encoding encoding) : encoding_(encoding), ranks_(rank_file(encoding)) {}

std::size_t Tokenizer::count(std::string_view text) const {
  if (valid_bytes(text) == text.size()) return count_valid(text);
  TokenCounter counter(*this);
  counter.add(text);
  return counter.tokens();
}

std::size_t Tokenizer::count_valid(std::string_view text) const {
  Count count;
  add_pieces(encoding_, ranks_, text, count);
  return count.tokens;
}

void Tokenizer::encode(std::string_view text, std::vector<std::uint32_t>& tokens) const {
  Collect collect{tokens};
  if (valid_bytes(text) == text.size()) return add_pieces(encoding_, ranks_, text, collect);
  add_pieces(encoding_, ranks_, repaired(text), collect);
}

const Tokenizer& tokenizer(Encoding encoding) {
  // One variable each, so that only the encodings that are asked for are read.
  switch (encoding) {
    case Encoding::cl100k_base: {
      static const Tokenizer cl100k(Encoding::cl100k_base);
      return cl100k;
    }
    case Encoding::p50k_base: {
      static const Tokenizer p50k(Encoding::p50k_base);
      return p50k;
    }
    case Encoding::o200k_base: break;
  }
  static const Tokenizer o200k(Encoding::o200k_base);
  return o200k;
}

}  // namespace sluice::tokenizer
