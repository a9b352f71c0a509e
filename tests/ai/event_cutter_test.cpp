// SPDX-License-Identifier: Apache-2.0
// Events with the bytes that they came in: the same events wherever the bytes are split, and no byte lost.
#include "ai/event_cutter.hpp"

#include "ai/sse_reader.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace sluice::ai;

namespace {

const std::string stream =
    "\xef\xbb\xbf"
    "data: one\n\n"
    "event: named\r\ndata: two\r\ndata:three\r\n\r\n"
    ": a comment\n\n"
    "\n"
    "data\rdata: \r\r"
    "id: 7\ndata: four\ndatabase: no\nretry: 5\n\n"
    "data: [DONE]";

struct Cut {
  std::string bytes;
  std::vector<std::string> data;
};

void take(Cut& cut, const std::optional<CutEvent>& event) {
  cut.bytes += event->bytes;
  if (event->has_data) cut.data.emplace_back(event->data);
}

Cut cut_in_pieces(const std::vector<std::string>& pieces) {
  EventCutter cutter;
  Cut cut;
  for (const std::string& piece : pieces) {
    std::string_view bytes = piece;
    while (const auto event = cutter.next(bytes)) take(cut, event);
  }
  if (const auto event = cutter.finish()) take(cut, event);
  return cut;
}

const std::vector<std::string> expected = {"one", "two\nthree", "\n", "four", "[DONE]"};

}  // namespace

TEST_CASE("events are the same wherever the bytes of a stream are split", "[ai][event_cutter]") {
  for (std::size_t at = 0; at <= stream.size(); ++at) {
    CAPTURE(at);
    const Cut cut = cut_in_pieces({stream.substr(0, at), stream.substr(at)});
    CHECK(cut.bytes == stream);
    CHECK(cut.data == expected);
  }
  std::vector<std::string> bytes;
  for (const char c : stream) bytes.emplace_back(1, c);
  const Cut cut = cut_in_pieces(bytes);
  CHECK(cut.bytes == stream);
  CHECK(cut.data == expected);
}

TEST_CASE("a cutter finds the data that the reader beside streams finds", "[ai][event_cutter]") {
  std::vector<std::string> read;
  SseReader reader;
  const auto note = [&](const SseReader::Event& event) { read.emplace_back(event.data); };
  reader.feed(stream, note);
  reader.finish(note);
  CHECK(read == expected);
}

TEST_CASE("an event is there as soon as its blank line is, and is not copied", "[ai][event_cutter]") {
  EventCutter cutter;
  const std::string piece = "data: one\n\ndata: two\n\ndata: thr";
  std::string_view bytes = piece;
  const auto first = cutter.next(bytes);
  REQUIRE(first);
  CHECK(first->bytes.data() == piece.data());
  CHECK(first->is_in_place());
  CHECK(cutter.next(bytes)->data == "two");
  CHECK_FALSE(cutter.next(bytes));
  bytes = "ee\n\n";
  CHECK(cutter.next(bytes)->bytes == "data: three\n\n");
}

TEST_CASE("lines of data are joined, and then stand in no place", "[ai][event_cutter]") {
  EventCutter cutter;
  std::string_view bytes = "data: a\ndata: b\n\n";
  const auto event = cutter.next(bytes);
  CHECK(event->data == "a\nb");
  CHECK_FALSE(event->is_in_place());
}

TEST_CASE("what stands in the data of an event is found in its bytes", "[ai][event_cutter]") {
  for (std::size_t at = 0; at <= stream.size(); ++at) {
    CAPTURE(at);
    EventCutter cutter;
    const auto check = [&](const CutEvent& event) {
      for (std::size_t i = 0; i < event.data.size(); ++i) {
        const char found = event.bytes[cutter.place_in_bytes(event, i)];
        CHECK((found == event.data[i] || (event.data[i] == '\n' && found == '\r')));
      }
    };
    for (std::string_view bytes : {std::string_view(stream).substr(0, at), std::string_view(stream).substr(at)}) {
      while (const auto event = cutter.next(bytes)) check(*event);
    }
    check(*cutter.finish());
  }
}

TEST_CASE("an event says whether it has a type", "[ai][event_cutter]") {
  EventCutter cutter;
  std::string_view bytes = "data: event: a\n\ndata: b\nevent: c\n\nevent\n\n";
  CHECK_FALSE(cutter.next(bytes)->has_type);
  CHECK(cutter.next(bytes)->has_type);
  CHECK(cutter.next(bytes)->has_type);
}

TEST_CASE("the second half of an end of line goes on with its event", "[ai][event_cutter]") {
  EventCutter cutter;
  std::string_view bytes = "data: a\r\n\r";
  CHECK(cutter.next(bytes)->data == "a");
  CHECK_FALSE(cutter.next(bytes));
  bytes = "\ndata: b\r\r";
  const auto rest = cutter.next(bytes);
  CHECK(rest->bytes == "\n");
  CHECK(rest->goes_on);
  CHECK(cutter.next(bytes)->data == "b");
}

TEST_CASE("an event that does not end is kept up to the bound", "[ai][event_cutter]") {
  EventCutter cutter;
  const std::string much(EventCutter::max_event_bytes / 2, 'x');
  std::string_view bytes = much;
  CHECK_FALSE(cutter.next(bytes));
  bytes = much;
  CHECK_FALSE(cutter.next(bytes));
  CHECK_FALSE(cutter.is_too_long());
  bytes = "x";
  CHECK_FALSE(cutter.next(bytes));
  CHECK(cutter.is_too_long());
  CHECK(cutter.finish()->bytes == much + much + "x");
  bytes = "y\ndata: a\n\ndata: b\n\n";
  CHECK(cutter.next(bytes)->bytes == "y\ndata: a\n\n");
  CHECK_FALSE(cutter.is_too_long());
  CHECK(cutter.next(bytes)->data == "b");
}
