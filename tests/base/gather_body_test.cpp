// SPDX-License-Identifier: Apache-2.0
#include "base/gather_body.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace sluice;

namespace {

class Pieces final : public BodyStream {
 public:
  Pieces(std::vector<std::string> pieces, bool fails) : pieces_(std::move(pieces)), fails_(fails) {}
  Task<BodyChunk> read() override {
    if (next_ < pieces_.size()) return BodyChunk(std::string_view(pieces_[next_++]));
    if (fails_) return BodyChunk(fail(ErrorCode::backend_connection_failure));
    return BodyChunk(std::string_view());
  }
  void cancel() override { cancelled = true; }
  const Headers* trailers() const override { return trailing; }
  const Headers* trailing = nullptr;
  bool cancelled = false;

 private:
  std::vector<std::string> pieces_;
  bool fails_;
  std::size_t next_ = 0;
};

Body streamed(std::vector<std::string> pieces, bool fails = false, std::optional<std::uint64_t> length = {}) {
  return Body::stream(std::make_unique<Pieces>(std::move(pieces), fails), length);
}

std::string read_all(Body& body, bool& whole) {
  std::string all;
  for (;;) {
    const BodyChunk chunk = wait(body.stream()->read());
    whole = chunk.has_value();
    if (!chunk || chunk->empty()) return all;
    all += *chunk;
  }
}

}  // namespace

TEST_CASE("a small stream is gathered", "[base][gather_body]") {
  Arena arena;
  Body body = streamed({"ab", "cd"});
  CHECK(wait(gather_body(body, arena, 4)));
  CHECK(body.is_bytes());
  CHECK(body.data() == "abcd");
}

TEST_CASE("a body in memory stays", "[base][gather_body]") {
  Arena arena;
  Body body = Body::bytes("x"), none;
  CHECK(wait(gather_body(body, arena, 0)));
  CHECK(wait(gather_body(none, arena, 0)));
  CHECK(body.data() == "x");
  CHECK(none.is_none());
}

TEST_CASE("a long stream stays a stream with the same bytes", "[base][gather_body]") {
  Arena arena;
  Body body = streamed({"ab", "cd", "ef"});
  CHECK_FALSE(wait(gather_body(body, arena, 3)));
  bool whole = false;
  CHECK(read_all(body, whole) == "abcdef");
  CHECK(whole);
}

TEST_CASE("trailers stay with a stream, and go with one that becomes bytes", "[base][gather_body]") {
  Arena arena;
  Headers trailers(arena);
  trailers.append("X-Sum", "1");
  for (const std::size_t limit : {3u, 100u}) {
    auto pieces = std::make_unique<Pieces>(std::vector<std::string>{"ab", "cd", "ef"}, false);
    pieces->trailing = &trailers;
    Body body = Body::stream(std::move(pieces));
    CHECK(wait(gather_body(body, arena, limit)) == (limit == 100));
    if (limit == 100) {
      CHECK(body.is_bytes());
      continue;
    }
    bool whole = false;
    read_all(body, whole);
    CHECK(body.stream()->trailers() == &trailers);
  }
}

TEST_CASE("a length that is told is believed", "[base][gather_body]") {
  Arena arena;
  Body body = streamed({"abcdef"}, false, 6);
  CHECK_FALSE(wait(gather_body(body, arena, 5)));
  CHECK(body.length() == 6);
  bool whole = false;
  CHECK(read_all(body, whole) == "abcdef");
}

TEST_CASE("a failure comes after what was read before it", "[base][gather_body]") {
  Arena arena;
  Body body = streamed({"ab"}, true);
  CHECK_FALSE(wait(gather_body(body, arena, 100)));
  bool whole = true;
  CHECK(read_all(body, whole) == "ab");
  CHECK_FALSE(whole);
  Body empty = streamed({}, true);
  CHECK_FALSE(wait(gather_body(empty, arena, 100)));
  CHECK(read_all(empty, whole).empty());
  CHECK_FALSE(whole);
}
