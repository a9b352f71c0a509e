// SPDX-License-Identifier: Apache-2.0
// Subscribers of a GraphQL API within one process: an event loop that a test runs by hand, and a WebSocket's caller.
#pragma once

#include <sluice/gateway.hpp>
#include <sluice/testing/recording_telemetry.hpp>
#include <sluice/testing/scripted_transport.hpp>
#include <sluice/testing/virtual_clock.hpp>

#include "base/home_thread.hpp"
#include "gateway/one_service.hpp"
#include "support/websocket_client.hpp"

#include <catch2/catch.hpp>

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace sluice::test {

/// As REQUIRE, on any thread.
inline void ensure(bool holds, const char* what) {
  if (!holds) throw std::logic_error(what);
}

/// The event loop of the thread that makes it. Others post; the thread itself says when what they posted is run.
class HandLoop {
 public:
  HandLoop() : before_(home_thread()) { home_thread() = {this, &HandLoop::post}; }
  ~HandLoop() { home_thread() = before_; }
  HandLoop(const HandLoop&) = delete;
  HandLoop& operator=(const HandLoop&) = delete;

  /// Until nothing is posted.
  void run() {
    while (run_turn()) {
    }
  }
  /// Until `is_reached()`, waiting for other threads.
  template <class Condition>
  void run_until(Condition is_reached) {
    while (!is_reached()) {
      if (run_turn()) continue;
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return !posted_.empty(); });
    }
  }
  static void post(void* loop, std::function<void()> action) {
    auto& self = *static_cast<HandLoop*>(loop);
    const std::lock_guard lock(self.mutex_);
    self.posted_.push_back(std::move(action));
    self.changed_.notify_one();
  }

 private:
  bool run_turn() {
    std::deque<std::function<void()>> turn;
    {
      const std::lock_guard lock(mutex_);
      turn.swap(posted_);
    }
    for (const auto& action : turn) action();
    return !turn.empty();
  }

  const HomeThread before_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> posted_;
};

/// What a caller sends, as the body of his handshake.
class CallerPipe {
 public:
  Body body() { return Body::stream(std::make_unique<Stream>(state_)); }
  void send(const std::string& bytes) {
    state_->pieces.push_back(bytes);
    state_->wake();
  }
  void end() { send({}); }
  bool is_dropped() const { return state_->is_dropped; }
  bool was_read() const { return state_->was_read; }
  std::size_t waiting() const { return state_->pieces.size(); }

 private:
  struct State {
    std::deque<std::string> pieces;  ///< An empty one is the end.
    std::string current;
    std::optional<Completion<bool>> reader;
    bool is_cancelled = false;
    bool is_dropped = false;
    bool was_read = false;
    void wake() {
      if (reader && !reader->await_ready()) reader->complete(true);
    }
  };
  class Stream final : public BodyStream {
   public:
    explicit Stream(std::shared_ptr<State> state) : state_(std::move(state)) {}
    ~Stream() override { state_->is_dropped = true; }
    Task<BodyChunk> read() override {
      state_->was_read = true;
      while (state_->pieces.empty() && !state_->is_cancelled) {
        Completion<bool>& reader = state_->reader.emplace();
        co_await reader;
      }
      if (state_->is_cancelled) co_return fail(ErrorCode::cancelled);
      state_->current = std::move(state_->pieces.front());
      state_->pieces.pop_front();
      co_return std::string_view(state_->current);
    }
    void cancel() override {
      state_->is_cancelled = true;
      state_->wake();
    }

   private:
    std::shared_ptr<State> state_;
  };
  std::shared_ptr<State> state_ = std::make_shared<State>();
};

/// A WebSocket, from its handshake to its end. What the gateway sends is read as it comes, unless that is stopped.
class TestSocket {
 public:
  TestSocket(Gateway& gateway, HandLoop& loop, const std::string& protocol = "graphql-transport-ws",
             const std::string& query = {})
      : loop_(loop) {
    ensure(request_.set_url("http://gateway.test/api/graphql" + query).has_value(), "a URL");
    request_.upgrade = "websocket";
    request_.headers.append("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
    request_.headers.append("X-Tenant", "blue");
    if (!protocol.empty()) request_.headers.append("Sec-WebSocket-Protocol", protocol);
    request_.body = pipe_.body();
    gateway.handle(request_, [this](Response response) { response_.emplace(std::move(response)); });
    loop_.run();
    ensure(response_.has_value(), "an answer to the handshake");
    if (status() == 101) resume();
  }
  ~TestSocket() {
    if (!has_ended_ && status() == 101) leave();
  }

  int status() const { return response_->status; }
  std::string field(std::string_view name) const { return std::string(response_->headers.get(name)); }
  std::string body() const { return std::string(response_->body.data()); }

  TestSocket& send_bytes(const std::string& bytes) {
    pipe_.send(bytes);
    loop_.run();
    return *this;
  }
  TestSocket& send(const std::string& message) { return send_bytes(client_message(message)); }
  TestSocket& begin() {
    send(R"({"type":"connection_init"})");
    CHECK(take() == std::vector<std::string>{R"({"type":"connection_ack"})"});
    return *this;
  }
  TestSocket& subscribe(const std::string& id, const std::string& query) {
    return send(R"({"type":"subscribe","id":")" + id + R"(","payload":{"query":")" + query + R"("}})");
  }
  TestSocket& complete(const std::string& id) { return send(R"({"type":"complete","id":")" + id + R"("})"); }
  /// What has come since the last call.
  std::vector<std::string> take() {
    loop_.run();
    return std::exchange(frames_.lines, {});
  }

  void stop_reading() { is_stopped_ = true; }
  void resume() {
    is_stopped_ = false;
    if (is_reading_) return;
    is_reading_ = true;
    spawn(read_all(), [] {});
    loop_.run();
  }
  /// As a server does when the connection breaks.
  void leave() {
    bool is_closed = false;
    request_.cancellation.request();
    loop_.run();
    spawn(response_->body.stream()->close(), [&] { is_closed = true; });
    loop_.run();
    ensure(is_closed, "an end");
    has_ended_ = true;
  }
  void end_caller() {
    pipe_.end();
    loop_.run();
  }

  bool has_ended() const { return has_ended_; }
  bool has_failed() const { return has_failed_; }
  std::size_t received_bytes() const { return received_; }
  const CallerPipe& caller() const { return pipe_; }

 private:
  Task<void> read_all() {
    while (!is_stopped_) {
      Task<BodyChunk> reading = response_->body.stream()->read();
      const BodyChunk chunk = co_await reading;
      if (!chunk || chunk->empty()) {
        has_ended_ = true;
        has_failed_ = !chunk;
        break;
      }
      received_ += chunk->size();
      frames_.add(*chunk);
    }
    is_reading_ = false;
  }

  HandLoop& loop_;
  CallerPipe pipe_;
  Request request_;
  std::optional<Response> response_;
  ReadFrames frames_;
  std::size_t received_ = 0;
  bool is_stopped_ = false, is_reading_ = false, has_ended_ = false, has_failed_ = false;
};

inline const char* const user_schema =
    "type Query { user(id: ID!): User now: String } "
    "type Mutation { createUser(name: String!): User rename(name: String!): User say(what: String): String } "
    "type Subscription { onUserCreated(team: ID): User onSaid: String onCount: Int! } "
    "type User { id: ID! name: String! boss: User }";

inline std::string data_source(const std::string& url, const std::string& response = {}) {
  return "<http-data-source><http-request><set-method>POST</set-method><set-url>" + url + "</set-url></http-request>" +
         (response.empty() ? "" : "<http-response>" + response + "</http-response>") + "</http-data-source>";
}
inline std::string publishes(const std::string& field, const std::string& before = {}) {
  return before + R"(<publish-event><targets><graphql-subscription id=")" + field + R"(" /></targets></publish-event>)";
}

/// API `api` at `/api`: mutations publish what `https://data.test/<field>` answers, a user's boss is resolved.
inline ServiceModel user_service(const std::string& operation_policy = {}) {
  ServiceModel model = one_service(operation_policy);
  Api& api = model.apis[0];
  api.id = api.path = "api";
  api.type = ApiType::graphql;
  api.service_url.clear();
  api.operations[0].method = "POST";
  api.schemas.push_back({.id = "graphql", .kind = Schema::Kind::graphql, .text = user_schema, .file = "s.graphql"});
  const auto add = [&](const std::string& path, const std::string& policy) {
    api.resolvers.push_back({.id = path, .display_name = path, .path = path, .policy = document(policy)});
  };
  add("Mutation/createUser", data_source("https://data.test/create", publishes("onUserCreated")));
  add("Mutation/say", data_source("https://data.test/say", publishes("onSaid")));
  add("Query/user", data_source("https://data.test/user"));
  add("User/boss", data_source("https://data.test/boss"));
  return model;
}

/// A gateway with its loop, on a clock that stands still.
struct SocketBench {
  explicit SocketBench(ServiceModel model = user_service(), Limits limits = {})
      : transport(clock), gateway(options(limits)) {
    load(std::move(model));
  }
  void load(ServiceModel model) {
    const Diagnostics found = gateway.load(std::move(model));
    for (const Diagnostic& one : found) UNSCOPED_INFO(one.message);
    REQUIRE_FALSE(found.has_errors());
    loop.run();
  }

  /// Whenever that URL is called.
  void answer(const std::string& path, const std::string& json, std::chrono::milliseconds delay = {}) {
    transport.add({.when = {.url = "https://data.test/" + path},
                   .answer = {.body = json, .delay = delay},
                   .repeat = testing::ScriptEntry::forever});
  }
  /// A request of somebody else; its answer.
  std::string post(const std::string& query) {
    Request request;
    REQUIRE(request.set_url("http://gateway.test/api/graphql"));
    request.method = "POST";
    request.headers.append("Content-Type", "application/json");
    const std::string body = R"({"query":")" + query + R"("})";
    request.body = Body::bytes(body);
    std::string text;
    gateway.handle(request, [&](Response response) { text = response.body.data(); });
    loop.run();
    return text;
  }
  void pass(std::chrono::milliseconds time) {
    clock.advance(time);
    loop.run();
  }

  HandLoop loop;
  testing::VirtualClock clock;
  testing::ScriptedTransport transport;
  testing::RecordingTelemetry telemetry;
  Gateway gateway;

 private:
  GatewayOptions options(const Limits& limits) {
    GatewayOptions made;
    made.transport = &transport;
    made.clock = &clock;
    made.telemetry = &telemetry;
    made.limits = limits;
    return made;
  }
};

}  // namespace sluice::test
