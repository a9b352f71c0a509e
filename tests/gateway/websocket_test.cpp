// SPDX-License-Identifier: Apache-2.0
// P4: only an API that declares WebSocket takes upgrades; policies run on the handshake and never touch what follows.
#include "gateway/websocket_watch.hpp"

#include <sluice/gateway.hpp>
#include <sluice/testing/recording_telemetry.hpp>

#include "gateway/one_service.hpp"

#include <catch2/catch.hpp>

#include <functional>
#include <string>
#include <vector>

using namespace sluice;
using sluice::test::document;
using sluice::test::one_service;

namespace {

class Pieces final : public BodyStream {
 public:
  explicit Pieces(std::vector<std::string> pieces, bool* was_read = nullptr)
      : pieces_(std::move(pieces)), was_read_(was_read) {}
  Task<BodyChunk> read() override {
    if (was_read_ != nullptr) *was_read_ = true;
    if (next_ == pieces_.size()) return BodyChunk(std::string_view());
    return BodyChunk(std::string_view(pieces_[next_++]));
  }
  void cancel() override { next_ = pieces_.size(); }

 private:
  std::vector<std::string> pieces_;
  std::size_t next_ = 0;
  bool* was_read_;
};

const std::string hello = "\x81\x05hello";
const std::string server_close = "\x88\x02\x03\xE8";            // 1000
const std::string client_close("\x88\x82\0\0\0\0\x0B\xB8", 8);  // 3000, masked with zeros

/// A backend that agrees to every handshake with frames of its own, and reads what the caller sends.
class Backend final : public Transport {
 public:
  Task<Result<Response>> send(OutgoingRequest& request, Arena& arena, Cancellation&) override {
    ++calls;
    method = request.method;
    upgrade = request.upgrade;
    url = request.url.to_string(arena);
    fields.clear();
    for (const Header& line : request.headers) fields += std::string(line.name) + ": " + std::string(line.value) + "\n";
    had_stream = request.body.is_stream();
    Response response(arena);
    response.status = calls <= refusals ? 503 : 101;
    if (response.status != 101) {
      response.body = Body::bytes("busy");
      co_return response;
    }
    response.headers.append_view("Sec-WebSocket-Accept", "accepted");
    response.body = Body::stream(std::make_unique<Pieces>(std::vector<std::string>{hello, server_close}));
    for (;;) {
      const BodyChunk chunk = co_await request.body.stream()->read();
      if (!chunk || chunk->empty()) break;
      received += *chunk;
    }
    co_return response;
  }
  int calls = 0;
  int refusals = 0;
  std::string method, upgrade, url, fields, received;
  bool had_stream = false;
};

ServiceModel websocket_service(const std::string& policy = {}) {
  ServiceModel model = one_service(policy);
  model.apis[0].type = ApiType::websocket;
  model.apis[0].service_url = "wss://backend.test/base";
  model.apis[0].operations[0].id = "onHandshake";
  return model;
}

struct Answered {
  int status = 0;
  std::string body;
  std::string accept, extra;
};

struct Bench {
  explicit Bench(ServiceModel model) : gateway(options()) {
    REQUIRE_FALSE(gateway.load(std::move(model)).has_errors());
  }

  Answered handshake(bool asks = true, const std::string& method = "GET") {
    Request request;
    REQUIRE(request.set_url("http://gateway.test/shop/chat?room=1"));
    request.method = method;
    request.headers.append("Sec-WebSocket-Key", "key");
    if (asks) {
      request.upgrade = "websocket";
      request.body = Body::stream(std::make_unique<Pieces>(std::vector<std::string>{client_close}, &caller_was_read));
    }
    Response response = gateway.handle_and_wait(request);
    Answered answer{response.status,
                    {},
                    std::string(response.headers.get("Sec-WebSocket-Accept")),
                    std::string(response.headers.get("X-Extra"))};
    if (!response.body.is_stream()) {
      answer.body = response.body.data();
      return answer;
    }
    for (;;) {
      const BodyChunk chunk = wait(response.body.stream()->read());
      if (!chunk || chunk->empty()) return answer;
      answer.body += *chunk;
    }
  }

  Backend backend;
  testing::RecordingTelemetry telemetry;
  bool caller_was_read = false;
  Gateway gateway;

 private:
  GatewayOptions options() {
    GatewayOptions options;
    options.transport = &backend;
    options.telemetry = &telemetry;
    return options;
  }
};

std::string policies(const std::string& inbound, const std::string& outbound) {
  return "<policies><inbound><base />" + inbound + "</inbound><backend><base /></backend><outbound><base />" +
         outbound + "</outbound><on-error><base /></on-error></policies>";
}

}  // namespace

TEST_CASE("P4: a handshake goes to the backend of a WebSocket API, whose bytes become the answer's",
          "[gateway][websocket]") {
  Bench bench(websocket_service());
  const Answered answer = bench.handshake();
  CHECK(answer.status == 101);
  CHECK(answer.accept == "accepted");
  CHECK(answer.body == hello + server_close);
  CHECK(bench.backend.upgrade == "websocket");
  CHECK(bench.backend.method == "GET");
  CHECK(bench.backend.url == "https://backend.test/base/chat?room=1");
  CHECK(bench.backend.received == client_close);
  CHECK(bench.gateway.running() == 0);
}

TEST_CASE("P4: to any other API a handshake is a request like any other", "[gateway][websocket]") {
  Bench bench(one_service());
  bench.backend.refusals = 1;
  CHECK(bench.handshake().status == 503);
  CHECK(bench.backend.upgrade.empty());
  CHECK_FALSE(bench.backend.had_stream);
  CHECK_FALSE(bench.caller_was_read);
}

TEST_CASE("what is no handshake finds no operation in a WebSocket API", "[gateway][websocket]") {
  Bench bench(websocket_service());
  CHECK(bench.handshake(false).status == 404);
  CHECK(bench.handshake(false, "POST").status == 404);
  CHECK(bench.backend.calls == 0);
}

TEST_CASE("policies run on the handshake and on the answer's head", "[gateway][websocket]") {
  Bench bench(websocket_service(policies(
      R"(<set-header name="X-Tenant" exists-action="override"><value>blue</value></set-header>)",
      R"(<set-header name="X-Extra" exists-action="override"><value>@(context.Response.StatusCode.ToString())</value></set-header>)")));
  const Answered answer = bench.handshake();
  CHECK(answer.status == 101);
  CHECK(answer.extra == "101");
  CHECK(bench.backend.fields.find("X-Tenant: blue\n") != std::string::npos);
}

TEST_CASE("a policy may refuse the handshake", "[gateway][websocket]") {
  Bench bench(
      websocket_service(policies(R"(<return-response><set-status code="401" reason="No" /></return-response>)", "")));
  CHECK(bench.handshake().status == 401);
  CHECK(bench.backend.calls == 0);
  CHECK_FALSE(bench.caller_was_read);
}

TEST_CASE("what policies do to method and bodies does not reach the bytes of a WebSocket", "[gateway][websocket]") {
  Bench bench(websocket_service(
      policies(R"(<set-method>POST</set-method><set-body>@("mine" + context.Request.Body?.As<string>())</set-body>)",
               R"(<set-body>@("seen: " + context.Response.Body?.As<string>())</set-body>)")));
  const Answered answer = bench.handshake();
  CHECK(answer.status == 101);
  CHECK(answer.body == hello + server_close);
  CHECK(bench.backend.method == "GET");
  CHECK(bench.backend.received == client_close);
}

TEST_CASE("an outbound policy may take the agreement back", "[gateway][websocket]") {
  Bench bench(websocket_service(policies(
      "", R"(<return-response><set-status code="403" reason="No" /><set-body>no</set-body></return-response>)")));
  const Answered answer = bench.handshake();
  CHECK(answer.status == 403);
  CHECK(answer.body == "no");
}

TEST_CASE("a refused handshake can be tried again", "[gateway][websocket]") {
  const std::string retried =
      "<policies><inbound><base /></inbound><backend><retry condition=\"@(context.Response.StatusCode == 503)\" "
      "count=\"3\" interval=\"0\" first-fast-retry=\"true\"><forward-request /></retry></backend><outbound><base />"
      "</outbound></policies>";
  Bench bench(websocket_service(retried));
  bench.backend.refusals = 2;
  const Answered answer = bench.handshake();
  CHECK(answer.status == 101);
  CHECK(bench.backend.calls == 3);
  CHECK(bench.backend.received == client_close);
}

TEST_CASE("bytes and close codes are in the record and the metrics of the request", "[gateway][websocket]") {
  Bench bench(websocket_service());
  bench.handshake();
  REQUIRE(bench.telemetry.requests().size() == 1);
  CHECK(bench.telemetry.requests()[0].status == 101);
  CHECK(bench.telemetry.requests()[0].operation == "onHandshake");
  CHECK(bench.telemetry.requests()[0].response_bytes == hello.size() + server_close.size());
  CHECK(bench.telemetry.counter(R"(sluice_websocket_closed_total{api="shop",backend="1000",caller="application"})") ==
        1);
}

TEST_CASE("close codes have few labels", "[gateway][websocket]") {
  CHECK(close_label(std::nullopt) == "none");
  CHECK(close_label(1000) == "1000");
  CHECK(close_label(1015) == "1015");
  CHECK(close_label(1016) == "other");
  CHECK(close_label(999) == "other");
  CHECK(close_label(3000) == "application");
  CHECK(close_label(4999) == "application");
  CHECK(close_label(5000) == "other");
}
