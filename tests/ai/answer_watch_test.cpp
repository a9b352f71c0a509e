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
