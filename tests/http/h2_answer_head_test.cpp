// SPDX-License-Identifier: Apache-2.0
#include "http/h2_answer_head.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace sluice;
using namespace sluice::http;

namespace {

constexpr std::string_view date = "Sun, 06 Nov 1994 08:49:37 GMT";

std::string_view text(const std::uint8_t* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

/// `name=value ` for each field; `invalid` where there are none.
std::string listed(const std::optional<H2FieldList>& fields) {
  if (!fields) return "invalid";
  std::string all;
  for (std::size_t i = 0; i < fields->size(); ++i) {
    const nghttp2_nv& field = fields->data()[i];
    all.append(text(field.name, field.namelen)).append("=").append(text(field.value, field.valuelen)).append(" ");
  }
  return all;
}

struct Answer {
  explicit Answer(int status = 200) : response(arena) { response.status = status; }
  std::string fields(bool is_head_request = false, std::string_view with_date = {}) {
    return listed(make_answer_fields(response, is_head_request, with_date));
  }
  Arena arena;
  Response response;
};

/// A stream of which only the length matters.
class Unread final : public BodyStream {
 public:
  Task<BodyChunk> read() override { return BodyChunk(std::string_view{}); }
  void cancel() override {}
};

}  // namespace

TEST_CASE("an answer's head has its status first, then its lines, date and length", "[http][h2][answer_head]") {
  Answer answer(404);
  answer.response.headers.append("Content-Type", "text/plain");
  answer.response.headers.append("X-A", " b ");
  answer.response.body = Body::bytes("hello");
  CHECK(answer.fields(false, date) ==
        ":status=404 Content-Type=text/plain X-A=b date=" + std::string(date) + " content-length=5 ");
  answer.response.headers.append("Date", "yesterday");
  CHECK(answer.fields(false, date) == ":status=404 Content-Type=text/plain X-A=b Date=yesterday content-length=5 ");
}

TEST_CASE("P4: what belongs to a connection of HTTP/1 does not travel", "[http][h2][answer_head]") {
  Answer answer;
  for (const char* name : {"Connection", "Keep-Alive", "Proxy-Connection", "Transfer-Encoding", "Upgrade", "TE",
                           "Trailer", "Content-Length"})
    answer.response.headers.append(name, "7");
  answer.response.body = Body::bytes("ok");
  CHECK(answer.fields() == ":status=200 content-length=2 ");
}

TEST_CASE("U6: lines of one name stay apart and in their order", "[http][h2][answer_head]") {
  Answer answer;
  for (const char* value : {"a=1", "b=2", "a=3"}) answer.response.headers.append("Set-Cookie", value);
  CHECK(answer.fields() == ":status=200 Set-Cookie=a=1 Set-Cookie=b=2 Set-Cookie=a=3 content-length=0 ");
}

TEST_CASE("the length is that of the body, and is unknown for a stream without one", "[http][h2][answer_head]") {
  Answer answer;
  CHECK(answer.fields() == ":status=200 content-length=0 ");
  answer.response.body = Body::stream(std::make_unique<Unread>());
  CHECK(answer.fields() == ":status=200 ");
  answer.response.body = Body::stream(std::make_unique<Unread>(), 18'446'744'073'709'551'615u);
  CHECK(answer.fields() == ":status=200 content-length=18446744073709551615 ");
}

TEST_CASE("answers without a body tell the length of what a GET would have got, where it is known",
          "[http][h2][answer_head]") {
  CHECK(is_bodiless(200, true));
  CHECK(is_bodiless(204, false));
  CHECK(is_bodiless(304, false));
  CHECK_FALSE(is_bodiless(200, false));
  Answer head;
  CHECK(head.fields(true) == ":status=200 ");
  head.response.headers.append("Content-Length", "12");
  CHECK(head.fields(true) == ":status=200 content-length=12 ");
  head.response.body = Body::bytes("hello");
  CHECK(head.fields(true) == ":status=200 content-length=5 ");
  Answer unchanged(304);
  unchanged.response.headers.append("Content-Length", "12");
  CHECK(unchanged.fields() == ":status=304 content-length=12 ");
  Answer nonsense(304);
  nonsense.response.headers.append("Content-Length", "-1");
  CHECK(nonsense.fields() == ":status=304 ");
  Answer nothing(204);
  nothing.response.headers.append("Content-Length", "12");
  CHECK(nothing.fields() == ":status=204 ");
}

TEST_CASE("P7: what may not stand in a head is not written down", "[http][h2][answer_head]") {
  const int status = GENERATE(0, 99, 100, 101, 199, 1000, -1);
  CHECK(Answer(status).fields() == "invalid");
  for (const auto& [name, value] : {std::pair{"X", "a\r\nb: c"}, std::pair{"X", "a\nb"}, std::pair{"X Y", "a"},
                                    std::pair{"", "a"}, std::pair{":status", "500"}, std::pair{"X", "\x7F"}}) {
    Answer answer;
    answer.response.headers.append(name, value);
    CHECK(answer.fields() == "invalid");
  }
}

TEST_CASE("R4: trailers travel without what frames, routes or authenticates", "[http][h2][answer_head][trailers]") {
  Arena arena;
  CHECK(listed(make_trailer_fields(nullptr, arena)).empty());
  Headers trailers(arena);
  for (const char* name : {"Content-Length", "Transfer-Encoding", "Host", "Authorization", "Set-Cookie", "X-Sum"})
    trailers.append(name, "1");
  CHECK(listed(make_trailer_fields(&trailers, arena)) == "X-Sum=1 ");
  trailers.append("X-Bad", "a\nb");
  CHECK(listed(make_trailer_fields(&trailers, arena)) == "invalid");
}
