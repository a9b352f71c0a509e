// SPDX-License-Identifier: Apache-2.0
// Assistants, threads and runs of the simulated models; errors in mid-stream; images and sounds in prompts.
#include "end_to_end/support.hpp"

#include "ai/answer_text.hpp"
#include "ai/sse_reader.hpp"
#include "ai/usage.hpp"

#include <catch2/catch.hpp>

using namespace sluice;
using namespace sluice::test;

namespace {

using Told = std::vector<std::pair<std::string, std::string>>;

/// Types and data of all events in a body.
Told events_of(const std::string& answer) {
  Told events;
  ai::SseReader reader;
  reader.feed(body_of(answer), [&](const ai::SseReader::Event& event) {
    events.emplace_back(std::string(event.type), std::string(event.data));
  });
  return events;
}

std::string text_at(const std::string& json, std::initializer_list<std::string_view> path) {
  Arena arena;
  const auto parsed = parse_json(json, arena);
  const JsonValue* found = parsed ? (*parsed)->at(path) : nullptr;
  return found != nullptr ? std::string(found->string().value_or("")) : std::string();
}

struct Service {
  explicit Service(std::string path) : base(std::move(path)) {
    REQUIRE(upstreams.set("payg", R"({"tokensPerSecond":0,"completionTokens":5})") == 200);
  }
  std::string call_it(const std::string& method, const std::string& path, const std::string& body = {}) {
    return call(upstreams.port("payg"), method, base + path + "?api-version=2024-05-01-preview", {}, body);
  }
  std::string post(const std::string& path, const std::string& body) { return body_of(call_it("POST", path, body)); }
  std::string get(const std::string& path) { return body_of(call_it("GET", path)); }

  std::string make_assistant(const std::string& model = "m") {
    return text_at(post("/assistants", R"({"model":")" + model + R"(","instructions":"Be brief."})"), {"id"});
  }

  Upstreams upstreams;
  std::string base;
};

}  // namespace

TEST_CASE("a run answers the messages of a thread, and tells its usage when it is done", "[end_to_end][upstreams]") {
  const std::string base = GENERATE("/openai", "/v1");
  Service service(base);
  const std::string assistant = service.make_assistant();
  const std::string thread = "/threads/" + text_at(service.post("/threads", "{}"), {"id"});
  service.post(thread + "/messages", R"({"role":"user","content":"Hello there"})");
  const std::string run = service.post(thread + "/runs", R"({"assistant_id":")" + assistant + R"("})");
  CHECK(text_at(run, {"status"}) == "queued");
  CHECK_FALSE(ai::usage_of_answer(run));
  const std::string done = service.get(thread + "/runs/" + text_at(run, {"id"}));
  INFO(done);
  CHECK(text_at(done, {"status"}) == "completed");
  // "Be brief." 3, a message 4, "Hello there" 3.
  CHECK(ai::usage_of_answer(done) == ai::TokenUsage{10, 5, 15, 0, 0});
  const std::string messages = service.get(thread + "/messages");
  CHECK(messages.find("The gateway lets every token") < messages.find("Hello there"));
  CHECK(service.get(thread + "/runs/" + text_at(run, {"id"}) + "/steps").find("\"total_tokens\":15") !=
        std::string::npos);
  CHECK(service.get(thread + "/runs").find("\"completed\"") != std::string::npos);
}

TEST_CASE("a run takes as long as its answer does", "[end_to_end][upstreams]") {
  Service service("/v1");
  REQUIRE(service.upstreams.set("payg", R"({"deployments":{"slow":{"firstTokenMs":3600000}}})") == 200);
  const std::string run =
      service.post("/threads/runs", R"({"assistant_id":")" + service.make_assistant("slow") +
                                        R"(","thread":{"messages":[{"role":"user","content":"x"}]}})");
  const std::string path = "/threads/" + text_at(run, {"thread_id"}) + "/runs/" + text_at(run, {"id"});
  CHECK(text_at(service.get(path), {"status"}) == "queued");
  CHECK(text_at(service.post(path + "/cancel", "{}"), {"status"}) == "cancelled");
  CHECK(text_at(service.get(path), {"status"}) == "cancelled");
}

TEST_CASE("a streamed run tells what a polled one does", "[end_to_end][upstreams]") {
  Service service("/openai");
  const std::string assistant = service.make_assistant();
  const std::string asked = R"({"assistant_id":")" + assistant +
                            R"(","stream":true,"thread":{"messages":[{"role":"user","content":"Hello there"}]}})";
  const Told events = events_of(service.call_it("POST", "/threads/runs", asked));
  ai::StreamUsage usage;
  std::string words, types;
  for (const auto& [type, data] : events) {
    if (data == "[DONE]") continue;
    usage.add(data);
    Arena arena;
    for (const std::string_view piece : ai::read_answer(data, arena).pieces) words += piece;
    if (types.find(type) == std::string::npos) types += type + " ";
  }
  CHECK(words == "The gateway lets every token");
  CHECK(usage.usage() == ai::TokenUsage{10, 5, 15, 0, 0});
  CHECK(events.front().first == "thread.created");
  CHECK(events[events.size() - 2].first == "thread.run.completed");
  CHECK(events.back() == std::pair<std::string, std::string>("done", "[DONE]"));
  const std::string& last = events[events.size() - 2].second;
  const std::string polled = service.get("/threads/" + text_at(last, {"thread_id"}) + "/runs/" + text_at(last, {"id"}));
  CHECK(ai::usage_of_answer(polled) == usage.usage());
}

TEST_CASE("a run that calls a function waits for what it gives", "[end_to_end][upstreams]") {
  Service service(GENERATE("/openai", "/v1"));
  const bool is_chosen = GENERATE(false, true);  // By the run, or because the message names it.
  const std::string assistant = text_at(
      service.post("/assistants", R"({"model":"m","tools":[{"type":"code_interpreter"},{"type":"function","function":)"
                                  R"({"name":"weather","parameters":{"properties":{"city":{"type":"string"}}}}}]})"),
      {"id"});
  const std::string thread = "/threads/" + text_at(service.post("/threads", "{}"), {"id"});
  service.post(thread + "/messages",
               std::string(R"({"role":"user","content":")") + (is_chosen ? "Hello" : "Use weather") + "\"}");
  const std::string run = service.post(thread + "/runs", R"({"assistant_id":")" + assistant + "\"" +
                                                             (is_chosen ? R"(,"tool_choice":"required"})" : "}"));
  const std::string path = thread + "/runs/" + text_at(run, {"id"}), submit = path + "/submit_tool_outputs";
  const std::string waiting = service.get(path);
  INFO(waiting);
  CHECK(text_at(waiting, {"status"}) == "requires_action");
  CHECK_FALSE(ai::usage_of_answer(waiting));
  CHECK(waiting.find(R"("arguments":"{\"city\":\"some city\"}")") != std::string::npos);
  CHECK(service.get(thread + "/messages").find("assistant") == std::string::npos);
  CHECK(status_of(service.call_it("POST", submit, R"({"tool_outputs":[]})")) == 400);
  CHECK(status_of(service.call_it("POST", submit, "{}")) == 400);
  const std::string id = "call_" + text_at(run, {"id"}) + "_0";
  const std::string outputs = R"({"tool_outputs":[{"tool_call_id":")" + id + R"(","output":"It rains."}]})";
  CHECK(text_at(service.post(submit, outputs), {"status"}) == "queued");
  const std::string done = service.get(path);
  CHECK(text_at(done, {"status"}) == "completed");
  const std::string steps = service.get(path + "/steps");
  CHECK(steps.find(R"("output":"It rains.")") != std::string::npos);
  // The first answer: a message 4, its words 2 or 3, the function 2 + 1; a call of 20 bytes 5. The second: what was
  // said before, the call 4 + 5, its output 4 + 3; 5 words.
  const std::int64_t prompt = 4 + (is_chosen ? 2 : 3) + 3;
  CHECK(ai::usage_of_answer(done) == ai::TokenUsage{2 * prompt + 16, 10, 2 * prompt + 26, 0, 0});
  CHECK(status_of(service.call_it("POST", submit, outputs)) == 400);
}

TEST_CASE("what is not there, or is missing, is told in the words of the service", "[end_to_end][upstreams]") {
  Service service("/v1");
  CHECK(status_of(service.call_it("GET", "/threads/none")) == 404);
  CHECK(status_of(service.call_it("POST", "/threads/none/messages", "{}")) == 404);
  CHECK(status_of(service.call_it("POST", "/threads/none/runs", "{}")) == 400);
  CHECK(status_of(service.call_it("POST", "/assistants", "{}")) == 400);
  const std::string assistant = service.make_assistant();
  CHECK(status_of(service.call_it("POST", "/threads/none/runs", R"({"assistant_id":")" + assistant + R"("})")) == 404);
  CHECK(status_of(service.call_it("DELETE", "/assistants/" + assistant)) == 200);
  CHECK(status_of(service.call_it("GET", "/assistants/" + assistant)) == 404);
}

TEST_CASE("an error in mid-stream comes in the form of its service", "[end_to_end][upstreams]") {
  struct Row {
    const char *path, *body, *error;
  };
  const Row row =
      GENERATE(Row{"/v1/chat/completions", R"("messages":[{"role":"user","content":"x"}])", R"({"error":{"message":)"},
               Row{"/v1/messages", R"("max_tokens":9,"messages":[{"role":"user","content":"x"}])",
                   R"({"type":"error","error":{"type":"overloaded_error")"},
               Row{"/v1/responses", R"("input":"x")", R"({"type":"error","sequence_number":4,"code":"server_error")"});
  CAPTURE(row.path);
  Upstreams upstreams;
  REQUIRE(upstreams.set("payg", R"({"tokensPerSecond":0,"errorAfterEvents":4})") == 200);
  const Told events = events_of(call(upstreams.port("payg"), "POST", row.path, {},
                                     R"({"model":"m","stream":true,)" + std::string(row.body) + "}"));
  REQUIRE(events.size() == 5);
  CHECK(events.back().second.starts_with(row.error));
}

TEST_CASE("a run that fails in mid-stream has failed", "[end_to_end][upstreams]") {
  Service service("/v1");
  REQUIRE(service.upstreams.set("payg", R"({"errorAfterEvents":9})") == 200);
  const Told events = events_of(service.call_it(
      "POST", "/threads/runs", R"({"assistant_id":")" + service.make_assistant() + R"(","stream":true})"));
  REQUIRE(events.size() == 10);
  CHECK(events.back().first == "error");
  const std::string& first = events[1].second;
  const std::string polled =
      service.get("/threads/" + text_at(first, {"thread_id"}) + "/runs/" + text_at(first, {"id"}));
  CHECK(text_at(polled, {"status"}) == "failed");
  CHECK(ai::usage_of_answer(polled)->completion == 2);
}

TEST_CASE("images and sounds in prompts are counted", "[end_to_end][upstreams]") {
  Upstreams upstreams;
  const std::string sound(48'000 / 3 * 4, 'A');
  const std::string answer = body_of(call(
      upstreams.port("payg"), "POST", "/v1/chat/completions", {},
      R"({"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"Look"},{"type":"image_url","image_url":{"url":"u"}},)"
      R"({"type":"input_audio","input_audio":{"format":"wav","data":")" +
          sound + R"("}}]}]})"));
  CHECK(ai::usage_of_answer(answer)->prompt == 4 + 1 + 85 + 10);
  CHECK(answer.find(R"("audio_tokens":10)") != std::string::npos);
}
