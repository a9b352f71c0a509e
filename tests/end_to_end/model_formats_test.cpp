// SPDX-License-Identifier: Apache-2.0
// The simulated models in the formats of the services they stand for: what is counted is what is given, whole and
// streamed, and an answer says the same in both.
#include "end_to_end/support.hpp"

#include "ai/answer_text.hpp"
#include "ai/sse_reader.hpp"
#include "ai/usage.hpp"

#include <catch2/catch.hpp>

using namespace sluice;
using namespace sluice::test;

namespace {

std::string post(const Upstreams& upstreams, const std::string& path, const std::string& body) {
  return call(upstreams.port("payg"), "POST", path, {}, body);
}

/// The data of all events in a body, one a line.
std::vector<std::string> events_of(const std::string& answer) {
  std::vector<std::string> events;
  ai::SseReader reader;
  reader.feed(body_of(answer), [&](const ai::SseReader::Event& event) { events.emplace_back(event.data); });
  return events;
}

std::string words_of(const std::string& json) {
  Arena arena;
  std::string words;
  for (const std::string_view piece : ai::read_answer(json, arena).pieces) words += piece;
  return words;
}

struct Format {
  std::string path, question, asks_usage;
};

Format format_named(const std::string& name) {
  const std::string asks = R"(,"stream_options":{"include_usage":true})";
  const std::string chat = R"({"model":"m","messages":[{"role":"user","content":"Hello"}],"max_tokens":5)";
  if (name == "azure") return {"/openai/deployments/m/chat/completions?api-version=2024-10-21", chat, asks};
  if (name == "openai") return {"/v1/chat/completions", chat, asks};
  if (name == "inference") return {"/models/chat/completions?api-version=2024-05-01-preview", chat, ""};
  if (name == "anthropic") return {"/anthropic/v1/messages", chat, ""};
  if (name == "responses") return {"/v1/responses", R"({"model":"m","input":"Hello","max_output_tokens":5)", ""};
  return {"/v1/completions", R"({"model":"m","prompt":"Hello","max_tokens":5)", asks};
}

}  // namespace

TEST_CASE("every format counts what it gives, and streams what it would say whole", "[end_to_end][upstreams]") {
  const std::string name = GENERATE(Catch::Generators::as<std::string>(), "azure", "openai", "inference", "anthropic",
                                    "responses", "completions");
  INFO(name);
  Upstreams upstreams;
  REQUIRE(upstreams.set("payg", R"({"tokensPerSecond":0,"cachedTokens":1})") == 200);
  const Format format = format_named(name);
  const std::string whole = body_of(post(upstreams, format.path, format.question + "}"));
  const auto usage = ai::usage_of_answer(whole);
  INFO(whole);
  REQUIRE(usage);
  CHECK(usage->completion == 5);
  CHECK(usage->cached == 1);
  CHECK(usage->total == usage->prompt + 5);
  CHECK(words_of(whole) == "The gateway lets every token");

  const auto events =
      events_of(post(upstreams, format.path, format.question + ",\"stream\":true" + format.asks_usage + "}"));
  ai::StreamUsage streamed;
  std::string words;
  for (const std::string& event : events) {
    streamed.add(event);
    if (event.find("delta") != std::string::npos || event.find("text_completion") != std::string::npos)
      words += words_of(event);
  }
  CHECK(streamed.usage() == usage);
  CHECK(words == words_of(whole));
}

TEST_CASE("a stream tells its usage only to who asks for it", "[end_to_end][upstreams]") {
  Upstreams upstreams;
  const Format format = format_named("openai");
  const auto events = events_of(post(upstreams, format.path, format.question + ",\"stream\":true}"));
  REQUIRE_FALSE(events.empty());
  CHECK(events.back() == "[DONE]");
  for (const std::string& event : events) CHECK(event.find("usage") == std::string::npos);
}

TEST_CASE("tools that the user names are called, with arguments split over events", "[end_to_end][upstreams]") {
  Upstreams upstreams;
  const std::string body =
      R"({"model":"m","stream":true,"messages":[{"role":"user","content":"use get_weather"}],"tools":[)"
      R"({"type":"function","function":{"name":"get_weather","parameters":{"type":"object","properties":)"
      R"({"city":{"type":"string"},"days":{"type":"integer"}}}}},{"type":"function","function":{"name":"other"}}]})";
  std::string arguments;
  int pieces = 0;
  for (const std::string& event : events_of(post(upstreams, "/v1/chat/completions", body))) {
    Arena arena;
    const auto parsed = parse_json(event, arena);
    if (!parsed || (*parsed)->find("choices") == nullptr) continue;
    for (const JsonValue& choice : (*parsed)->find("choices")->items) {
      const JsonValue* calls = choice.at({"delta", "tool_calls"});
      if (calls == nullptr) continue;
      arguments += calls->items.front().at({"function", "arguments"})->text;
      ++pieces;
    }
  }
  CHECK(arguments == R"({"city":"some city","days":7})");
  CHECK(pieces > 5);
}

TEST_CASE("the events of a response are numbered without a gap", "[end_to_end][upstreams]") {
  Upstreams upstreams;
  const Format format = format_named("responses");
  int next = 0;
  for (const std::string& event : events_of(post(upstreams, format.path, format.question + ",\"stream\":true}"))) {
    CHECK(event.find("\"sequence_number\":" + std::to_string(next++) + ",") != std::string::npos);
  }
  CHECK(next == 2 + 2 + 5 + 3 + 1);
}

TEST_CASE("each service refuses in its own words", "[end_to_end][upstreams]") {
  Upstreams upstreams;
  REQUIRE(upstreams.set("payg", R"({"apiKey":"k","deployments":{"free":{"apiKey":"","requestsPerMinute":1}}})") == 200);
  const auto refused = [&](const std::string& path) { return post(upstreams, path, R"({"model":"m","messages":[]})"); };
  CHECK(status_of(refused("/v1/chat/completions")) == 401);
  CHECK(refused("/openai/deployments/m/chat/completions").find(R"({"error":{"code":"401","message":)") !=
        std::string::npos);
  CHECK(refused("/v1/messages").find(R"({"type":"error","error":{"type":"authentication_error")") != std::string::npos);
  const std::string bad = post(upstreams, "/v1/chat/completions", R"({"model":"free","messages":[]})");
  CHECK(bad.find(R"("type":"invalid_request_error","param":"messages","code":null)") != std::string::npos);
  const auto ask = [&] {
    return post(upstreams, "/v1/chat/completions", R"({"model":"free","messages":[{"role":"user","content":"x"}]})");
  };
  CHECK(status_of(ask()) == 200);
  const std::string throttled = ask();
  CHECK(throttled.find(R"("type":"requests","param":null,"code":"rate_limit_exceeded")") != std::string::npos);
  REQUIRE(upstreams.set("payg", R"({"onlyNamed":true})") == 200);
  CHECK(status_of(post(upstreams, "/openai/deployments/none/chat/completions", "{}")) == 404);
}

TEST_CASE("embeddings come as floats in base64 to who asks", "[end_to_end][upstreams]") {
  Upstreams upstreams;
  const std::string answer =
      post(upstreams, "/v1/embeddings", R"({"model":"e","input":"x","dimensions":3,"encoding_format":"base64"})");
  Arena arena;
  const std::string body = body_of(answer);
  const auto parsed = parse_json(body, arena);
  REQUIRE(parsed);
  CHECK((*parsed)->find("data")->items.front().find("embedding")->text.size() == 16);
  CHECK(status_of(post(upstreams, "/v1/embeddings", R"({"model":"e","input":"x","dimensions":0})")) == 400);
  CHECK(status_of(post(upstreams, "/v1/embeddings", R"({"model":"e"})")) == 400);
}

TEST_CASE("statistics tell tokens, refusals, broken streams and early probes", "[end_to_end][upstreams]") {
  Upstreams upstreams;
  REQUIRE(upstreams.set("payg", R"({"probeGraceMs":0,"tokensPerSecond":0,
      "deployments":{"d":{"requestsPerMinute":1},"c":{"cutAfterEvents":3}}})") == 200);
  const auto ask = [&](const std::string& model, const std::string& more) {
    return call(upstreams.port("payg"), "POST", "/v1/chat/completions", {},
                chat_body("Hello", ",\"model\":\"" + model + "\"" + more));
  };
  CHECK(status_of(ask("d", "")) == 200);
  CHECK(status_of(ask("d", "")) == 429);
  CHECK(status_of(ask("d", "")) == 429);
  RawClient client(upstreams.port("payg"));
  (void)client
      .send(request_text("POST", "/v1/chat/completions", {}, chat_body("Hello", R"(,"model":"c","stream":true)")))
      .read_to_end();
  const std::string told = body_of(call(upstreams.port("payg"), "GET", "/_control/statistics"));
  INFO(told);
  CHECK(
      told.find(
          R"("c":{"requests":1,"answered":1,"throttled":0,"faults":0,"earlyProbes":0,"broken":1,"promptTokens":6,"completionTokens":2)") !=
      std::string::npos);
  CHECK(
      told.find(
          R"("d":{"requests":3,"answered":1,"throttled":2,"faults":0,"earlyProbes":1,"broken":0,"promptTokens":6,"completionTokens":20)") !=
      std::string::npos);
  (void)call(upstreams.port("payg"), "DELETE", "/_control/statistics");
  CHECK(body_of(call(upstreams.port("payg"), "GET", "/_control/statistics")).find(R"("d":{"requests":0)") !=
        std::string::npos);
}

TEST_CASE("settings come from flags and files, and wrong ones are wrong use", "[end_to_end][upstreams]") {
  const std::string port = "0:x";
  Process process("simulated_upstreams", {"--openai", port, "--set", "x", R"({"completionTokens":3})"});
  const std::uint16_t at = port_of(process.line_after("x listening on "));
  CHECK(call(at, "GET", "/_control").find(R"("completionTokens":3)") != std::string::npos);
  CHECK(run_to_end("simulated_upstreams", {"--openai", port, "--set", "x", R"({"capacity":"much"})"}).code == 2);
  CHECK(run_to_end("simulated_upstreams", {"--openai", port, "--set", "y", "{}"}).code == 2);
  CHECK(run_to_end("simulated_upstreams", {"--openai", port, "--settings", "/nowhere"}).code == 2);
}
