// SPDX-License-Identifier: Apache-2.0
// Usage that a caller did not ask for: how a request asks, and what its answer loses again.
#include "ai/asked_usage.hpp"

#include "ai/usage.hpp"

#include <catch2/catch.hpp>

#include <deque>
#include <random>
#include <vector>

using namespace sluice;
using namespace sluice::ai;

namespace {

std::string asking(std::string_view body) {
  Arena arena(1024);
  const auto made = asking_for_usage(read_prompt(body, arena), body, arena);
  return made ? std::string(made->bytes) : "unchanged";
}

struct Filtered {
  std::string bytes;
  std::vector<std::string> taken_out;
};

Filtered filtered(const std::vector<std::string>& pieces) {
  Filtered made;
  UsageFilter filter([&](std::string_view data) { made.taken_out.emplace_back(data); });
  for (const std::string& piece : pieces) filter.feed(piece, made.bytes);
  filter.finish(made.bytes);
  return made;
}

/// A stream as it comes when usage is asked for, and when it is not.
struct Pair {
  std::string asked, unasked;
  std::string usage;
};

Pair stream_of(std::string_view line_end) {
  const std::string end(line_end);
  const auto event = [&](std::string_view data) { return "data: " + std::string(data) + end + end; };
  const std::string usage =
      R"({"id":"c","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}})";
  const std::string comment = ": keep-alive" + end + end;
  Pair made;
  made.usage = usage;
  made.asked = event(R"({"choices":[],"prompt_filter_results":[],"usage":null})") +
               event(R"({"id":"c","choices":[{"index":0,"delta":{"content":"Hi \"usage\":null"}}],"usage":null})") +
               comment + event(R"({ "usage" : null , "choices" : [{"index":0,"delta":{},"finish_reason":"stop"}]})") +
               event(R"({"choices":[{"delta":{"content":"x"}}],"usage": null ,"more":1})") + event(usage) +
               event("[DONE]");
  made.unasked = event(R"({"choices":[],"prompt_filter_results":[]})") +
                 event(R"({"id":"c","choices":[{"index":0,"delta":{"content":"Hi \"usage\":null"}}]})") + comment +
                 event(R"({  "choices" : [{"index":0,"delta":{},"finish_reason":"stop"}]})") +
                 event(R"({"choices":[{"delta":{"content":"x"}}],"more":1})") + event("[DONE]");
  return made;
}

}  // namespace

TEST_CASE("a request asks by a member more, and every other byte stays", "[ai][asked_usage]") {
  CHECK(asking(R"({"stream":true, "x" : [1 ,2]})") ==
        R"({"stream":true, "x" : [1 ,2],"stream_options":{"include_usage":true}})");
  CHECK(asking("{\"stream\":true}\n") == "{\"stream\":true,\"stream_options\":{\"include_usage\":true}}\n");
  CHECK(asking(R"({"stream_options":{},"stream":true})") ==
        R"({"stream_options":{"include_usage":true},"stream":true})");
  CHECK(asking(R"({"stream_options": { "include_obfuscation":false },"stream":true})") ==
        R"({"stream_options": {"include_usage":true, "include_obfuscation":false },"stream":true})");
  CHECK(asking(R"({"stream":true,"stream_options":{"a":1,"include_usage" : false}})") ==
        R"({"stream":true,"stream_options":{"a":1,"include_usage" : true}})");
  CHECK(asking(R"({"stream":true,"stream_options":{"include_usage":null}})") ==
        R"({"stream":true,"stream_options":{"include_usage":true}})");
  CHECK(asking(R"({"stream":true,"stream_options":null})") ==
        R"({"stream":true,"stream_options":{"include_usage":true}})");
  CHECK(asking("\xef\xbb\xbf{\"stream_options\":null,\"stream\":true}") ==
        "\xef\xbb\xbf{\"stream_options\":{\"include_usage\":true},\"stream\":true}");
}

TEST_CASE("a request that asks, does not stream, or is not understood stays as it is", "[ai][asked_usage]") {
  for (const std::string_view body :
       {R"({"stream":true,"stream_options":{"include_usage":true}})", R"({"stream":false})", R"({"messages":[]})",
        R"({"stream":true,"stream_options":7})", R"({"stream":true,"stream_options":[]})",
        R"({"stream":true,"stream_options":{"include_usage":"no"}})",
        R"({"stream":true,"stream_options":{"include_usage":false,"include_usage":true}})",
        R"({"stream":true,"stream_options":{},"stream_options":{}})", R"([true])", R"({"stream":true)", ""}) {
    CAPTURE(body);
    CHECK(asking(body) == "unchanged");
  }
}

TEST_CASE("who is asked is who knows how to be", "[ai][asked_usage]") {
  CHECK(can_be_asked_for_usage("/v1/chat/completions", ""));
  CHECK(can_be_asked_for_usage("/llm/chat/completions", "a=b"));
  CHECK(can_be_asked_for_usage("/v1/completions", ""));
  CHECK(can_be_asked_for_usage("/openai/deployments/g/chat/completions", "api-version=2024-10-21"));
  CHECK(can_be_asked_for_usage("/openai/deployments/g/completions", "x=1&api-version=2024-09-01-preview"));
  CHECK(can_be_asked_for_usage("/openai/v1/chat/completions", "api-version=preview"));
  CHECK_FALSE(can_be_asked_for_usage("/openai/deployments/g/chat/completions", "api-version=2024-08-01-preview"));
  CHECK_FALSE(can_be_asked_for_usage("/openai/deployments/g/chat/completions", ""));
  CHECK_FALSE(can_be_asked_for_usage("/models/chat/completions", "api-version=2024-05-01-preview"));
  CHECK_FALSE(can_be_asked_for_usage("/v1/responses", ""));
  CHECK_FALSE(can_be_asked_for_usage("/v1/messages", ""));
  CHECK_FALSE(can_be_asked_for_usage("/v1/embeddings", ""));
}

TEST_CASE("an answer loses what was asked for, wherever its bytes are split", "[ai][asked_usage]") {
  for (const std::string_view line_end : {"\n", "\r\n", "\r"}) {
    const Pair pair = stream_of(line_end);
    for (std::size_t at = 0; at <= pair.asked.size(); ++at) {
      CAPTURE(at, line_end);
      const Filtered made = filtered({pair.asked.substr(0, at), pair.asked.substr(at)});
      REQUIRE(made.bytes == pair.unasked);
      REQUIRE(made.taken_out == std::vector<std::string>{pair.usage});
    }
    std::mt19937 random(7);
    for (int round = 0; round < 200; ++round) {
      std::vector<std::string> pieces;
      for (std::size_t at = 0; at < pair.asked.size();) {
        const std::size_t size = 1 + random() % 60;
        pieces.push_back(pair.asked.substr(at, size));
        at += size;
      }
      REQUIRE(filtered(pieces).bytes == pair.unasked);
    }
  }
}

TEST_CASE("an event goes on the moment it is whole", "[ai][asked_usage]") {
  std::string out;
  UsageFilter filter([](std::string_view) {});
  filter.feed("data: {\"choices\":[{}],\"usage\":null}\n", out);
  CHECK(out.empty());
  filter.feed("\ndata: {", out);
  CHECK(out == "data: {\"choices\":[{}]}\n\n");
}

TEST_CASE("what comes without having been asked for stays", "[ai][asked_usage]") {
  for (const std::string_view data :
       {R"({"choices":[{"delta":{},"finish_reason":"stop"}],"usage":{"total_tokens":5}})",  // with the last choice
        R"({"type":"message_delta","usage":{"output_tokens":3}})",                          // of Anthropic
        R"({"type":"x","usage":null})", R"({"choices":[],"prompt_filter_results":[]})", R"({"usage":7,"choices":[]})",
        R"({"choices":[{"usage":null}]})", R"({"choices":[],"usage":{"total)", "\"usage\""}) {
    const std::string stream = "data: " + std::string(data) + "\n\ndata: [DONE]\n\n";
    CAPTURE(data);
    CHECK(filtered({stream}).bytes == stream);
    CHECK(filtered({stream}).taken_out.empty());
  }
  const std::string lines = "data: {\"choices\":[{}],\ndata: \"usage\":null}\n\n";
  CHECK(filtered({lines}).bytes == lines);
}

TEST_CASE("an event longer than may be kept goes on, and so does all behind it", "[ai][asked_usage]") {
  const std::string much = "data: " + std::string(EventCutter::max_event_bytes, 'x');
  const std::string rest = "\n\ndata: {\"choices\":[],\"usage\":{}}\n\n";
  CHECK(filtered({much, "y", rest}).bytes == much + "y" + rest);
}

TEST_CASE("an event without its blank line is taken out or goes on too", "[ai][asked_usage]") {
  CHECK(filtered({"data: {\"choices\":[],\"usage\":{}}"}).bytes.empty());
  CHECK(filtered({"data: [DONE]"}).bytes == "data: [DONE]");
}

TEST_CASE("what is held goes on before the error of a stream that breaks off", "[ai][asked_usage]") {
  struct Broken final : BodyStream {
    int reads = 0;
    Task<BodyChunk> read() override {
      if (reads++ == 0) return BodyChunk(std::string_view("data: {\"cho"));
      return BodyChunk(fail(ErrorCode::backend_connection_failure));
    }
    void cancel() override {}
  };
  UsageStream stream(std::make_unique<Broken>(), UsageFilter([](std::string_view) {}));
  CHECK(*wait(stream.read()) == "data: {\"cho");
  CHECK_FALSE(wait(stream.read()));
}
