// SPDX-License-Identifier: Apache-2.0
// Trailers that a handler or a host's own code makes: written where a message can hold them, never so that they break
// it. What goes through a whole gateway is in tests/http_conformance/trailers_test.cpp.
#include "http/trailers.hpp"

#include "http/support.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace sluice;
using namespace sluice::http;
using namespace sluice::http::test;

namespace {

/// `hello`, then one trailer.
class Trailed final : public BodyStream {
 public:
  Trailed(std::string_view name, std::string_view value) : fields_(arena_) { fields_.append(HeaderName(name), value); }
  Task<BodyChunk> read() override {
    return BodyChunk(std::exchange(given_, true) ? std::string_view{} : std::string_view("hello"));
  }
  void cancel() override { given_ = true; }
  const Headers* trailers() const override { return &fields_; }

 private:
  Arena arena_;
  Headers fields_;
  bool given_ = false;
};

Body trailed(std::string_view name, std::string_view value, std::optional<std::uint64_t> length = {}) {
  return Body::stream(std::make_unique<Trailed>(name, value), length);
}

/// All that a caller gets, who asks for the connection to be closed.
std::string answer_with(std::string_view name, std::string_view value, std::optional<std::uint64_t> length = {},
                        const std::string& version = "1.1") {
  FunctionHandler handler([&](Request& request) -> Task<Response> {
    Response response(request.arena);
    response.body = trailed(name, value, length);
    return response;
  });
  Served served(handler);
  RawClient client(served.port);
  return client.send("GET / HTTP/" + version + "\r\nHost: h\r\nConnection: close\r\n\r\n").read_to_end();
}

/// The body as an upstream receives it, and how the call ended.
std::string upload_with(std::string_view name, std::string_view value, ErrorCode* error = nullptr) {
  std::string received;
  Signal done;
  Upstream upstream([&](RawClient& connection, int) {
    connection.read_until("\r\n\r\n");
    received = connection.read_until("\r\n\r\n");
    connection.send("HTTP/1.1 204 No Content\r\n\r\n");
    done.set();
  });
  Runtime runtime({.workers = 1, .limits = {}, .tls = {}});
  Arena arena;
  Cancellation cancellation;
  OutgoingRequest request(arena);
  request.method = "POST";
  request.url = {.host = "127.0.0.1", .port = upstream.port()};
  request.body = trailed(name, value);
  const auto answer = wait(runtime.transport().send(request, arena, cancellation));
  if (error != nullptr && !answer) *error = answer.error().code();
  CHECK(answer.has_value() == (error == nullptr));
  done.wait();
  return received;
}

}  // namespace

TEST_CASE("trailers follow a chunked answer, and no other", "[http][trailers]") {
  const std::string chunked = answer_with("X-Sum", "1");
  CHECK(body_of(chunked) == "5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n");
  CHECK(body_of(answer_with("X-Sum", "1", 5)) == "hello");
  CHECK(body_of(answer_with("X-Sum", "1", {}, "1.0")) == "hello");
  CHECK(body_of(answer_with("Content-Length", "1")) == "5\r\nhello\r\n0\r\n\r\n");
}

TEST_CASE("P7 U5: an answer whose trailers cannot be written down breaks", "[http][trailers]") {
  CHECK(body_of(answer_with("X-Sum", "1\r\n\r\nHTTP/1.1 200 OK")) == "5\r\nhello\r\n");
  CHECK(body_of(answer_with("X Sum", "1")) == "5\r\nhello\r\n");
}

TEST_CASE("trailers follow a streamed upload", "[http][trailers]") {
  CHECK(upload_with("X-Sum", "1") == "5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n");
}

TEST_CASE("P7 U5: an upload whose trailers cannot be written down breaks", "[http][trailers]") {
  ErrorCode error = ErrorCode::internal;
  CHECK(upload_with("X-Sum", "1\r\nX: y", &error) == "5\r\nhello\r\n");
  CHECK(error == ErrorCode::policy_value_invalid);
}

TEST_CASE("R4: a trailer that only looks different is the same trailer", "[http][trailers]") {
  const HeaderName reserved[] = {"X-Caller"};
  const auto field = [](std::string_view name) { return Header{name, "v", header_hash(name)}; };
  CHECK(may_trail(field("grpc-status")));
  CHECK(may_trail(field("x_sum")));
  CHECK(may_trail(field("x-caller")));
  CHECK_FALSE(may_trail(field("X-CALLER"), reserved));
  CHECK_FALSE(may_trail(field("x_caller"), reserved));
  CHECK_FALSE(may_trail(field("SET_COOKIE")));
}
