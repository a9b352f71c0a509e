// SPDX-License-Identifier: Apache-2.0
#include "ai/sse_reader.hpp"

#include <sluice/random.hpp>

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace sluice;
using ai::SseReader;

namespace {

using Events = std::vector<std::string>;

Events read(const std::vector<std::string>& pieces, bool finished = true) {
  SseReader reader;
  Events events;
  const auto on_event = [&](const SseReader::Event& event) {
    events.push_back(std::string(event.type) + "|" + std::string(event.data));
  };
  for (const std::string& piece : pieces) reader.feed(piece, on_event);
  if (finished) reader.finish(on_event);
  return events;
}

}  // namespace

TEST_CASE("events end with a blank line", "[ai][sse_reader]") {
  CHECK(read({"data: a\n\ndata: b\n\n"}) == Events{"|a", "|b"});
  CHECK(read({"data: a\n\ndata: b"}, false) == Events{"|a"});
  CHECK(read({"event: done\ndata: x\n\n"}) == Events{"done|x"});
  CHECK(read({": comment\nid: 7\nretry: 5\ndata: x\n\n"}) == Events{"|x"});
  CHECK(read({"\n\n\nevent: nothing\n\n"}).empty());
  CHECK(read({"data\n\n"}) == Events{"|"});
  CHECK(read({"data:  two\ndata:lines\n\n"}) == Events{"| two\nlines"});
}

TEST_CASE("an event without its blank line is told at the end", "[ai][sse_reader]") {
  CHECK(read({"data: a"}) == Events{"|a"});
  CHECK(read({"data: a\n"}) == Events{"|a"});
  CHECK(read({""}).empty());
}

TEST_CASE("lines end with LF, CR LF or CR, and a byte-order mark is no text", "[ai][sse_reader]") {
  for (const std::string end : {"\n", "\r\n", "\r"}) {
    CAPTURE(end.size());
    CHECK(read({"data: a" + end + "data: b" + end + end + "data: c" + end + end}) == Events{"|a\nb", "|c"});
  }
  CHECK(read({"\xef\xbb\xbf"
              "data: a\n\n"}) == Events{"|a"});
  CHECK(read({"\xef\xbb\xbf\n\ndata: a\n\n"}) == Events{"|a"});
}

TEST_CASE("any split gives the same events", "[ai][sse_reader]") {
  const std::string text =
      "\xef\xbb\xbf"
      "event: message_start\r\ndata: {\"a\":1}\r\n\r\ndata: x\rdata: y\r\r: c\n\ndata: \xe2\x82\xac\n\n\ndata: "
      "[DONE]\r\n\r\n";
  const Events whole = read({text});
  REQUIRE(whole.size() == 4);
  for (std::size_t first = 0; first <= text.size(); ++first) {
    for (std::size_t second = first; second <= text.size(); ++second) {
      REQUIRE(read({text.substr(0, first), text.substr(first, second - first), text.substr(second)}) == whole);
    }
  }
  std::vector<std::string> bytes;
  for (const char c : text) bytes.emplace_back(1, c);
  CHECK(read(bytes) == whole);
}

TEST_CASE("what is longer than the bound is left out and the rest is read", "[ai][sse_reader]") {
  SseReader reader;
  Events events;
  const auto on_event = [&](const SseReader::Event& event) { events.emplace_back(event.data.substr(0, 10)); };
  const std::string block(64 * 1024, 'x');
  reader.feed("data: first\n\ndata: ", on_event);
  for (std::size_t sent = 0; sent <= SseReader::max_line_bytes; sent += block.size()) reader.feed(block, on_event);
  CHECK(reader.overflowed());
  reader.feed("\ndata: same event\n\ndata: second\n\n", on_event);
  CHECK(events == Events{"first", "second"});
}

TEST_CASE("an event of many lines is bounded too", "[ai][sse_reader]") {
  SseReader reader;
  int events = 0;
  const auto on_event = [&](const SseReader::Event&) { ++events; };
  const std::string line = "data: " + std::string(64 * 1024, 'x') + "\n";
  for (int i = 0; i < 20; ++i) reader.feed(line, on_event);
  reader.feed("\n", on_event);
  CHECK(events == 0);
  CHECK(reader.overflowed());
  reader.feed("data: next\n\n", on_event);
  CHECK(events == 1);
}

TEST_CASE("arbitrary bytes never break the reader", "[ai][sse_reader]") {
  SeededRandom random(5);
  for (int round = 0; round < 200; ++round) {
    SseReader reader;
    std::size_t told = 0, fed = 0;
    const auto on_event = [&](const SseReader::Event& event) { told += event.data.size(); };
    for (int piece = 0; piece < 20; ++piece) {
      std::string bytes;
      for (std::uint64_t i = random.below(40); i > 0; --i) bytes += "\r\n:dat e\xef\xbb\xbf"[random.below(11)];
      fed += bytes.size();
      reader.feed(bytes, on_event);
    }
    reader.finish(on_event);
    REQUIRE(told <= fed);
  }
}
