// SPDX-License-Identifier: Apache-2.0
// The runner, and the endings that callers bring about. Those of origins, limits and drains are in the files beside.
#include "http/endings.hpp"

#include <malloc.h>

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <cstring>

namespace sluice::http::test {
namespace {

template <class Statistics>
struct Count {
  const char* name;
  std::uint64_t Statistics::*value;
};

constexpr Count<ServerStatistics> server_counts[] = {{"accepted", &ServerStatistics::connections_accepted},
                                                     {"connections_refused", &ServerStatistics::connections_refused},
                                                     {"accept_failures", &ServerStatistics::accept_failures},
                                                     {"requests", &ServerStatistics::requests},
                                                     {"completed", &ServerStatistics::completed},
                                                     {"refused", &ServerStatistics::refused},
                                                     {"client_aborts", &ServerStatistics::client_aborts},
                                                     {"broken_answers", &ServerStatistics::broken_answers},
                                                     {"read_timeouts", &ServerStatistics::read_timeouts},
                                                     {"write_timeouts", &ServerStatistics::write_timeouts},
                                                     {"idle_closed", &ServerStatistics::idle_closed},
                                                     {"drain_broken", &ServerStatistics::drain_broken},
                                                     {"handler_failures", &ServerStatistics::handler_failures},
                                                     {"shed_running", &ServerStatistics::shed_running},
                                                     {"shed_memory", &ServerStatistics::shed_memory}};
constexpr Count<ServerStatistics> server_states[] = {{"", &ServerStatistics::bytes_received},
                                                     {"", &ServerStatistics::bytes_sent},
                                                     {"", &ServerStatistics::open_connections},
                                                     {"", &ServerStatistics::running_requests}};
constexpr Count<ClientStatistics> client_counts[] = {{"requests", &ClientStatistics::requests},
                                                     {"completed", &ClientStatistics::completed},
                                                     {"opened", &ClientStatistics::connections_opened},
                                                     {"reused", &ClientStatistics::connections_reused},
                                                     {"failed", &ClientStatistics::connections_failed},
                                                     {"evicted", &ClientStatistics::connections_evicted},
                                                     {"resent", &ClientStatistics::resent},
                                                     {"broken", &ClientStatistics::broken},
                                                     {"timed_out", &ClientStatistics::timed_out},
                                                     {"invalid", &ClientStatistics::invalid_answers},
                                                     {"cancelled", &ClientStatistics::cancelled}};
constexpr Count<ClientStatistics> client_states[] = {{"", &ClientStatistics::bytes_received},
                                                     {"", &ClientStatistics::bytes_sent},
                                                     {"", &ClientStatistics::open_connections}};

/// All numbers of a struct, those that this file does not know too.
template <class Statistics>
std::uint64_t sum(const Statistics& of) {
  std::array<std::uint64_t, sizeof(Statistics) / sizeof(std::uint64_t)> numbers;
  std::memcpy(numbers.data(), &of, sizeof numbers);
  std::uint64_t all = 0;
  for (const std::uint64_t number : numbers) all += number;
  return all;
}

template <class Statistics, std::size_t counts, std::size_t states>
std::string list_moved(const Count<Statistics> (&counted)[counts], const Count<Statistics> (&stated)[states],
                       const Statistics& before, const Statistics& after) {
  std::string text;
  std::uint64_t rest = sum(after) - sum(before);
  for (const auto& one : stated) rest -= after.*one.value - before.*one.value;
  for (const auto& one : counted) {
    const std::uint64_t by = after.*one.value - before.*one.value;
    rest -= by;
    if (by != 0) text += (text.empty() ? "" : " ") + std::string(one.name) + "=" + std::to_string(by);
  }
  if (rest != 0) text += " and others by " + std::to_string(rest);
  return text;
}

std::unique_ptr<Handler> make_handler(const Ending& ending, Transport& transport, std::uint16_t port) {
  if (ending.handler) return std::make_unique<FunctionHandler>(ending.handler);
  return std::make_unique<ForwardingHandler>(transport, port);
}

HttpLimits limits_of(const Ending& ending) {
  HttpLimits limits;
  if (ending.limit) ending.limit(limits);
  return limits;
}

std::size_t memory_in_use() {
  const auto info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

}  // namespace

std::string moved(ServerStatistics before, ServerStatistics after) {
  before.shedding_for = after.shedding_for = {};
  return list_moved(server_counts, server_states, before, after);
}
std::string moved(const ClientStatistics& before, const ClientStatistics& after) {
  return list_moved(client_counts, client_states, before, after);
}

Stage::Stage(const Ending& ending)
    : ending_(ending),
      upstream_([this](RawClient& connection, int) { ending_.origin(connection, *this); }),
      runtime_({.workers = 1, .limits = limits_of(ending), .tls = {}}),
      handler_(make_handler(ending, runtime_.transport(), ending.origin ? upstream_.port() : closed_port())) {
  ServerOptions options;
  options.limits = limits_of(ending);
  server_ = std::make_unique<Server>(runtime_, options, *handler_);
  port_ = server_->start().value();
}

void Stage::note(std::string event) {
  std::lock_guard lock(mutex_);
  events_.push_back(std::move(event));
}
std::string Stage::notes() {
  std::lock_guard lock(mutex_);
  std::string text;
  for (const std::string& event : std::exchange(events_, {})) text += (text.empty() ? "" : " ") + event;
  return text;
}
bool Stage::noted(const std::string& event, int times) {
  return eventually([&] {
    std::lock_guard lock(mutex_);
    return std::count(events_.begin(), events_.end(), event) >= times;
  });
}

bool Stage::has_counted_all() const {
  const auto origins = runtime_.origin_statistics();
  return std::all_of(origins.begin(), origins.end(), [](const OriginStatistics& origin) {
    return origin.requests == origin.completed + origin.failed + origin.timed_out + origin.cancelled;
  });
}

bool Stage::is_at_rest() {
  return eventually([&] {
    const ServerStatistics now = server();
    return now.open_connections == 0 && now.running_requests == 0 && client().open_connections == ending_.kept;
  });
}

std::string take_request(RawClient& connection, Stage& stage) {
  const std::string request = connection.read_message();
  stage.note(request.empty() ? "nothing" : request.substr(0, request.find(' ')));
  return request;
}

void note_end(RawClient& connection, Stage& stage) {
  connection.read_to_end();
  stage.note(connection.timed_out() ? "timeout" : "end");
}

void run(const Ending& ending) {
  INFO(ending.name);
  Stage stage(ending);
  const ServerStatistics server = stage.server();
  const ClientStatistics client = stage.client();
  ending.caller(stage);
  CHECK(stage.is_at_rest());
  CHECK(moved(server, stage.server()) == ending.server);
  CHECK(moved(client, stage.client()) == ending.client);
  CHECK(stage.has_counted_all());
  // What the origin sees may come after what the caller sees.
  CHECK(eventually([&, seen = std::string()]() mutable {
    if (const std::string more = stage.notes(); !more.empty()) seen += (seen.empty() ? "" : " ") + more;
    return seen == ending.origin_saw;
  }));
  // Pools of memory fill at first, up to their bounds.
  const auto repeat = [&](int times) {
    for (int i = 0; i < times; ++i) {
      ending.caller(stage);
      if (!stage.is_at_rest()) return false;
      stage.notes();
    }
    return true;
  };
  if (ending.repetitions == 0) return;
  REQUIRE(repeat(ending.repetitions / 4));
  const std::size_t descriptors = open_descriptors();
  // Less than anything that belongs to a request; few repetitions leave some noise of the allocator.
  const auto noise = std::max<std::size_t>(4096, 64 * static_cast<std::size_t>(ending.repetitions));
  std::size_t grown = noise;
  for (int round = 0; round < 3 && grown >= noise; ++round) {  // a pool that takes one block more does so once
    const std::size_t memory = memory_in_use();
    REQUIRE(repeat(ending.repetitions));
    grown = memory_in_use() > memory ? memory_in_use() - memory : 0;
  }
  CHECK(grown < noise);
  CHECK(eventually([&] { return open_descriptors() <= descriptors + 1; }));  // the origin closes on a thread of its own
}

namespace {

const std::string get = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// Answers requests for as long as they come.
void answers(RawClient& connection, Stage& stage) {
  while (!take_request(connection, stage).empty()) connection.send(ok);
}
/// Takes a request and never answers.
void works(RawClient& connection, Stage& stage) {
  take_request(connection, stage);
  note_end(connection, stage);
}
/// Reads a head and begins the body.
void reads_body(RawClient& connection, Stage& stage) {
  connection.read_until("\r\n\r\n");
  connection.read_bytes(3);
  stage.note("begun");
  note_end(connection, stage);
}
void streams(RawClient& connection, Stage& stage) {
  take_request(connection, stage);
  connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nevent\r\n");
  note_end(connection, stage);
}
void floods(RawClient& connection, Stage& stage) {
  take_request(connection, stage);
  connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n");
  const std::string bytes(65536, 'x');
  for (int i = 0; i < 15'000 && connection.send(bytes).descriptor() >= 0 && !connection.is_broken(); ++i) {
  }
  stage.note(connection.is_broken() ? "end" : "all");
}

enum class Leaves { closes, resets };
void leave(RawClient& client, Leaves how) { how == Leaves::closes ? client.close() : client.abort(); }

}  // namespace

TEST_CASE("a request that is answered whole", "[http][endings]") {
  run({"keep-alive",
       answers,
       [](Stage& stage) {
         RawClient client(stage.port());
         CHECK(body_of(client.send(get).read_message()) == "ok");
       },
       "accepted=1 requests=1 completed=1",
       "requests=1 completed=1 opened=1",
       "GET",
       {},
       1});
  run({"close",
       answers,
       [](Stage& stage) {
         RawClient client(stage.port());
         CHECK(body_of(client.send("GET / HTTP/1.0\r\n\r\n").read_to_end()) == "ok");
       },
       "accepted=1 requests=1 completed=1",
       "requests=1 completed=1 opened=1",
       "GET",
       {},
       1});
}

TEST_CASE("a caller that leaves before its head is complete", "[http][endings]") {
  const Leaves how = GENERATE(Leaves::closes, Leaves::resets);
  run({"nothing sent", answers,
       [=](Stage& stage) {
         RawClient client(stage.port());
         const auto before = stage.server().connections_accepted;
         leave(client, how);
         CHECK(eventually([&] { return stage.server().connections_accepted > before || before > 0; }));
       },
       "accepted=1", ""});
  run({"half a head", answers,
       [=](Stage& stage) {
         const auto before = stage.server().bytes_received;
         RawClient client(stage.port());
         client.send("GET / HTTP/1.1\r\nHo");
         CHECK(eventually([&] { return stage.server().bytes_received > before; }));
         leave(client, how);
       },
       "accepted=1 client_aborts=1", ""});
}

TEST_CASE("a caller that leaves amid its body", "[http][endings]") {
  const Leaves how = GENERATE(Leaves::closes, Leaves::resets);
  const std::string begin = GENERATE(std::string("Content-Length: 10\r\n\r\nabc"),
                                     std::string("Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"));
  run({"amid the body", reads_body,
       [=](Stage& stage) {
         RawClient client(stage.port());
         client.send("POST / HTTP/1.1\r\nHost: h\r\n" + begin);
         CHECK(stage.noted("begun"));
         leave(client, how);
       },
       "accepted=1 requests=1 client_aborts=1", "requests=1 opened=1 cancelled=1", "begun end"});
}

TEST_CASE("M2: a caller that leaves while the origin works", "[http][endings]") {
  const Leaves how = GENERATE(Leaves::closes, Leaves::resets);
  run({"before the first byte", works,
       [=](Stage& stage) {
         RawClient client(stage.port());
         client.send(get);
         CHECK(stage.noted("GET"));
         leave(client, how);
         CHECK(stage.noted("end"));  // the origin is told although it has said nothing
       },
       "accepted=1 requests=1 client_aborts=1", "requests=1 opened=1 cancelled=1", "GET end"});
  run({"with a body that has been sent", works,
       [=](Stage& stage) {
         RawClient client(stage.port());
         client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc");
         CHECK(stage.noted("POST"));
         leave(client, how);
         CHECK(stage.noted("end"));
       },
       "accepted=1 requests=1 client_aborts=1", "requests=1 opened=1 cancelled=1", "POST end"});
}

TEST_CASE("M2: a caller that leaves while the answer streams", "[http][endings]") {
  const Leaves how = GENERATE(Leaves::closes, Leaves::resets);
  run({"between events", streams,
       [=](Stage& stage) {
         RawClient client(stage.port());
         client.send(get).read_until("event\r\n");
         leave(client, how);
         CHECK(stage.noted("end"));
       },
       "accepted=1 requests=1 client_aborts=1", "requests=1 opened=1 cancelled=1", "GET end"});
  run({"amid a flood",
       floods,
       [=](Stage& stage) {
         RawClient client(stage.port());
         client.send(get).read_bytes(100'000);
         leave(client, how);
         CHECK(stage.noted("end"));
       },
       "accepted=1 requests=1 client_aborts=1",
       "requests=1 opened=1 cancelled=1",
       "GET end",
       {},
       0,
       60});
}

TEST_CASE("a caller that leaves between requests", "[http][endings]") {
  const Leaves how = GENERATE(Leaves::closes, Leaves::resets);
  run({"idle",
       answers,
       [=](Stage& stage) {
         RawClient client(stage.port());
         CHECK(body_of(client.send(get).read_message()) == "ok");
         leave(client, how);
       },
       "accepted=1 requests=1 completed=1",
       "requests=1 completed=1 opened=1",
       "GET",
       {},
       1});
  run({"amid the head of the second",
       answers,
       [=](Stage& stage) {
         RawClient client(stage.port());
         CHECK(body_of(client.send(get + "GET ").read_message()) == "ok");
         leave(client, how);
       },
       "accepted=1 requests=1 completed=1 client_aborts=1",
       "requests=1 completed=1 opened=1",
       "GET",
       {},
       1});
  run({"with a second one sent and not answered", works,
       [=](Stage& stage) {
         RawClient client(stage.port());
         client.send(get + get);
         CHECK(stage.noted("GET"));
         leave(client, how);
         CHECK(stage.noted("end"));
       },
       "accepted=1 requests=1 client_aborts=1", "requests=1 opened=1 cancelled=1", "GET end"});
}

TEST_CASE("a handler that throws", "[http][endings]") {
  run({"exception",
       {},
       [](Stage& stage) {
         RawClient client(stage.port());
         CHECK(status_of(client.send(get).read_message()) == 500);
       },
       "accepted=1 requests=1 completed=1 handler_failures=1",
       "",
       {},
       {},
       0,
       200,
       [](Request&) -> Task<Response> { throw std::runtime_error("host code"); }});
}

}  // namespace sluice::http::test
