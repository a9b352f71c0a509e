// SPDX-License-Identifier: Apache-2.0
#include <sluice/testing/scripted_transport.hpp>
#include <sluice/testing/virtual_clock.hpp>

#include <catch2/catch.hpp>

using namespace sluice;
using namespace std::chrono_literals;
using sluice::testing::FieldList;
using sluice::testing::RecordedCall;
using sluice::testing::ScriptedAnswer;
using sluice::testing::ScriptedTransport;
using sluice::testing::ScriptEntry;
using sluice::testing::VirtualClock;

namespace {

struct Bench {
  VirtualClock clock;
  ScriptedTransport transport{clock};
  Arena arena;
  Cancellation cancellation;

  OutgoingRequest request(std::string_view method, std::string_view url) {
    OutgoingRequest outgoing(arena);
    outgoing.method = method;
    outgoing.url = parse_url(url, arena).value();
    return outgoing;
  }
  Result<Response> send(OutgoingRequest& outgoing) {
    auto task = transport.send(outgoing, arena, cancellation);
    auto answer = clock.run(task);
    REQUIRE(answer);
    return std::move(*answer);
  }
  Result<Response> send(std::string_view method, std::string_view url) {
    OutgoingRequest outgoing = request(method, url);
    return send(outgoing);
  }
};

ScriptedAnswer status(int code) {
  ScriptedAnswer answer;
  answer.status = code;
  return answer;
}

}  // namespace

TEST_CASE("without a script every call gets an empty 200 and is recorded", "[testing][transport]") {
  Bench bench;
  OutgoingRequest outgoing = bench.request("POST", "http://a.test:81/x?y=1");
  outgoing.headers.append("X-A", "b");
  outgoing.body = Body::bytes("hello");
  outgoing.timeout = 3s;
  const auto answer = bench.send(outgoing);
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(answer->body.is_none());
  const auto calls = bench.transport.calls();
  REQUIRE(calls.size() == 1);
  CHECK(calls[0].method == "POST");
  CHECK(calls[0].url == "http://a.test:81/x?y=1");
  CHECK(calls[0].header("x-a") == "b");
  CHECK(calls[0].header("x-b") == std::nullopt);
  CHECK(calls[0].body == "hello");
  CHECK(calls[0].timeout == 3s);
}

TEST_CASE("entries answer in order, each as often as it says", "[testing][transport]") {
  Bench bench;
  bench.transport.add({.when = {}, .answer = status(429), .repeat = 2});
  bench.transport.add({.when = {}, .answer = status(201), .repeat = ScriptEntry::forever});
  std::vector<int> got;
  for (int i = 0; i < 4; ++i) got.push_back(bench.send("GET", "http://a.test/")->status);
  CHECK(got == std::vector<int>{429, 429, 201, 201});
}

TEST_CASE("an entry with a condition answers only calls that meet it", "[testing][transport]") {
  Bench bench;
  bench.transport.add({.when = {.method = "PUT", .url = {}, .url_prefix = {}}, .answer = status(1), .repeat = 1});
  bench.transport.add(
      {.when = {.method = {}, .url = "http://a.test/x", .url_prefix = {}}, .answer = status(2), .repeat = 1});
  bench.transport.add(
      {.when = {.method = {}, .url = {}, .url_prefix = "http://b.test/"}, .answer = status(3), .repeat = 1});
  CHECK(bench.send("GET", "http://b.test/y")->status == 3);
  CHECK(bench.send("GET", "http://a.test/x")->status == 2);
  CHECK(bench.send("PUT", "http://c.test/")->status == 1);
  CHECK(bench.transport.unexpected_calls() == 0);
}

TEST_CASE("a call that no entry is for gets an empty 200", "[testing][transport]") {
  Bench bench;
  bench.transport.add(
      {.when = {.method = {}, .url = {}, .url_prefix = "http://b.test/"}, .answer = status(3), .repeat = 1});
  CHECK(bench.send("GET", "http://a.test/")->status == 200);
  CHECK(bench.transport.unexpected_calls() == 0);
}

TEST_CASE("a call whose entries are used up fails and is counted", "[testing][transport]") {
  Bench bench;
  bench.transport.answer(200);
  CHECK(bench.send("GET", "http://a.test/"));
  const auto second = bench.send("GET", "http://a.test/");
  REQUIRE_FALSE(second);
  CHECK(second.error().code() == ErrorCode::backend_connection_failure);
  CHECK(bench.transport.unexpected_calls() == 1);
  CHECK(bench.transport.call_count() == 2);
}

TEST_CASE("a delay passes before the head, and past the timeout the call times out", "[testing][transport]") {
  Bench bench;
  ScriptedAnswer slow = status(200);
  slow.delay = 5s;
  bench.transport.add({.when = {}, .answer = slow, .repeat = ScriptEntry::forever});
  const auto start = bench.clock.steady_now();
  CHECK(bench.send("GET", "http://a.test/"));
  CHECK(bench.clock.steady_now() - start == 5s);
  OutgoingRequest hasty = bench.request("GET", "http://a.test/");
  hasty.timeout = 2s;
  const auto answer = bench.send(hasty);
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code() == ErrorCode::timeout);
  CHECK(bench.clock.steady_now() - start == 7s);
}

TEST_CASE("a cancelled call ends at once", "[testing][transport]") {
  Bench bench;
  ScriptedAnswer slow = status(200);
  slow.delay = 5s;
  bench.transport.answer(slow);
  OutgoingRequest outgoing = bench.request("GET", "http://a.test/");
  auto task = bench.transport.send(outgoing, bench.arena, bench.cancellation);
  CHECK_FALSE(task.is_ready());
  bench.cancellation.request();
  REQUIRE(task.is_ready());
  CHECK(task.take().error().code() == ErrorCode::cancelled);
}

TEST_CASE("chunks arrive one by one, a cut body ends in an error", "[testing][transport]") {
  Bench bench;
  ScriptedAnswer streamed = status(200);
  streamed.chunks = {"one", "two"};
  streamed.is_cut = true;
  bench.transport.answer(streamed);
  auto answer = bench.send("GET", "http://a.test/");
  REQUIRE(answer);
  REQUIRE(answer->body.is_stream());
  BodyStream& stream = *answer->body.stream();
  CHECK(wait(stream.read()).value() == "one");
  CHECK(wait(stream.read()).value() == "two");
  CHECK(wait(stream.read()).error().code() == ErrorCode::backend_connection_failure);
}

TEST_CASE("a stream that is given up reports it", "[testing][transport]") {
  Bench bench;
  ScriptedAnswer streamed = status(200);
  streamed.chunks = {"one", "two"};
  bench.transport.answer(streamed);
  auto answer = bench.send("GET", "http://a.test/");
  REQUIRE(answer);
  answer->body.stream()->cancel();
  CHECK(wait(answer->body.stream()->read()).error().code() == ErrorCode::cancelled);
  CHECK(bench.transport.cancelled_streams() == 1);
}

TEST_CASE("a streamed request body is recorded whole", "[testing][transport]") {
  Bench bench;
  ScriptedAnswer source = status(200);
  source.chunks = {"a", "b", "c"};
  source.trailers = {{"X-Sum", "1"}};
  bench.transport.answer(source);
  bench.transport.answer(204);
  auto first = bench.send("GET", "http://a.test/");
  OutgoingRequest outgoing = bench.request("POST", "http://b.test/");
  outgoing.body = std::move(first->body);
  CHECK(bench.send(outgoing)->status == 204);
  CHECK(bench.transport.calls().back().body == "abc");
  CHECK(bench.transport.calls().back().trailers == FieldList{{"X-Sum", "1"}});
}

TEST_CASE("an error takes the place of an answer", "[testing][transport]") {
  Bench bench;
  ScriptedAnswer broken;
  broken.error = ErrorCode::backend_answer_invalid;
  bench.transport.answer(broken);
  CHECK(bench.send("GET", "http://a.test/").error().code() == ErrorCode::backend_answer_invalid);
}
