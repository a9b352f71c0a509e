// SPDX-License-Identifier: Apache-2.0
// Streams whose words are checked: what passes when, in which bytes, and how it ends when something is found.
#include "ai/checked_stream.hpp"

#include "base/home_thread.hpp"

#include <sluice/testing/virtual_clock.hpp>

#include <catch2/catch.hpp>

#include <deque>
#include <random>
#include <utility>

using namespace sluice;
using namespace sluice::ai;
using namespace std::chrono_literals;
using sluice::testing::VirtualClock;

namespace {

std::string event_of(std::string_view words, int choice = 0) {
  return R"(data: {"id":"c1","object":"chat.completion.chunk","choices":[{"index":)" + std::to_string(choice) +
         R"(,"delta":{"content":")" + std::string(words) + "\"},\"finish_reason\":null}]}\n\n";
}
const std::string role =
    "data: {\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":{\"role\":"
    "\"assistant\",\"content\":\"\"}}]}\n\n";
const std::string done = "data: [DONE]\n\n";
const std::string refusal =
    "data: {\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":{},"
    "\"finish_reason\":\"content_filter\"}]}\n\ndata: [DONE]\n\n";

/// Pieces after pauses; then the end, or an error.
struct Paced final : BodyStream {
  struct Piece {
    std::string bytes;
    std::chrono::milliseconds pause{0};
  };
  Paced(std::deque<Piece> from, Clock& time) : pieces(std::move(from)), clock(time) {}
  std::deque<Piece> pieces;
  Clock& clock;
  Cancellation give_up;
  std::string current;
  bool is_cut = false;
  Task<BodyChunk> read() override {
    if (pieces.empty()) {
      if (is_cut) co_return fail(ErrorCode::backend_connection_failure);
      co_return std::string_view();
    }
    Piece piece = std::move(pieces.front());
    pieces.pop_front();
    if (piece.pause.count() != 0) co_await clock.wait_for(piece.pause, give_up);
    if (give_up.requested()) co_return fail(ErrorCode::cancelled);
    current = std::move(piece.bytes);
    co_return std::string_view(current);
  }
  void cancel() override { give_up.request(); }
};

/// Finds a word; each look may take its time.
struct Look final : WordCheck {
  struct Seen {
    std::vector<std::string> words;
    bool is_cancelled = false;
    int refused = 0;
  };
  Look(Seen& to, Clock& time, std::chrono::milliseconds duration) : seen(to), clock(time), takes(duration) {}
  Seen& seen;
  Clock& clock;
  std::chrono::milliseconds takes;
  Cancellation give_up;
  Task<Result<void>> run(std::string_view words) override {
    seen.words.emplace_back(words);
    if (takes.count() != 0) co_await clock.wait_for(takes, give_up);
    if (give_up.requested()) co_return fail(ErrorCode::cancelled);
    if (words.find("bad") != std::string_view::npos) co_return fail(ErrorCode::content_safety_blocked);
    co_return Result<void>();
  }
  void cancel() override {
    seen.is_cancelled = true;
    give_up.request();
  }
  void refused() override { ++seen.refused; }
};

/// A loop that does at once what is posted to it.
struct Loop {
  Loop() {
    home_thread() = {this, [](void*, std::function<void()> action) { action(); }};
  }
  ~Loop() { home_thread() = {}; }
};

struct Checking {
  Loop loop;
  VirtualClock clock;
  Look::Seen seen;
  std::chrono::milliseconds takes{0};
  std::size_t window = 10, overlap = 0;
  bool is_cut = false;
  std::vector<std::string> pieces;
  std::vector<std::int64_t> times;  ///< When each came, in milliseconds.
  Paced* inner = nullptr;
  std::unique_ptr<CheckedStream> stream;

  void begin(std::deque<Paced::Piece> from) {
    auto paced = std::make_unique<Paced>(std::move(from), clock);
    paced->is_cut = is_cut;
    inner = paced.get();
    stream = std::make_unique<CheckedStream>(std::move(paced), EventWindow::Rules{window, overlap, {}},
                                             std::make_unique<Look>(seen, clock, takes),
                                             tokenizer::Encoding::o200k_base, clock);
  }
  /// Reads to the end; `!` stands for an error.
  std::string read(std::deque<Paced::Piece> from) {
    begin(std::move(from));
    std::string all;
    for (;;) {
      Task<BodyChunk> reading = stream->read();
      const auto piece = clock.run(reading);
      REQUIRE(piece);
      if (!*piece) return all + "!";
      if ((*piece)->empty()) return all;
      pieces.emplace_back(**piece);
      times.push_back(
          std::chrono::duration_cast<std::chrono::milliseconds>(clock.steady_now().time_since_epoch()).count());
      all += **piece;
    }
  }
};

}  // namespace

TEST_CASE("events pass as soon as their window is clean", "[ai][checked_stream]") {
  Checking c;
  const std::deque<Paced::Piece> from = {{role},
                                         {event_of("12345"), 100ms},
                                         {event_of("67890"), 100ms},
                                         {event_of("abcd"), 100ms},
                                         {event_of("efghijk"), 100ms},
                                         {done, 100ms}};
  std::string whole;
  for (const Paced::Piece& piece : from) whole += piece.bytes;
  CHECK(c.read(from) == whole);
  CHECK(c.seen.words == std::vector<std::string>{"1234567890", "abcd", "efghijk"});
  CHECK(c.times == std::vector<std::int64_t>{0, 200, 400, 500});
}

TEST_CASE("a stream is the same byte for byte wherever it is split", "[ai][checked_stream]") {
  const std::string whole = role + ": a comment\r\n\r\n" + event_of("1234") + "event: x\r\n" + event_of("56789") +
                            "data: {\"choices\":[\ndata: ]}\n\n" + event_of("\\ud83d\\ude00") + "\r\n" + done;
  for (std::size_t at = 1; at < whole.size(); ++at) {
    Checking c;
    CAPTURE(at);
    REQUIRE(c.read({{whole.substr(0, at)}, {whole.substr(at)}}) == whole);
    REQUIRE(c.seen.words == std::vector<std::string>{"123456789", "😀"});
  }
  Checking c;
  std::deque<Paced::Piece> bytes;
  for (const char one : whole) bytes.push_back({std::string(1, one)});
  CHECK(c.read(bytes) == whole);
}

TEST_CASE("all words are looked at before they pass, whatever the windows", "[ai][checked_stream]") {
  std::mt19937 random(20261129);
  const auto below = [&](std::size_t bound) {
    return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random);
  };
  for (int round = 0; round < 300; ++round) {
    Checking c;
    c.window = 1 + below(40);
    c.overlap = below(c.window);
    std::string stream, said;
    for (std::size_t i = 0, count = below(30); i < count; ++i) {
      std::string words;
      for (std::size_t left = below(12); left > 0; --left) words += static_cast<char>('a' + below(26));
      if (words.find("bad") != std::string::npos) words.clear();
      said += words;
      stream += event_of(words);
      if (below(4) == 0) stream += ": comment\n\n";
    }
    stream += done;
    std::deque<Paced::Piece> from;
    for (std::size_t at = 0; at < stream.size();) {
      const std::size_t size = 1 + below(200);
      from.push_back({stream.substr(at, size), std::chrono::milliseconds(below(10) == 0 ? 1'500 : below(3))});
      at += size;
    }
    CAPTURE(round, c.window, c.overlap);
    if (said.find("bad") != std::string::npos) continue;
    REQUIRE(c.read(from) == stream);
    std::string looked_at;
    for (const std::string& words : c.seen.words) {
      const std::size_t shared = looked_at.empty() ? 0 : std::min(c.overlap, looked_at.size());
      REQUIRE(words.substr(0, shared) == looked_at.substr(looked_at.size() - shared));
      looked_at += words.substr(shared);
    }
    REQUIRE(looked_at == said);
  }
}

TEST_CASE("a window that is refused ends the stream as a filter would, and the backend stops", "[ai][checked_stream]") {
  Checking c;
  CHECK(c.read({{role}, {event_of("fine so")}, {event_of(" bad")}, {event_of("more")}, {done}}) ==
        role + event_of("fine so") + refusal);
  CHECK(c.inner->give_up.requested());
  CHECK(c.stream->trailers() == nullptr);
  CHECK(c.seen.refused == 1);
}

TEST_CASE("a stream refused before anything has passed has an end too", "[ai][checked_stream]") {
  Checking c;
  CHECK(c.read({{event_of("so bad"), 0ms}, {event_of("more of it")}}) == refusal);
}

TEST_CASE("a word cut at the end of a window is found with an overlap", "[ai][checked_stream]") {
  const std::deque<Paced::Piece> from = {{role + event_of("it is b") + event_of("ad weather") + done}};
  Checking without;
  without.window = 7;
  CHECK(without.read(from).find("finish_reason\":\"content_filter") == std::string::npos);
  Checking with;
  with.window = 7;
  with.overlap = 3;
  CHECK(with.read(from) == role + event_of("it is b") + refusal);
}

TEST_CASE("words wait no longer than a pause of the model", "[ai][checked_stream]") {
  Checking c;
  c.window = 1'000;
  const std::string whole = role + event_of("one") + event_of(" two") + event_of(" three") + done;
  CHECK(c.read({{role}, {event_of("one"), 100ms}, {event_of(" two"), 900ms}, {event_of(" three"), 30s}, {done}}) ==
        whole);
  CHECK(c.times == std::vector<std::int64_t>{0, 2'000, 31'000});
  CHECK(c.seen.words == std::vector<std::string>{"one two", " three"});
}

TEST_CASE("what has no words does not put off the end of a pause", "[ai][checked_stream]") {
  Checking c;
  std::deque<Paced::Piece> from = {{event_of("one")}};
  for (int i = 0; i < 4; ++i) from.push_back({": ping\n\n", 400ms});
  from.push_back({done});
  c.read(from);
  CHECK(c.times.front() == 1'000);
}

TEST_CASE("words that trickle are looked at after the longest wait", "[ai][checked_stream]") {
  Checking c;
  c.window = 1'000;
  std::deque<Paced::Piece> from;
  for (int i = 0; i < 15; ++i) from.push_back({event_of("w "), 900ms});
  from.push_back({done});
  c.read(from);
  CHECK(c.times == std::vector<std::int64_t>{10'900, 13'500});
}

TEST_CASE("a backend that breaks off: what waits is looked at, then the error", "[ai][checked_stream]") {
  Checking c;
  c.is_cut = true;
  CHECK(c.read({{role + event_of("one")}}) == role + event_of("one") + "!");
  Checking refused;
  refused.is_cut = true;
  CHECK(refused.read({{role + event_of("bad")}}) == role + refusal);
}

TEST_CASE("an event without its blank line is looked at too", "[ai][checked_stream]") {
  Checking c;
  const std::string cut = event_of("bad").substr(0, event_of("bad").size() - 2);
  CHECK(c.read({{role + cut}}) == role + refusal);
  Checking d;
  const std::string fine = event_of("fine").substr(0, event_of("fine").size() - 2);
  CHECK(d.read({{role + event_of("12345678") + fine}}) == role + event_of("12345678") + fine);
}

TEST_CASE("an event that cannot be read, or does not end, ends the stream", "[ai][checked_stream]") {
  Checking c;
  CHECK(c.read({{role + event_of("one") + "data: {oops\n\n"}}) == role + refusal);
  Checking d;
  const std::string much(EventCutter::max_event_bytes, 'x');
  CHECK(d.read({{role}, {"data: " + much}, {"\n\n"}}) == role + refusal);
}

TEST_CASE("who leaves while words are looked at ends that too", "[ai][checked_stream]") {
  Checking c;
  c.takes = 5s;
  c.begin({{event_of("one") + done}});
  Task<BodyChunk> reading = c.stream->read();
  REQUIRE_FALSE(reading.is_ready());
  c.stream->cancel();
  REQUIRE(reading.is_ready());
  CHECK(reading.take().error().code() == ErrorCode::cancelled);
  CHECK(c.seen.is_cancelled);
  CHECK(c.clock.waiting() == 0);
}

TEST_CASE("who leaves during a pause, or a look that the pause began, leaves nothing behind", "[ai][checked_stream]") {
  Checking c;
  c.begin({{event_of("one")}, {done, 30s}});
  Task<BodyChunk> reading = c.stream->read();
  c.clock.advance(500ms);
  REQUIRE_FALSE(reading.is_ready());
  c.stream->cancel();
  REQUIRE(reading.is_ready());
  CHECK_FALSE(reading.take());
  CHECK(c.clock.waiting() == 0);

  Checking d;
  d.takes = 5s;
  d.begin({{event_of("one")}, {done, 30s}});
  Task<BodyChunk> looking = d.stream->read();
  d.clock.advance(1'500ms);
  REQUIRE(d.seen.words.size() == 1);
  d.stream->cancel();
  REQUIRE(looking.is_ready());
  CHECK_FALSE(looking.take());
  CHECK(d.clock.waiting() == 0);
}

TEST_CASE("a stream that is closed between two reads ends the read it has begun", "[ai][checked_stream]") {
  Checking c;
  c.begin({{event_of("one")}, {done, 30s}});
  Task<BodyChunk> reading = c.stream->read();
  c.clock.advance(1s);
  REQUIRE(reading.is_ready());
  CHECK(*reading.take() == event_of("one"));
  wait(c.stream->close());
  CHECK(c.clock.waiting() == 0);
}

TEST_CASE("messages of Anthropic end with a refusal that tells their tokens", "[ai][checked_stream]") {
  const std::string head =
      "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"m\"}}\n\n"
      "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"text\":"
      "\"\"}}\n\n";
  const std::string words =
      "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"text\":\"so bad "
      "it is\"}}\n\n";
  Checking c;
  CHECK(c.read({{head}, {words}}) ==
        head +
            "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n"
            "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"refusal\","
            "\"stop_sequence\":null},\"usage\":{\"output_tokens\":4}}\n\n"
            "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n");
}

TEST_CASE("responses and completions end with the reason", "[ai][checked_stream]") {
  const std::string created =
      "event: response.created\ndata: "
      "{\"type\":\"response.created\",\"sequence_number\":0,\"response\":{\"id\":\"r1\"}}\n\n";
  Checking c;
  CHECK(c.read({{created},
                {"event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"delta\":\"bad\"}"
                 "\n\n"}}) ==
        created +
            "event: response.incomplete\ndata: {\"type\":\"response.incomplete\",\"sequence_number\":1,\"response\":"
            "{\"id\":\"r1\",\"object\":\"response\",\"status\":\"incomplete\",\"incomplete_details\":"
            "{\"reason\":\"content_filter\"}}}\n\n");
  Checking d;
  CHECK(d.read({{"data: {\"id\":\"t\",\"object\":\"text_completion\",\"choices\":[{\"index\":0,\"text\":\"bad\"}]}"
                 "\n\n"}}) ==
        "data: {\"id\":\"t\",\"object\":\"text_completion\",\"choices\":[{\"index\":0,\"text\":\"\","
        "\"finish_reason\":\"content_filter\"}]}\n\ndata: [DONE]\n\n");
}
