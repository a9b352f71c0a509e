// SPDX-License-Identifier: Apache-2.0
// Streams that end where their tokens do: what passes, in which pieces, and how the end looks.
#include "ai/ceiling_stream.hpp"

#include "testing/bare_context.hpp"

#include <catch2/catch.hpp>

#include <deque>

using namespace sluice;
using namespace sluice::ai;

namespace {

std::string chunk(std::string_view words, std::string_view end = "\n\n") {
  return "data: "
         "{\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":7,\"model\":\"m\",\"choices\":[{\"index\":0,"
         "\"delta\":{\"content\":\"" +
         std::string(words) + "\"},\"finish_reason\":null}]}" + std::string(end);
}
const std::string cut_chat =
    "data: {\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":7,\"model\":\"m\",\"choices\":[{\"index\":0,"
    "\"delta\":{},\"finish_reason\":\"length\"}]}\n\ndata: [DONE]\n\n";

struct Pieces final : BodyStream {
  Pieces(std::deque<std::string> from, bool& is_cancelled) : pieces(std::move(from)), cancelled(is_cancelled) {}
  std::deque<std::string> pieces;
  bool& cancelled;
  std::string current;
  Task<BodyChunk> read() override {
    if (pieces.empty()) return BodyChunk(std::string_view());
    current = std::move(pieces.front());
    pieces.pop_front();
    return BodyChunk(std::string_view(current));
  }
  void cancel() override { cancelled = true; }
};

struct Grants final : TokenGrants {
  std::int64_t limit = INT64_MAX;
  std::int64_t asked = 0;
  Task<bool> grant(std::int64_t tokens) override {
    asked = tokens;
    return tokens <= limit;
  }
  std::int64_t in_stock = 0, passed = 0;
  bool has(std::int64_t tokens) const override { return tokens <= in_stock; }
  Task<void> note_passed(std::int64_t tokens) override {
    passed = tokens;
    return {};
  }
};

struct Passing : testing::ContextFixture {
  Grants grants;
  bool cancelled = false;
  std::vector<std::string> pieces;

  std::string read(std::deque<std::string> from, std::int64_t limit = INT64_MAX) {
    grants.limit = limit;
    AnswerWatch& watch = AnswerWatch::of(context);
    CeilingStream stream(std::make_unique<Pieces>(std::move(from), cancelled), watch, grants);
    std::string all;
    for (;;) {
      const BodyChunk piece = wait(stream.read());
      REQUIRE(piece);
      if (piece->empty()) return all;
      pieces.emplace_back(*piece);
      all += *piece;
    }
  }
};

}  // namespace

TEST_CASE("what has room passes byte for byte and piece by piece", "[ai][ceiling_stream]") {
  Passing p;
  const std::deque<std::string> from = {chunk("one two"), chunk("three") + chunk("four"), "data: [DONE]\n\n"};
  CHECK(p.read(from) == from[0] + from[1] + from[2]);
  CHECK(p.pieces == std::vector<std::string>(from.begin(), from.end()));
  CHECK_FALSE(p.cancelled);
}

TEST_CASE("an event that arrives in parts goes on when it is whole", "[ai][ceiling_stream]") {
  const std::string whole =
      chunk("one two", "\r\n\r\n") + ": a comment\n\n" + chunk("three", "\r\r") + "data: [DONE]\n\n";
  for (std::size_t at = 1; at < whole.size(); ++at) {
    Passing p;
    CAPTURE(at);
    CHECK(p.read({whole.substr(0, at), whole.substr(at)}) == whole);
  }
  Passing p;
  std::deque<std::string> bytes;
  for (const char c : whole) bytes.emplace_back(1, c);
  CHECK(p.read(bytes) == whole);
}

TEST_CASE("a stream ends before the event that finds no room, as its form demands", "[ai][ceiling_stream]") {
  Passing p;
  CHECK(p.read({chunk("one two"), chunk(" three four") + chunk(" five")}, 4) ==
        chunk("one two") + chunk(" three four") + cut_chat);
  CHECK(p.cancelled);
  CHECK(p.grants.asked == 5);
}

TEST_CASE("with enough in stock events pass before they are counted", "[ai][ceiling_stream]") {
  Passing p;
  p.grants.in_stock = 10'000;
  const std::deque<std::string> from = {chunk("one two"), chunk(" three") + chunk(" four"), "data: [DONE]\n\n"};
  CHECK(p.read(from) == from[0] + from[1] + from[2]);
  CHECK(p.pieces == std::vector<std::string>(from.begin(), from.end()));
  CHECK(p.grants.asked == 0);
  CHECK(p.grants.passed == 4);
  CHECK(AnswerWatch::of(p.context).estimated_completion_tokens() == 4);
}

TEST_CASE("what may be more than is in stock is counted first", "[ai][ceiling_stream]") {
  Passing p;
  p.grants.in_stock = static_cast<std::int64_t>(chunk("one two").size());
  CHECK(p.read({chunk("one two"), chunk(" three four") + chunk(" five")}, 4) ==
        chunk("one two") + chunk(" three four") + cut_chat);
  CHECK(p.cancelled);
  CHECK(p.grants.asked == 5);
}

TEST_CASE("what has passed counts, also when the caller leaves right behind it", "[ai][ceiling_stream]") {
  for (const bool closes : {false, true}) {
    Passing p;
    p.grants.in_stock = 10'000;
    AnswerWatch& watch = AnswerWatch::of(p.context);
    CeilingStream stream(
        std::make_unique<Pieces>(std::deque<std::string>{chunk("one two"), chunk(" three")}, p.cancelled), watch,
        p.grants);
    REQUIRE(wait(stream.read()));
    CHECK(watch.estimated_completion_tokens() == 0);
    if (closes) wait(stream.close());
    stream.cancel();
    CHECK(watch.estimated_completion_tokens() == 2);
  }
}

TEST_CASE("a stream of which nothing may pass is its ending alone", "[ai][ceiling_stream]") {
  Passing p;
  CHECK(p.read({chunk("one two")}, 1).empty());
  CHECK(p.cancelled);
}

TEST_CASE("an event without its blank line passes at the end", "[ai][ceiling_stream]") {
  Passing p;
  CHECK(p.read({chunk("one"), "data: [DO", "NE]"}) == chunk("one") + "data: [DONE]");
}

TEST_CASE("an event without end ends the stream at the bound", "[ai][ceiling_stream]") {
  Passing p;
  const std::string much(CeilingStream::max_event_bytes / 2 + 1, 'x');
  CHECK(p.read({chunk("one"), "data: " + much, much, "\n\n"}) == chunk("one") + cut_chat);
  CHECK(p.cancelled);
}

TEST_CASE("messages of Anthropic end with their stop", "[ai][ceiling_stream]") {
  const std::string begin =
      "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"m\"}}\n\n"
      "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0}\n\n"
      "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"text\":\"one "
      "two\"}}\n\n";
  const std::string more =
      "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"text\":\" "
      "three\"}}\n\n";
  Passing p;
  CHECK(p.read({begin, more}, 2) ==
        begin +
            "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n"
            "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"max_tokens\","
            "\"stop_sequence\":null},\"usage\":{\"output_tokens\":2}}\n\n"
            "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n");
}

TEST_CASE("responses end as incomplete", "[ai][ceiling_stream]") {
  const std::string begin =
      "event: response.created\ndata: "
      "{\"type\":\"response.created\",\"sequence_number\":0,\"response\":{\"id\":\"r1\"}}\n\n";
  const std::string more =
      "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"sequence_number\":1,"
      "\"delta\":\"one two three\"}\n\n";
  Passing p;
  CHECK(p.read({begin, more}, 2) ==
        begin +
            "event: response.incomplete\ndata: {\"type\":\"response.incomplete\",\"sequence_number\":1,\"response\":"
            "{\"id\":\"r1\",\"object\":\"response\",\"status\":\"incomplete\",\"incomplete_details\":"
            "{\"reason\":\"max_output_tokens\"}}}\n\n");
}

TEST_CASE("choices that have ended are not ended again", "[ai][ceiling_stream]") {
  StreamEnding ending;
  ending.add(R"({"id":"c","choices":[]})");
  ending.add(R"({"id":"d","choices":[{"index":0,"delta":{}},{"index":1,"delta":{}}]})");
  ending.add(R"({"id":"d","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]})");
  CHECK(ending.text(0) ==
        "data: {\"id\":\"d\",\"choices\":[{\"index\":1,\"delta\":{},\"finish_reason\":\"length\"}]}\n\n"
        "data: [DONE]\n\n");
}
