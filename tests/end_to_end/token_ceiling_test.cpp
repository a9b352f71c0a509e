// SPDX-License-Identifier: Apache-2.0
// A token limit that reserves, before real sockets: a thousand callers at once, whole answers and streams, some of whom
// leave. What is settled stays within the limit, and nearly all of it can be used.
#include "end_to_end/support.hpp"

#include <catch2/catch.hpp>

#include <sys/resource.h>

#include <memory>
#include <optional>

using namespace sluice;
using namespace sluice::test;

namespace {

constexpr std::int64_t words_of_model = 60;
/// The simulated model counts as many tokens of it as there are.
const std::string messages =
    R"("messages":[{"role":"user","content":"one two three four five six seven seven eight"}])";

constexpr std::int64_t prompt_tokens = 16;

/// Each caller has a connection of its own, and this program both ends of the wait for them.
void allow_connections(rlim_t count) {
  rlimit limit{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &limit) == 0);
  limit.rlim_cur = std::min(std::max(limit.rlim_cur, count), limit.rlim_max);
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &limit) == 0);
  REQUIRE(limit.rlim_cur >= count);
}

/// A model behind a daily quota; `/left` tells what is left of it and takes nothing.
class LimitedModel {
 public:
  explicit LimitedModel(std::int64_t quota) {
    const std::string limit = R"(<llm-token-limit counter-key="all" token-quota=")" + std::to_string(quota) +
                              R"(" token-quota-period="Yearly" )";
    write("policy.xml", "<policies><inbound><choose><when condition=\"@(context.Operation.Id == &quot;left&quot;)\">" +
                            limit + R"(mode="documented" remaining-quota-tokens-variable-name="left" />
        <return-response><set-body>@(context.Variables["left"].ToString())</set-body></return-response>
        </when><otherwise>)" +
                            limit + R"(mode="reservation" /></otherwise></choose></inbound>
        <backend><forward-request buffer-response="false" /></backend><outbound /><on-error /></policies>)");
    write("apiInformation.json", R"({"properties": {"displayName": "m", "path": "m", "subscriptionRequired": false,
        "serviceUrl": "http://127.0.0.1:)" +
                                     std::to_string(upstreams_.port("payg")) + R"(/v1"}})");
    write("specification.json", R"({"openapi": "3.0.1", "info": {"title": "m", "version": "1"}, "paths": {
        "/chat/completions": {"post": {"operationId": "chat", "responses": {"200": {"description": "ok"}}}},
        "/left": {"get": {"operationId": "left", "responses": {"200": {"description": "ok"}}}}}})");
    host_.emplace("sluice", std::vector<std::string>{"run", folder_.file("artifacts"), "--listen", "127.0.0.1:0",
                                                     "--workers", "1"});
    port_ = port_of(host_->line_after("listening on "));
  }
  LimitedModel& set(const std::string& settings) {
    REQUIRE(upstreams_.set("payg", settings) == 200);
    return *this;
  }
  std::uint16_t port() const { return port_; }
  /// Asked again while the host has too much to do.
  std::int64_t left() const {
    std::string answer;
    REQUIRE(http::test::eventually([&] {
      answer = call(port_, "GET", "/m/left");
      return status_of(answer) == 200;
    }));
    return std::stoll(body_of(answer));
  }

 private:
  void write(const std::string& file, const std::string& text) { folder_.write("artifacts/apis/m/" + file, text); }

  Upstreams upstreams_;
  sluice::testing::TemporaryFolder folder_;
  std::optional<Process> host_;
  std::uint16_t port_ = 0;
};

enum class Kind { whole, bounded, stream, leaves };

struct Spent {
  std::int64_t least = 0, most = 0;  ///< Who leaves does not know how much had been sent.
};

class Caller {
 public:
  Caller(std::uint16_t port, Kind kind) : kind_(kind), client_(port) {
    body_ = "{\"model\":\"gpt-4o\"," + messages;
    if (kind != Kind::whole) body_ += ",\"max_tokens\":" + std::to_string(10 + 40 * (kind == Kind::stream));
    if (kind == Kind::stream || kind == Kind::leaves) body_ += ",\"stream\":true";
    body_ += "}";
    client_.send(request_text("POST", "/m/chat/completions", {}, body_));
  }

  void read_head() { REQUIRE(status_of(client_.read_until("\r\n\r\n")) == 200); }
  /// What became of it; nothing when it was refused.
  std::optional<Spent> finish() {
    if (kind_ == Kind::leaves) return leave();
    const std::string answer = client_.read_message();
    REQUIRE_FALSE(client_.timed_out());
    if (is_refusal(answer)) return std::nullopt;
    INFO(answer);
    REQUIRE(status_of(answer) == 200);
    const std::int64_t tokens = kind_ == Kind::stream ? prompt_tokens + words_in(answer) : reported_by(body_of(answer));
    return Spent{tokens, tokens};
  }

 private:
  std::optional<Spent> leave() {
    if (is_refusal(client_.read_until("\r\n\r\n"))) return std::nullopt;
    client_.read_until("\"content\":\"");
    client_.abort();
    return Spent{0, prompt_tokens + 10};
  }
  /// By the limit, or by a host that has too much to do.
  static bool is_refusal(const std::string& answer) { return status_of(answer) == 403 || status_of(answer) == 503; }
  static std::int64_t words_in(const std::string& answer) {
    std::int64_t words = 0;
    for (std::size_t at = 0; (at = answer.find("\"delta\":{\"content\":\"", at)) != std::string::npos; ++at) ++words;
    return words;
  }
  static std::int64_t reported_by(const std::string& body) {
    Arena arena;
    const auto root = parse_json(body, arena);
    REQUIRE(root);
    return (*root)->at({"usage", "total_tokens"})->integer().value();
  }

  Kind kind_;
  RawClient client_;
  std::string body_;
};

}  // namespace

TEST_CASE("a thousand callers at once stay within a limit that reserves, and use it up", "[end_to_end][llm]") {
  constexpr std::int64_t limit = 40'000;
  constexpr std::size_t callers = 1'000;
  constexpr int most_rounds = 40;  // who is refused comes again, as clients do
  allow_connections(4 * callers);
  LimitedModel model(limit);
  model.set(R"({"tokensPerMinute":1000000000,"requestsPerMinute":1000000,"tokensPerSecond":0,"firstTokenMs":100,)"
            R"("completionTokens":)" +
            std::to_string(words_of_model) + "}");
  Spent all;
  int rounds = 0;
  while (rounds++ < most_rounds && limit - all.most > limit / 100) {
    std::vector<std::unique_ptr<Caller>> running;
    for (std::size_t i = 0; i < callers; ++i)
      running.push_back(std::make_unique<Caller>(model.port(), static_cast<Kind>(i % 4)));
    for (const auto& caller : running) {
      const auto spent = caller->finish();
      if (!spent) continue;
      all.least += spent->least;
      all.most += spent->most;
    }
    CHECK(model.left() >= 0);
  }
  std::int64_t counted = 0;
  INFO("rounds " << rounds << ", callers know of " << all.least << " to " << all.most);
  // Streams that were left are settled when the gateway has noticed.
  CHECK(http::test::eventually([&] {
    counted = limit - model.left();
    return counted >= all.least && counted <= all.most;
  }));
  CHECK(counted <= limit);
  CHECK(counted >= limit / 100 * 98);
}

TEST_CASE("callers who leave before their answer's words get all back but the prompts of streams",
          "[end_to_end][llm]") {
  constexpr std::int64_t limit = 10'000;
  LimitedModel model(limit);
  model.set(R"({"tokensPerSecond":0,"firstTokenMs":3600000})");
  {
    std::vector<std::unique_ptr<Caller>> waiting;
    for (std::size_t i = 0; i < 40; ++i)
      waiting.push_back(std::make_unique<Caller>(model.port(), i % 2 == 0 ? Kind::stream : Kind::bounded));
    for (std::size_t i = 0; i < waiting.size(); i += 2) waiting[i]->read_head();
    CHECK(http::test::eventually([&] { return model.left() <= limit - 40 * prompt_tokens; }));
  }
  // A stream has its head, so that its prompt has been read.
  CHECK(http::test::eventually([&] { return model.left() == limit - 20 * prompt_tokens; }));
}
