// SPDX-License-Identifier: Apache-2.0
// Streamed completions through the real host: each chunk passes when it has come, and both ends learn of an early end.
#include "end_to_end/support.hpp"

#include <catch2/catch.hpp>

using namespace sluice;
using namespace sluice::test;
using http::test::Signal;
using http::test::Upstream;

namespace {

std::string chunk(const std::string& text) {
  char length[16];
  std::snprintf(length, sizeof length, "%zx\r\n", text.size());
  return length + text + "\r\n";
}

constexpr const char* stream_head =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";

const std::string streamed = chat_body("Hello", R"(,"stream":true,"stream_options":{"include_usage":true})");

std::string words(const std::string& text) {
  return chunk("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + text + "\"}}]}\n\n");
}

/// Artifacts whose regional API has completions checked in windows of 16 characters.
struct CheckedArtifacts : ArtifactsCopy {
  CheckedArtifacts() {
    change("apis/azure-openai-regional/policy.xml", "<llm-content-safety backend-id=\"content-safety-backend\">",
           "<llm-content-safety backend-id=\"content-safety-backend\" enforce-on-completions=\"true\" "
           "window-size=\"16\">");
  }
};

}  // namespace

TEST_CASE("the first event reaches the caller before the backend has finished", "[end_to_end][stream]") {
  Upstreams upstreams;
  Signal first_seen;
  // A backend that writes the second event only after the caller has seen the first.
  Upstream backend([&](RawClient& connection, int) {
    connection.read_message();
    connection.send(stream_head + chunk("data: {\"choices\":[{\"delta\":{\"content\":\"first\"}}]}\n\n"));
    if (!first_seen.wait()) return;
    connection.send(chunk("data: {\"choices\":[{\"delta\":{\"content\":\"second\"}}]}\n\n") +
                    chunk("data: [DONE]\n\n") + "0\r\n\r\n");
  });
  PortPlan plan = plan_of(upstreams);
  plan["9101"] = backend.port();
  Host host(plan);
  RawClient client(host.port());
  client.send(request_text("POST", chat_path, as("demo-key-high", "high"), streamed));
  const std::string first = client.read_until("first");
  INFO(first << host.process().err());
  REQUIRE_FALSE(client.timed_out());
  CHECK(status_of(first) == 200);
  CHECK(header_of(first, "Content-Type") == "text/event-stream");
  CHECK(first.find("second") == std::string::npos);
  first_seen.set();
  const std::string rest = client.read_until("0\r\n\r\n");
  CHECK(rest.find("second") != std::string::npos);
  CHECK(rest.find("data: [DONE]") != std::string::npos);
}

TEST_CASE("the events of a simulated completion arrive unchanged, its usage is counted", "[end_to_end][stream]") {
  Upstreams upstreams;
  Host host(plan_of(upstreams));
  REQUIRE(upstreams.set("ptu-primary", R"({"tokensPerSecond":0,"completionTokens":5})") == 200);
  const std::string answer = call(host.port(), "POST", chat_path, as("demo-key-high", "high"), streamed);
  INFO(answer);
  CHECK(status_of(answer) == 200);
  CHECK(header_of(answer, "x-upstream") == "ptu-primary");
  std::size_t events = 0;
  for (std::size_t at = answer.find("data: "); at != std::string::npos; at = answer.find("data: ", at + 1)) ++events;
  CHECK(events == 10);  // the filter of the prompt, the role, five tokens, the end, usage, [DONE]
  CHECK(answer.find("\"completion_tokens\":5") != std::string::npos);
  const std::string metrics = host.metrics();
  const std::size_t at = metrics.find("\nsluice_llm_completion_tokens_total{");
  INFO(metrics);
  REQUIRE(at != std::string::npos);
  const std::string line = metrics.substr(at + 1, metrics.find('\n', at + 1) - at - 1);
  CHECK(line.substr(line.rfind(' ') + 1) == "5");
}

TEST_CASE("usage that only the gateway asks for is counted and not shown", "[end_to_end][stream]") {
  Upstreams upstreams;
  Host host(plan_of(upstreams));
  REQUIRE(upstreams.set("ptu-primary", R"({"tokensPerSecond":0,"completionTokens":5})") == 200);
  const std::string answer =
      call(host.port(), "POST", chat_path, as("demo-key-high", "high"), chat_body("Hello", R"(,"stream":true)"));
  INFO(answer);
  CHECK(status_of(answer) == 200);
  std::size_t events = 0;
  for (std::size_t at = answer.find("data: "); at != std::string::npos; at = answer.find("data: ", at + 1)) ++events;
  CHECK(events == 9);  // the filter of the prompt, the role, five tokens, the end, [DONE]
  CHECK(answer.find("usage") == std::string::npos);
  CHECK(upstreams.requests("ptu-primary").find("include_usage") != std::string::npos);
  const std::string metrics = host.metrics();
  INFO(metrics);
  const std::size_t at = metrics.find("\nsluice_llm_completion_tokens_total{");
  REQUIRE(at != std::string::npos);
  const std::string line = metrics.substr(at + 1, metrics.find('\n', at + 1) - at - 1);
  CHECK(line.substr(line.rfind(' ') + 1) == "5");
  CHECK(metrics.find("sluice_llm_counted_total{of=\"answer\"") == std::string::npos);
}

TEST_CASE("a stream that the backend breaks looks broken to the caller", "[end_to_end][stream]") {
  Upstreams upstreams;
  Host host(plan_of(upstreams));
  REQUIRE(upstreams.set("ptu-primary", R"({"tokensPerSecond":0,"cut":true})") == 200);
  RawClient client(host.port());
  client.send(request_text("POST", chat_path, as("demo-key-high", "high"), streamed));
  const std::string all = client.read_to_end();
  INFO(all);
  CHECK(status_of(all) == 200);
  CHECK(all.find("data: ") != std::string::npos);
  CHECK(all.find("[DONE]") == std::string::npos);
  CHECK(all.find("\r\n0\r\n\r\n") == std::string::npos);
}

TEST_CASE("a caller who leaves a stream ends the call to the backend", "[end_to_end][stream]") {
  Upstreams upstreams;
  Signal left;
  Upstream backend([&](RawClient& connection, int) {
    connection.read_message();
    connection.send(stream_head + chunk("data: {}\n\n"));
    connection.read_to_end();  // ends when the gateway closes
    if (!connection.timed_out()) left.set();
  });
  PortPlan plan = plan_of(upstreams);
  plan["9101"] = backend.port();
  Host host(plan);
  {
    RawClient client(host.port());
    client.send(request_text("POST", chat_path, as("demo-key-high", "high"), streamed)).read_until("data: {}");
    REQUIRE_FALSE(client.timed_out());
  }
  CHECK(left.wait());
  CHECK(status_of(call(host.admin(), "GET", "/healthz")) == 200);
}

TEST_CASE("checked events reach the caller before the backend has finished, at a full window and at a pause",
          "[end_to_end][stream]") {
  CheckedArtifacts artifacts;
  Upstreams upstreams;
  Signal first_seen, second_seen;
  Upstream backend([&](RawClient& connection, int) {
    connection.read_message();
    connection.send(stream_head + words("exactly sixteen!"));
    if (!first_seen.wait()) return;
    connection.send(words("a pause"));
    if (!second_seen.wait()) return;
    connection.send(words("the end") + chunk("data: [DONE]\n\n") + "0\r\n\r\n");
  });
  PortPlan plan = plan_of(upstreams);
  plan["9104"] = backend.port();
  Host host(plan, artifacts.path());
  RawClient client(host.port());
  client.send(request_text("POST", regional_path, as("demo-key-medium"), streamed));
  const std::string first = client.read_until("sixteen");
  INFO(first << host.process().err());
  REQUIRE_FALSE(client.timed_out());
  CHECK(status_of(first) == 200);
  first_seen.set();
  client.read_until("a pause");
  REQUIRE_FALSE(client.timed_out());
  second_seen.set();
  const std::string rest = client.read_until("0\r\n\r\n");
  CHECK(rest.find("the end") != std::string::npos);
  CHECK(rest.find("data: [DONE]") != std::string::npos);
  CHECK(upstreams.count("content-safety") == 4);  // the prompt and three windows
}

TEST_CASE("a stream whose later words are not safe ends well formed, and so does the call to the backend",
          "[end_to_end][stream]") {
  CheckedArtifacts artifacts;
  Upstreams upstreams;
  Signal ended;
  Upstream backend([&](RawClient& connection, int) {
    connection.read_message();
    connection.send(stream_head + words("exactly sixteen!") + words("full of hate4 ..") + words("and more of this"));
    connection.read_to_end();  // ends when the gateway closes
    if (!connection.timed_out()) ended.set();
  });
  PortPlan plan = plan_of(upstreams);
  plan["9104"] = backend.port();
  Host host(plan, artifacts.path());
  RawClient client(host.port());
  client.send(request_text("POST", regional_path, as("demo-key-medium"), streamed));
  const std::string answer = client.read_until("0\r\n\r\n");
  INFO(answer << host.process().err());
  REQUIRE_FALSE(client.timed_out());
  CHECK(status_of(answer) == 200);
  CHECK(answer.find("sixteen") != std::string::npos);
  CHECK(answer.find("hate4") == std::string::npos);
  CHECK(answer.find("\"finish_reason\":\"content_filter\"") != std::string::npos);
  CHECK(answer.find("data: [DONE]") != std::string::npos);
  CHECK(ended.wait());
}
