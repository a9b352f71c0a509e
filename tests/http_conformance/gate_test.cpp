// SPDX-License-Identifier: Apache-2.0
// The two ends and the runners; compiled as a test file because the build gathers those.
#include "http_conformance/gate.hpp"

#define CATCH_CONFIG_EXTERNAL_INTERFACES  // listeners
#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdio>

namespace sluice::http::conformance {
namespace {

using test::body_of;
using test::eventually;
using test::header_of;
using test::status_of;

constexpr const char* methods[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "FROB"};
// Without <base />: what stands above is left out.
const std::string no_policy =
    "<policies><inbound /><backend><forward-request /></backend><outbound /><on-error /></policies>";
const std::string innocent_request = "GET /innocent HTTP/1.1\r\nHost: h\r\n\r\n";
const std::string innocent_body = "saw GET /innocent";

std::atomic<int> cases_run{0};

/// One API for every path and the methods above.
ServiceModel service(std::uint16_t origin, std::string policy) {
  Api api;
  api.id = "all";
  api.display_name = "All";
  api.service_url = "http://127.0.0.1:" + std::to_string(origin);
  api.subscription_required = false;
  for (const char* method : methods) {
    Operation operation;
    operation.id = operation.display_name = std::string("all-") + method;
    operation.method = method;
    operation.url_template = "/*";
    api.operations.push_back(std::move(operation));
  }
  Operation plain;  // innocent requests meet no policy
  plain.id = plain.display_name = "innocent";
  plain.method = "GET";
  plain.url_template = "/innocent";
  if (!policy.empty()) plain.policy = PolicySource{no_policy, "innocent.xml", PolicyFormat::rawxml};
  api.operations.push_back(std::move(plain));
  if (!policy.empty()) api.policy = PolicySource{std::move(policy), "policy.xml", PolicyFormat::rawxml};
  ServiceModel model;
  model.apis.push_back(std::move(api));
  return model;
}

GatewayOptions gateway_options(Runtime& runtime) {
  GatewayOptions options;
  options.transport = &runtime.transport();
  options.clock = &runtime.clock();
  options.behaviour.gateway_status_codes = true;
  return options;
}

std::string first_words(const std::string& head) { return head.substr(0, head.find(' ', head.find(' ') + 1)); }

bool has_no_body(const std::string& head, bool to_head) {
  const int status = status_of(head);
  return to_head || status < 200 || status == 204 || status == 304;
}

std::string without_date(std::string message) {
  const std::size_t at = message.find("Date: ");
  if (at != std::string::npos && at < message.find("\r\n\r\n")) message.erase(at, message.find("\r\n", at) + 2 - at);
  return message;
}

/// What follows the last chunk, with the empty line at its end.
std::string read_trailers(RawClient& client) {
  std::string lines;
  for (;;) {
    const std::string line = client.read_until("\r\n");
    lines += line;
    if (line.size() <= 2) return lines;
  }
}

/// The next answer; its head decides whether a body follows.
std::string read_answer(RawClient& client, bool to_head) {
  const std::string head = client.read_until("\r\n\r\n");
  if (head.empty() || has_no_body(head, to_head)) return head;
  if (const std::string length = header_of(head, "Content-Length"); !length.empty()) {
    return head + client.read_bytes(std::stoul(length));
  }
  if (header_of(head, "Transfer-Encoding") != "chunked") return head + client.read_to_end();
  std::string message = head;
  for (;;) {
    const std::string line = client.read_until("\r\n");
    message += line;
    const std::size_t size = line.empty() ? 0 : std::stoul(line, nullptr, 16);
    if (size == 0) return message + read_trailers(client);
    message += client.read_bytes(size + 2);
  }
}

void check_innocent(RawClient& client) {
  const std::string answer = client.send(innocent_request).read_message();
  CHECK(status_of(answer) == 200);
  CHECK(body_of(answer) == innocent_body);
}

/// What every refusal by the server looks like.
void check_refusal(const std::string& answer, bool to_head) {
  CHECK(header_of(answer, "Connection") == "close");
  CHECK(header_of(answer, "Content-Type") == "application/json");
  if (!to_head) CHECK(body_of(answer).find("{ \"statusCode\": " + std::to_string(status_of(answer))) == 0);
}

std::vector<std::string> one_by_one(const std::string& bytes) {
  std::vector<std::string> pieces;
  for (char byte : bytes) pieces.emplace_back(1, byte);
  return pieces;
}

std::string joined(const std::vector<std::string>& pieces) {
  std::string all;
  for (const std::string& piece : pieces) all += piece;
  return all;
}

bool is_complete(const std::string& message) { return message.find("…") == std::string::npos; }

struct CountPrinter : Catch::TestEventListenerBase {
  using TestEventListenerBase::TestEventListenerBase;
  void testRunEnded(const Catch::TestRunStats&) override { std::printf("%d cases\n", cases_run.load()); }
};
CATCH_REGISTER_LISTENER(CountPrinter)

}  // namespace

void count_case() { ++cases_run; }

Origin::Origin(std::function<std::uint64_t()> read_bytes)
    : read_bytes_(std::move(read_bytes)), upstream_([this](RawClient& connection, int) { serve(connection); }) {}

void Origin::follow(Script script) {
  std::lock_guard lock(mutex_);
  script_ = std::move(script);
}

void Origin::record(std::string message, bool complete) {
  if (message.empty()) return;
  received_bytes_ += message.size();
  const std::string own = "127.0.0.1:" + std::to_string(port());
  if (const std::size_t at = message.find(own); at != std::string::npos) message.replace(at, own.size(), "origin");
  std::lock_guard lock(mutex_);
  messages_.push_back(complete ? std::move(message) : message + "…");
}

std::vector<std::string> Origin::take_messages() {
  std::lock_guard lock(mutex_);
  return std::exchange(messages_, {});
}

/// False when the connection is to end.
bool Origin::answer(RawClient& connection, const std::string& head, const Script& script) {
  const std::string words = first_words(head);
  const std::string target = words.substr(words.find(' ') + 1);
  if (target == "/scripted") {
    std::uint64_t sent = read_bytes_();
    for (const std::string& piece : script.pieces) {
      if (!eventually([&] { return read_bytes_() >= sent; })) return false;
      connection.send(piece);
      sent += piece.size();
    }
    // A reset may overtake what has not been read.
    if (script.end == Script::End::resets && !eventually([&] { return read_bytes_() >= sent; })) return false;
    if (script.end == Script::End::resets) connection.abort();
    return script.end == Script::End::stays;
  }
  const std::string body = "saw " + words;
  if (target == "/204" || target == "/304") {
    connection.send("HTTP/1.1 " + target.substr(1) + " X\r\n\r\n");
  } else {
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
                    (words.compare(0, 5, "HEAD ") == 0 ? "" : body));
  }
  return true;
}

void Origin::serve(RawClient& connection) {
  for (bool goes_on = true; goes_on;) {
    const std::string head = connection.read_until("\r\n\r\n");
    if (head.size() < 4 || head.compare(head.size() - 4, 4, "\r\n\r\n") != 0) return record(head, false);
    Script script;
    {
      std::lock_guard lock(mutex_);
      script = script_;
    }
    if (script.early) goes_on = answer(connection, head, script);
    std::string body;
    bool complete = true;
    if (const std::string length = header_of(head, "Content-Length"); !length.empty()) {
      body = connection.read_bytes(std::stoul(length));
      complete = body.size() == std::stoul(length);
    } else if (header_of(head, "Transfer-Encoding") == "chunked") {
      for (bool last = false; !last && complete;) {
        const std::string line = connection.read_until("\r\n");
        const std::size_t size = line.size() < 3 ? 0 : std::stoul(line, nullptr, 16);
        last = size == 0;
        const std::string data = last ? read_trailers(connection) : connection.read_bytes(size + 2);
        body += line + data;
        complete = line.size() > 2 && data.size() >= size + 2;
      }
    }
    record(head + body, complete);
    if (!complete) return;
    if (!script.early) goes_on = answer(connection, head, script);
  }
}

Gate::Gate(ServerOptions options, HttpLimits client_limits, std::string policy)
    : origin([this] { return runtime.client_statistics().bytes_received; }),
      runtime({.workers = 1, .limits = client_limits, .tls = {}}),
      gateway(gateway_options(runtime)),
      handler([this](Request& request) { return gateway.handle(request); }),
      server(runtime, std::move(options), handler) {
  const Diagnostics found = gateway.load(service(origin.port(), std::move(policy)));
  for (const Diagnostic& diagnostic : found) UNSCOPED_INFO(render_text(diagnostic));
  REQUIRE_FALSE(found.has_errors());
  port = server.start().value();
}

bool Gate::settle() {
  return eventually([&] { return origin.bytes_received() >= runtime.client_statistics().bytes_sent; });
}

void Gate::send(RawClient& client, const std::vector<std::string>& pieces, bool may_close) {
  const ServerStatistics before = server.statistics();
  std::uint64_t sent = before.bytes_received;
  for (const std::string& piece : pieces) {
    const bool read = eventually([&] {
      const ServerStatistics now = server.statistics();
      // A connection that is to be closed is read without counting.
      return now.bytes_received >= sent || now.refused != before.refused ||
             (may_close && now.completed != before.completed);
    });
    if (!read) return;
    client.send(piece);
    sent += piece.size();
  }
}

namespace {

bool waits_for_continue(const RequestCase& row) {
  return std::any_of(row.answers.begin(), row.answers.end(), [](const auto& answer) { return answer.status == 100; });
}

/// What is sent before something is to be read: all, unless the row waits for 100, and then each head and each body.
std::vector<std::vector<std::string>> turns_of(const RequestCase& row, const std::vector<std::string>& pieces) {
  if (!waits_for_continue(row)) return {pieces};
  std::vector<std::vector<std::string>> turns(1);
  bool is_head = true;
  for (const std::string& piece : pieces) {
    if (!is_head && piece.compare(0, 5, "POST ") == 0) {
      turns.emplace_back();
      is_head = true;
    }
    turns.back().push_back(piece);
    if (is_head && piece.size() >= 4 && piece.compare(piece.size() - 4, 4, "\r\n\r\n") == 0) {
      turns.emplace_back();
      is_head = false;
    }
  }
  return turns;
}

/// Carries out one row; the innocent requests that it sends are among the messages.
void run(Gate& gate, const RequestCase& row, const std::vector<std::string>& pieces, bool exact) {
  gate.origin.take_messages();
  std::size_t innocents = 1;
  {
    RawClient client(gate.port);
    const auto turns = turns_of(row, pieces);
    auto turn = turns.begin();
    gate.send(client, *turn, row.then == Then::closes);
    const bool to_head = joined(row.sent).compare(0, 5, "HEAD ") == 0;
    for (const Answer& expected : row.answers) {
      if (&expected != &row.answers.front() && turn != turns.end() && ++turn != turns.end())
        gate.send(client, *turn, row.then == Then::closes);
      const std::string answer = read_answer(client, to_head);
      INFO(answer);
      CHECK(status_of(answer) == expected.status);
      if (expected.body) CHECK(body_of(answer) == *expected.body);
      const bool is_last = &expected == &row.answers.back();
      if (expected.status >= 200) {
        CHECK(header_of(answer, "Connection") == (is_last && row.then == Then::closes ? "close" : ""));
      }
    }
    if (row.then == Then::keeps) {
      check_innocent(client);
      ++innocents;
    } else {
      CHECK(client.read_to_end() == "");
      CHECK_FALSE(client.was_reset());
    }
    CHECK_FALSE(client.timed_out());
  }
  RawClient other(gate.port);
  check_innocent(other);
  CHECK(gate.settle());
  auto messages = gate.origin.take_messages();
  auto expected = row.received;
  expected.insert(expected.end(), innocents, arrived("GET /innocent"));
  if (exact) {
    CHECK(messages == expected);
  } else {
    CHECK(static_cast<std::size_t>(std::count_if(messages.begin(), messages.end(), is_complete)) == expected.size());
  }
}

}  // namespace

void run(Gate& gate, const std::vector<RequestCase>& cases) {
  constexpr std::size_t most_bytes = 400;  // further ones take long and show nothing more
  for (const RequestCase& row : cases) {
    INFO(row.name);
    count_case();
    run(gate, row, row.sent, true);
    const std::string all = joined(row.sent);
    if (row.sent.size() == 1 && !row.whole && all.size() <= most_bytes) {
      INFO("byte by byte");
      run(gate, row, one_by_one(all), false);
    }
  }
}

void run(Gate& gate, const std::vector<Refused>& cases) {
  const std::string follower = "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n";
  const std::uint64_t refused = gate.server.statistics().refused;
  for (const Refused& row : cases) {
    INFO(row.name);
    count_case();
    gate.origin.take_messages();
    {
      RawClient client(gate.port);
      client.send(row.sent + follower);
      const bool to_head = row.sent.compare(0, 5, "HEAD ") == 0;
      const std::string answer = client.read_to_end();
      INFO(answer);
      CHECK(status_of(answer) == row.status);
      check_refusal(answer, to_head);
      CHECK(body_of(answer).find("HTTP/1.1") == std::string::npos);  // one answer only
      CHECK_FALSE(client.was_reset());
      CHECK_FALSE(client.timed_out());
    }
    if (row.sent.size() <= 400) {
      INFO("byte by byte");
      RawClient client(gate.port);
      for (char byte : row.sent) client.send({&byte, 1});
      // A chunked body that comes late is refused while it is forwarded: the same status, from the gateway.
      const std::string answer = client.read_to_end();
      INFO(answer);
      CHECK(status_of(answer) == row.status);
      CHECK(header_of(answer, "Connection") == "close");
    }
    RawClient other(gate.port);
    check_innocent(other);
    CHECK(gate.settle());
    auto messages = gate.origin.take_messages();
    messages.erase(std::remove_if(messages.begin(), messages.end(), [](auto& m) { return !is_complete(m); }),
                   messages.end());
    CHECK(messages == std::vector<std::string>{arrived("GET /innocent")});
  }
  CHECK(gate.server.statistics().refused >= refused + cases.size());
}

void run(Gate& gate, const std::vector<AnswerCase>& cases) {
  for (const AnswerCase& row : cases) {
    INFO(row.name);
    count_case();
    // A new connection for each row, which the innocent request then finds or not.
    {
      RawClient fresh(gate.port);
      check_innocent(fresh);
    }
    const int connections = gate.origin.connections();
    gate.origin.follow(row.script);
    RawClient client(gate.port);
    client.send(row.request);
    const std::string answer =
        row.broken || row.closes ? client.read_to_end() : read_answer(client, row.request.compare(0, 5, "HEAD ") == 0);
    if (row.seen.size() == 3) {
      INFO(answer);
      CHECK(std::to_string(status_of(answer)) == row.seen);
      CHECK(body_of(answer).find("127.0.0.1") == std::string::npos);  // K4
    } else {
      CHECK(without_date(answer) == row.seen);
    }
    CHECK_FALSE(client.timed_out());
    if (!row.reused) {
      CHECK(eventually([&] { return gate.runtime.client_statistics().open_connections == 0; }));
    }
    if (row.broken || row.closes) {
      RawClient other(gate.port);
      check_innocent(other);
    } else {
      check_innocent(client);
    }
    CHECK(gate.origin.connections() == connections + row.resent + (row.reused ? 0 : 1));
  }
}

std::string get(const std::string& target, const std::string& fields) {
  return "GET " + target + " HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n";
}
std::string post(const std::string& fields, const std::string& body, const std::string& target) {
  return "POST " + target + " HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n" + body;
}
std::string chunked(const std::string& body, const std::string& target) {
  return post("Transfer-Encoding: chunked\r\n", body, target);
}

std::string arrived(const std::string& method_and_target, const std::string& fields,
                    const std::optional<std::string>& body) {
  std::string message = method_and_target + " HTTP/1.1\r\nHost: origin\r\n" + fields + "Via: 1.1 sluice\r\n";
  if (body) message += "Content-Length: " + std::to_string(body->size()) + "\r\n";
  return message + "\r\n" + body.value_or("");
}
std::string arrived_chunked(const std::string& method_and_target, const std::string& chunks,
                            const std::string& fields) {
  return method_and_target + " HTTP/1.1\r\nHost: origin\r\n" + fields +
         "Via: 1.1 sluice\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks;
}

std::string repeated(const std::string& line, int times) {
  std::string lines;
  for (int i = 0; i < times; ++i) lines += line;
  return lines;
}

}  // namespace sluice::http::conformance
