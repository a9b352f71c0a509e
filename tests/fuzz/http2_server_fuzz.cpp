// SPDX-License-Identifier: Apache-2.0
// Any bytes behind the connection preface, in pieces as the first byte says, to a server's session whose streams are
// answered at once. Streams stay within their number, bodies within their window; what is accepted can be written down
// as a request of HTTP/1.1.
#include "http/h2_answer_head.hpp"
#include "http/h2_server_session.hpp"
#include "http/head_writer.hpp"

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

using namespace sluice;
using namespace sluice::http;

namespace {

constexpr std::string_view preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

void must(bool holds) {
  if (!holds) std::abort();
}

struct Owner final : H2ServerSession::Streams {
  explicit Owner(const HeadRules& with) : rules(with) {}
  H2StreamRef make_stream() override { return H2StreamRef(new H2Stream(std::make_unique<Request>(), rules)); }
  const HeadRules& rules;
};

void check_request(const H2Stream& stream) {
  const Request& request = stream.request();
  OutgoingRequest outgoing(stream.request().arena);
  outgoing.method = request.method;
  outgoing.url = request.url;
  outgoing.headers.assign(request.headers);
  std::string text;
  if (request.url.path != "*") must(append_request_head(text, outgoing, {.body = Framing::none}));
}

void answer(H2ServerSession& session, H2Stream& stream) {
  if (stream.refusal() && stream.refusal()->status == 0) return session.finish(stream);
  if (!stream.refusal()) check_request(stream);
  Response response(stream.request().arena);
  response.status = stream.refusal() ? stream.refusal()->status : 200;
  response.body = Body::bytes("some bytes");
  const auto head = make_answer_fields(response, stream.framing().is_head, "now");
  must(head.has_value());
  const bool streams = stream.id() % 4 == 1;
  if (!streams) session.offer(stream, response.body.data(), true);
  session.respond(stream, *head, true);
}

void attend(H2ServerSession& session, const HeadRules& rules) {
  while (const H2StreamRef stream = session.next_news()) {
    if (stream->has(H2News::request)) answer(session, *stream);
    if (stream->has(H2News::body)) {
      must(session.take_body(*stream).size() <= rules.limits.http2.stream_window_bytes);
      if (stream->body_has_ended()) session.take_body(*stream);
    }
    if (stream->has(H2News::room)) {
      H2FieldList trailers(stream->request().arena, 1);
      trailers.add("x", "y");
      session.end_body(*stream, trailers);
    }
    if (stream->has(H2News::closed)) session.finish(*stream);
  }
  must(session.streams() <= rules.limits.http2.concurrent_streams);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  HeadRules rules;
  rules.limits.http2.concurrent_streams = 4;
  Owner owner(rules);
  H2ServerSession session(rules, "192.0.2.1", owner);
  const std::size_t step = std::size_t{data[0]} * 4 + 1;
  const std::string bytes = std::string(preface).append(reinterpret_cast<const char*>(data + 1), size - 1);
  const auto room = std::make_unique<char[]>(H2ServerSession::least_room * 2);
  SteadyTime now{std::chrono::hours{1}};
  for (std::size_t at = 0; at < bytes.size() && !session.is_over(); at += step) {
    session.receive(std::string_view(bytes).substr(at, step), now);
    now += std::chrono::milliseconds{1};
    attend(session, rules);
    while (session.send(room.get(), H2ServerSession::least_room * 2) != 0) attend(session, rules);
  }
  session.abandon();
  attend(session, rules);
  must(session.streams() == 0);
  return 0;
}
