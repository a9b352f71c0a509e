// SPDX-License-Identifier: Apache-2.0
#include "pipeline/run/executor.hpp"

#include "pipeline/support.hpp"

using namespace sluice;
using test::Service;

namespace {
std::string document(const char* inbound, const char* backend = "", const char* outbound = "",
                     const char* on_error = "") {
  return std::string("<policies><inbound>") + inbound + "</inbound><backend>" + backend + "</backend><outbound>" +
         outbound + "</outbound><on-error>" + on_error + "</on-error></policies>";
}
class Slow final : public BodyStream {
 public:
  Task<BodyChunk> read() override { return BodyChunk(std::string_view(count_++ < 3 ? "abc" : "")); }
  void cancel() override {}

 private:
  int count_ = 0;
};
}  // namespace

TEST_CASE("sections run in order and an empty pipeline answers 200", "[pipeline][run]") {
  Service service;
  service.at(Scope::api, document("<note text='i'/>", "<late text='b'/>", "<note text='o'/>", "<note text='e'/>"));
  CHECK(service.run() == "ibo");
  CHECK(service.fixture.context.has_response);
  CHECK(service.fixture.context.response.status == 200);
}

TEST_CASE("a response ends the pipeline, outbound included", "[pipeline][run]") {
  Service service;
  service.at(Scope::api, document("<note text='i'/><answer/><note text='x'/>", "<note text='b'/>", "<note text='o'/>"));
  CHECK(service.run() == "i");
  CHECK(service.fixture.context.response.status == 299);
}

TEST_CASE("a failure skips the rest and enters on-error with the built-in answer", "[pipeline][run][on-error]") {
  Service service;
  service.at(Scope::api,
             document("<group><note text='i'/><break id='b1'/></group>", "<note text='b'/>", "<note text='o'/>",
                      "<note text='@(context.LastError.Source + \":\" + context.Response.StatusCode)'/>"));
  CHECK(service.run() == "ibreak:429");
  const auto& context = service.fixture.context;
  REQUIRE(context.last_error);
  CHECK(context.last_error->reason == "RateLimitExceeded");
  CHECK(context.last_error->message == "Rate limit is exceeded");
  CHECK(context.last_error->section == "inbound");
  CHECK(context.last_error->scope == "api");
  CHECK(context.last_error->path == "group[1]\\break[1]");
  CHECK(context.last_error->policy_id == "b1");
  CHECK(context.response.headers.get("Retry-After") == "7");
}

TEST_CASE("an error inside on-error gives its own built-in answer", "[pipeline][run][on-error]") {
  Service service;
  service.at(Scope::api, document("<note text='@(context.Product.Name)'/>", "", "", "<break/>"));
  service.run();
  CHECK(service.fixture.context.response.status == 429);
  CHECK(service.fixture.context.last_error->section == "on-error");
}

TEST_CASE("built-in answers have the service's bodies to the letter", "[pipeline][errors]") {
  testing::ContextFixture fixture;
  auto& context = fixture.context;
  const auto body = [&](const Error& error) {
    make_error_response(context, error);
    return std::string(context.response.body.data());
  };
  CHECK(body(Error(ErrorCode::operation_not_found)) == R"({ "statusCode": 404, "message": "Resource not found" })");
  CHECK(body(Error(ErrorCode::operation_not_found)).size() == 54);
  CHECK(body(Error(ErrorCode::subscription_key_not_found)).size() == 152);
  CHECK(context.response.status == 401);
  CHECK(context.response.reason == "Access Denied");
  CHECK(
      body(Error(ErrorCode::expression_evaluation_failure, "secret detail")) ==
      R"({ "statusCode": 500, "message": "Internal server error", "activityId": "00000000-0000-0000-0000-000000000000" })");
  CHECK(
      body(
          Error(ErrorCode::rate_limit_exceeded).with_wire_message("Rate limit is exceeded. Try again in 5 seconds.")) ==
      R"({ "statusCode": 429, "message": "Rate limit is exceeded. Try again in 5 seconds." })");
  CHECK(context.response.headers.get("Content-Type") == "application/json");
}

TEST_CASE("a streamed body is read in before the step that needs it, not earlier", "[pipeline][run][bodies]") {
  Service service;
  service.fixture.request.body = Body::stream(std::make_unique<Slow>());
  service.at(Scope::api, document("<note text='i'/><measure/>"));
  CHECK(service.run() == "i");
  CHECK(service.fixture.context.variables.find("size")->as_integer() == 9);
  Service untouched;
  untouched.fixture.request.body = Body::stream(std::make_unique<Slow>());
  untouched.at(Scope::api, document("<note text='i'/>"));
  untouched.run();
  CHECK(untouched.fixture.request.body.is_stream());
}

TEST_CASE("L5: a body larger than what may be buffered is a 413 at the step that wanted it",
          "[pipeline][run][limits]") {
  Service service;
  service.fixture.limits.request.buffered_body_bytes = 8;
  service.fixture.request.body = Body::stream(std::make_unique<Slow>());
  service.at(Scope::api, document("<measure/>"));
  service.run();
  CHECK(service.fixture.context.response.status == 413);
  CHECK(service.fixture.context.last_error->source == "measure");
}

TEST_CASE("plain steps run without waiting and their list says so", "[pipeline][run]") {
  Service service;
  service.at(Scope::api, document("<note text='i'/><group><note text='j'/></group>", "<late text='b'/>"));
  const auto pipeline = service.compile();
  CHECK(pipeline->inbound.is_plain());
  CHECK_FALSE(pipeline->backend.is_plain());
  CHECK(pipeline->inbound.run_now(service.fixture.context).is_next());
}

TEST_CASE("an error before inbound runs on-error of the documents that apply", "[pipeline][run][on-error]") {
  Service service;
  service.at(Scope::global, document("", "", "", "<note text='e'/>"));
  const auto pipeline = service.compile();
  auto& context = service.fixture.context;
  run_on_error(pipeline.get(), context, Error(ErrorCode::operation_not_found).with_source("configuration"),
               service.fixture.request.cancellation)
      .take();
  CHECK(context.variables.find("log")->as_string() == "e");
  CHECK(context.last_error->source == "configuration");
  CHECK(context.response.status == 404);
  run_on_error(nullptr, context, Error(ErrorCode::internal), service.fixture.request.cancellation).take();
  CHECK(context.response.status == 500);
}
