// SPDX-License-Identifier: Apache-2.0
// Any bytes as what a backend says over HTTP/2 while three requests wait: read whole and byte by byte, answers that are
// complete are the same; what is kept is bounded by the windows; each exchange has one end.
#include "http/h2_client_session.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

using namespace sluice;
using namespace sluice::http;

namespace {

constexpr std::size_t exchanges_at_once = 100;

HttpLimits small_limits() {
  HttpLimits limits;
  limits.response_head_bytes = 2000;
  limits.response_header_lines = 20;
  limits.trailer_bytes = 500;
  return limits;
}

void require(bool holds) {
  if (!holds) std::abort();
}

class Exchange final : public H2ClientStream {
 public:
  Exchange(Arena& arena, const HttpLimits& limits, std::string_view method) : H2ClientStream(arena, limits, method) {}
  void on_change() override { ++changes; }
  int changes = 0;
};

/// What became of one exchange.
struct Outcome {
  int status = 0;
  std::string fields;
  std::string body;
  std::string trailers;
  H2ClientStream::Failure failure = H2ClientStream::Failure::none;
  bool ended = false;
  bool operator==(const Outcome&) const = default;
};

std::string text_of(const Headers& fields) {
  std::string text;
  for (const Header& line : fields) text.append(line.name).append("=").append(line.value).append("\n");
  return text;
}

void send_all(H2ClientSession& session) {
  while (!session.next_output().empty()) {
  }
}

/// Lets three requests run into `bytes`, given in pieces of `step`.
std::vector<Outcome> run(std::string_view bytes, std::size_t step) {
  static const HttpLimits limits = small_limits();
  Arena arena;
  H2ClientSession session(limits, exchanges_at_once);
  std::vector<boost::intrusive_ptr<Exchange>> exchanges;
  std::vector<Outcome> outcomes;
  const std::string upload(100'000, 'u');
  for (const std::string_view method : {"GET", "HEAD", "POST"}) {
    OutgoingRequest request(arena);
    request.method = method;
    request.url.host = "h";
    if (method == "POST") request.body = Body::bytes(upload);
    exchanges.emplace_back(new Exchange(arena, limits, method));
    require(session.begin(*exchanges.back(), request, arena));
    outcomes.emplace_back();
  }
  send_all(session);
  bool open = true;
  while (open && !bytes.empty()) {
    open = session.receive(bytes.substr(0, step), SteadyTime{});
    bytes.remove_prefix(std::min(step, bytes.size()));
    session.tell_changes();
    send_all(session);
    std::size_t waiting = 0;
    for (const auto& exchange : exchanges) waiting += exchange->answer().waiting_bytes();
    require(waiting <= exchanges.size() * limits.http2.stream_window_bytes);
  }
  session.connection_lost();
  session.tell_changes();
  for (std::size_t i = 0; i < exchanges.size(); ++i) {
    Exchange& exchange = *exchanges[i];
    Outcome& outcome = outcomes[i];
    require(exchange.is_closed());
    if (exchange.answer().has_head()) {
      const Response head = exchange.answer().take_head();
      require(head.status >= 200 && head.status <= 599);
      outcome.status = head.status;
      outcome.fields = text_of(head.headers);
    }
    outcome.body = session.take_body(exchange);
    outcome.ended = exchange.answer().ended();
    outcome.failure = exchange.failure();
    if (outcome.ended && exchange.answer().trailers() != nullptr)
      outcome.trailers = text_of(*exchange.answer().trailers());
    require(outcome.ended || outcome.failure != H2ClientStream::Failure::none);
  }
  return outcomes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto whole = run(bytes, size + 1);
  const auto slow = run(bytes, 1);
  for (std::size_t i = 0; i < whole.size(); ++i) {
    // What we send in between may decide how an exchange ends, never what an answer says.
    if (whole[i].ended && slow[i].ended) require(whole[i] == slow[i]);
  }
  return 0;
}
