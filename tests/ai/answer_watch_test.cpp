// SPDX-License-Identifier: Apache-2.0
#include "ai/answer_watch.hpp"

#include "testing/bare_context.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace sluice;
using ai::AnswerWatch;
using ai::TokenUsage;

namespace {

/// A body that arrives in pieces.
class Pieces final : public BodyStream {
 public:
  explicit Pieces(std::vector<std::string> pieces, bool fails = false) : pieces_(std::move(pieces)), fails_(fails) {}
  Task<BodyChunk> read() override {
    if (next_ < pieces_.size()) return BodyChunk(std::string_view(pieces_[next_++]));
    if (fails_) return BodyChunk(fail(ErrorCode::backend_connection_failure));
    return BodyChunk(std::string_view());
  }
  void cancel() override {}

 private:
  std::vector<std::string> pieces_;
  bool fails_;
  std::size_t next_ = 0;
};

struct Watching : testing::ContextFixture {
  AnswerWatch* watch = nullptr;

  void start(bool before_send = false) {
    watch = &AnswerWatch::of(context);
    if (before_send) watch->want_before_send();
  }
  void answer(std::string_view type, Body body) {
    Response& response = context.replace_response();
    response.headers.set("Content-Type", type);
    response.body = std::move(body);
  }
  void stream(std::string_view type, std::vector<std::string> pieces, bool fails = false) {
    answer(type, Body::stream(std::make_unique<Pieces>(std::move(pieces), fails)));
  }
  /// Sends the answer as a server does; returns the bytes.
  std::string deliver() {
    wait(context.run_before_send());
    std::string sent;
    const auto pass = [&](std::string_view data) {
      for (BodyObserver* observer : context.observers()) observer->on_data(data);
      sent += data;
    };
    bool whole = true;
    if (!context.response.body.is_stream()) pass(context.response.body.data());
    while (context.response.body.is_stream()) {
      const BodyChunk chunk = wait(context.response.body.stream()->read());
      if (!chunk || chunk->empty()) {
        whole = chunk.has_value();
        break;
      }
      pass(*chunk);
    }
    wait(context.run_after_send(whole ? DeliveryOutcome::complete : DeliveryOutcome::aborted));
    return sent;
  }
};

constexpr std::string_view json_type = "application/json; charset=utf-8";
const std::string whole_answer =
    R"({"choices":[{"message":{"content":"Hello"}}],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}})";

}  // namespace

TEST_CASE("an answer in memory is known before its head goes out", "[ai][answer_watch]") {
  Watching w;
  w.start();
  w.answer(json_type, Body::bytes(whole_answer));
  wait(w.context.run_before_send());
  CHECK(w.watch->is_complete());
  CHECK(w.watch->usage() == TokenUsage{3, 4, 7, 0, 0});
}

TEST_CASE("a streamed answer that is no event stream is known at its end, or before when asked", "[ai][answer_watch]") {
  const bool before = GENERATE(false, true);
  Watching w;
  w.start(before);
  w.stream(json_type, {whole_answer.substr(0, 20), whole_answer.substr(20)});
  wait(w.context.run_before_send());
  CHECK(w.watch->is_complete() == before);
  CHECK(w.context.response.body.is_stream() == !before);
  CHECK(w.deliver() == whole_answer);
  CHECK(w.watch->usage() == TokenUsage{3, 4, 7, 0, 0});
}

TEST_CASE("an answer too large to be gathered passes whole", "[ai][answer_watch]") {
  Watching w;
  w.limits.request.buffered_body_bytes = 50;
  w.start(true);
  w.stream(json_type, {whole_answer.substr(0, 40), whole_answer.substr(40, 40), whole_answer.substr(80)});
  CHECK(w.deliver() == whole_answer);
  CHECK(w.watch->is_complete());
  CHECK_FALSE(w.watch->usage());
}

TEST_CASE("an answer that breaks while it is gathered breaks for the caller at the same place", "[ai][answer_watch]") {
  Watching w;
  w.start(true);
  w.stream(json_type, {"{\"choices\":"}, true);
  CHECK(w.deliver() == "{\"choices\":");
  CHECK_FALSE(w.watch->usage());
}

TEST_CASE("event streams are read beside the stream and never gathered", "[ai][answer_watch]") {
  Watching w;
  w.start(true);
  w.stream("text/event-stream",
           {"data: {\"choices\":[{\"delta\":{\"content\":\"Hel", "lo there\"}}]}\n\n",
            "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":2,\"total_tokens\":11}}\n\n",
            "data: [DONE]\n\n"});
  wait(w.context.run_before_send());
  CHECK_FALSE(w.watch->is_complete());
  CHECK(w.context.response.body.is_stream());
  CHECK(w.deliver().ends_with("data: [DONE]\n\n"));
  CHECK(w.watch->is_complete());
  CHECK(w.watch->usage() == TokenUsage{9, 2, 11, 0, 0});
  CHECK(w.watch->estimated_completion_tokens() == 2);
}

TEST_CASE("a stream that breaks has the words seen so far", "[ai][answer_watch]") {
  Watching w;
  w.start();
  w.stream("text/event-stream",
           {"data: {\"choices\":[{\"delta\":{\"content\":\"one two three\"}}]}\n\n", "data: {\"cho"}, true);
  w.deliver();
  CHECK_FALSE(w.watch->usage());
  CHECK(w.watch->estimated_completion_tokens() == 3);
}

TEST_CASE("an event stream in memory is read at once", "[ai][answer_watch]") {
  Watching w;
  w.start();
  w.answer("text/event-stream", Body::bytes("data: {\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1}}\n\n"));
  wait(w.context.run_before_send());
  CHECK(w.watch->usage() == TokenUsage{1, 1, 2, 0, 0});
}

TEST_CASE("compressed answers are not read, and the backend is asked for none", "[ai][answer_watch]") {
  Watching w;
  w.request.headers.set("Accept-Encoding", "gzip, br");
  w.start();
  CHECK_FALSE(w.request.headers.contains("Accept-Encoding"));
  w.answer(json_type, Body::bytes(whole_answer));
  w.context.response.headers.set("Content-Encoding", "gzip");
  w.deliver();
  CHECK_FALSE(w.watch->usage());
  CHECK(w.watch->is_complete());
}

TEST_CASE("a request has one watch", "[ai][answer_watch]") {
  Watching w;
  w.start();
  CHECK(&AnswerWatch::of(w.context) == w.watch);
  CHECK(w.context.observers().size() == 1);
}

namespace {

std::string stream_of_words(int words, std::string_view usage) {
  std::string events;
  for (int i = 0; i < words; ++i) events += "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\" one\"}}]}\n\n";
  return events + "data: {\"choices\":[],\"usage\":" + std::string(usage) + "}\n\ndata: [DONE]\n\n";
}

std::optional<TokenUsage> usage_of(std::string_view type, const std::string& body) {
  Watching w;
  w.start();
  w.answer(type, Body::bytes(body));
  w.deliver();
  return w.watch->usage();
}

}  // namespace

TEST_CASE("a report of nothing for words is none", "[ai][answer_watch]") {
  constexpr std::string_view nothing = R"({"prompt_tokens":0,"completion_tokens":0,"total_tokens":0})";
  CHECK_FALSE(usage_of("text/event-stream", stream_of_words(5, nothing)));
  CHECK_FALSE(
      usage_of(json_type, R"({"choices":[{"message":{"content":"Hello"}}],"usage":)" + std::string(nothing) + "}"));
  CHECK(usage_of(json_type, R"({"data":[],"usage":)" + std::string(nothing) + "}") == TokenUsage{});
}

TEST_CASE("of a stream, less than half of its words is not believed", "[ai][answer_watch]") {
  const auto told = [](std::string_view completion) {
    return usage_of(
        "text/event-stream",
        stream_of_words(100, "{\"prompt_tokens\":7,\"completion_tokens\":" + std::string(completion) + "}"));
  };
  CHECK(told("1") == TokenUsage{7, 100, 107, 0, 0});
  CHECK(told("49") == TokenUsage{7, 100, 107, 0, 0});
  CHECK(told("60") == TokenUsage{7, 60, 67, 0, 0});
  CHECK(told("5000") == TokenUsage{7, 5000, 5007, 0, 0});
}

TEST_CASE("what was told before costs nothing when it is asked for again", "[ai][answer_watch]") {
  Watching w;
  w.request.method = "GET";
  w.start();
  w.answer(json_type,
           Body::bytes(R"({"id":"resp_1","object":"response","usage":{"input_tokens":2,"output_tokens":3}})"));
  w.deliver();
  CHECK(w.watch->is_told_elsewhere());
  CHECK_FALSE(w.watch->usage());
}

TEST_CASE("a streamed run that waits for functions is told of elsewhere, one that breaks off is not",
          "[ai][answer_watch]") {
  for (const bool waits : {true, false}) {
    CAPTURE(waits);
    Watching w;
    w.start();
    w.stream("text/event-stream", {R"(data: {"id":"run_1","object":"thread.run","status":"in_progress","usage":null})"
                                   "\n\n",
                                   R"(data: {"id":"run_1","object":"thread.run","status":")" +
                                       std::string(waits ? "requires_action" : "in_progress") +
                                       R"(","usage":null})"
                                       "\n\n",
                                   "event: done\ndata: [DONE]\n\n"});
    w.deliver();
    CHECK(w.watch->is_told_elsewhere() == waits);
    CHECK_FALSE(w.watch->usage());
  }
}

TEST_CASE("a run tells even where nobody remembers who told", "[ai][answer_watch]") {
  Watching w;  // Its counters refuse.
  w.request.method = "GET";
  w.start();
  w.answer(json_type,
           Body::bytes(R"({"id":"run_1","object":"thread.run","usage":{"prompt_tokens":2,"completion_tokens":3}})"));
  w.deliver();
  CHECK_FALSE(w.watch->is_told_elsewhere());
  CHECK(w.watch->usage() == TokenUsage{2, 3, 5, 0, 0});
}

TEST_CASE("letters that are split over events, and bytes that are none, stop nothing", "[ai][answer_watch]") {
  Watching w;
  w.start();
  const std::string event = "data: {\"choices\":[{\"delta\":{\"content\":\"gr\xc3\xbc\xc3\x9f\"}}]}\n\n";
  const std::string broken = "data: {\"choices\":[{\"delta\":{\"content\":\"a\xc3\xff\x80 b\"}}]}\n\n";
  const std::string last = "data: {\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}}\n\n";
  std::vector<std::string> pieces;
  for (const char byte : event + broken + last) pieces.emplace_back(1, byte);
  w.stream("text/event-stream", std::move(pieces));
  CHECK(w.deliver() == event + broken + last);
  CHECK(w.watch->usage() == TokenUsage{1, 2, 3, 0, 0});
}
