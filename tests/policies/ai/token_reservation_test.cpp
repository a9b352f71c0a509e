// SPDX-License-Identifier: Apache-2.0
// A token limit that reserves, under schedules that a seed decides: requests begin, answers arrive, events are read and
// callers leave in any order, and what is settled never goes over the limit. SLUICE_SCHEDULES says how many are tried.
#include "policies/one_api.hpp"

#include <sluice/memory_stores.hpp>

#include "ai/completion_bound.hpp"
#include "ai/prompt_tokens.hpp"

#include <cstdlib>
#include <deque>
#include <memory>

using namespace sluice;
using namespace sluice::test;

namespace {

std::string policy(std::int64_t limit) {
  return R"(<policies><inbound><llm-token-limit counter-key="k" mode="reservation" token-quota=")" +
         std::to_string(limit) +
         R"(" token-quota-period="Daily" /></inbound><backend><forward-request buffer-response="false" /></backend></policies>)";
}

std::int64_t tokens_of_prompt(std::string_view body) {
  Arena arena(1024);
  return ai::count_prompt_tokens(ai::read_prompt(body, arena), body);
}

/// An event of that many tokens.
std::string event_of(std::int64_t tokens) {
  std::string text = R"(data: {"choices":[{"index":0,"delta":{"content":")";
  for (; tokens > 0; --tokens) text += " one";
  return text + "\"},\"finish_reason\":null}]}\n\n";
}

/// A model that would say `length` tokens, a few in each event.
class Words final : public BodyStream {
 public:
  Words(std::int64_t length, std::int64_t in_event) : left_(length), in_event_(in_event) {}
  Task<BodyChunk> read() override {
    if (left_ <= 0) return BodyChunk(std::string_view());
    current_ = event_of(std::min(left_, in_event_));
    left_ -= in_event_;
    return BodyChunk(std::string_view(current_));
  }
  void cancel() override { left_ = 0; }

 private:
  std::int64_t left_;
  const std::int64_t in_event_;
  std::string current_;
};

/// A model that keeps to the bound it is sent, and answers when it is told to.
struct Model final : Transport {
  explicit Model(SeededRandom& from) : random(from) {}
  SeededRandom& random;
  std::deque<Completion<bool>> held;

  Task<Result<Response>> send(OutgoingRequest& request, Arena& arena, Cancellation&) override {
    const std::string_view body = request.body.data();
    const auto bound = ai::completion_bound_of(*parse_json(body, arena).value(), body, request.url.path);
    const bool streams = body.find("\"stream\":true") != std::string_view::npos;
    const auto natural = static_cast<std::int64_t>(random.bits() % 400);
    const std::int64_t length = std::min(natural, bound.tokens.value_or(natural));
    const auto in_event = static_cast<std::int64_t>(1 + random.bits() % 5);
    const std::int64_t prompt = tokens_of_prompt(body);
    Completion<bool>& turn = held.emplace_back();
    const bool succeeds = co_await turn;
    if (!succeeds) co_return fail(ErrorCode::backend_connection_failure);
    Response answer(arena);
    if (streams) {
      answer.headers.set("Content-Type", "text/event-stream");
      answer.body = Body::stream(std::make_unique<Words>(length, in_event));
    } else {
      answer.headers.set("Content-Type", "application/json");
      answer.body = Body::bytes(arena.concat({R"({"choices":[],"usage":{"prompt_tokens":)", std::to_string(prompt),
                                              ",\"completion_tokens\":", std::to_string(length), "}}"}));
      said += prompt + length;
    }
    co_return answer;
  }
  std::int64_t said = 0;  ///< Tokens of answers that were no streams.
};

struct Caller : Call {
  Caller(SeededRandom& random, Model& model) : Call("http://api.test/api/chat/completions"), model_(model) {
    streams = random.bits() % 2 == 0;
    body_ = R"({"messages":[{"role":"user","content":"one two three four five six"}])";
    if (random.bits() % 3 != 0) body_ += ",\"max_tokens\":" + std::to_string(1 + random.bits() % 300);
    body_ += streams ? ",\"stream\":true}" : "}";
    request.body = Body::bytes(body_);
  }

  /// The next thing that happens to it. False when nothing is left.
  bool step(Gateway& gateway, SeededRandom& random) {
    if (!has_begun_) {
      has_begun_ = true;
      turn_ = model_.held.size();
      begin(gateway);
      return true;
    }
    if (!answer) {
      model_.held[turn_].complete(random.bits() % 10 != 0);
      REQUIRE(answer);
      return true;
    }
    if (is_over_) return false;
    if (!answer->body.is_stream()) return !(is_over_ = true);
    if (random.bits() % 40 == 0) {
      answer->body.stream()->cancel();
      return !(is_over_ = true);
    }
    const BodyChunk piece = wait(answer->body.stream()->read());
    REQUIRE(piece);
    is_over_ = piece->empty();
    if (streams && status == 200) {
      for (std::size_t at = 0; (at = piece->find(" one", at)) != std::string_view::npos; ++at) ++received;
    }
    return true;
  }

  std::int64_t prompt() const { return tokens_of_prompt(body_); }
  bool streams = false;
  std::int64_t received = 0;  ///< Tokens of events.

 private:
  Model& model_;
  std::string body_;
  std::size_t turn_ = 0;
  bool has_begun_ = false, is_over_ = false;
};

/// A memory store that keeps the sum of all that was taken and given back.
struct SummingCounters final : CounterStore {
  explicit SummingCounters(Clock& clock) : inner(clock) {}
  MemoryCounterStore inner;
  std::int64_t sum = 0, most = 0;

  Task<Result<CounterState>> reserve(std::string_view key, const CounterRule& rule, std::int64_t amount) override {
    Result<CounterState> state = co_await inner.reserve(key, rule, amount);
    if (state && state->admitted) add(amount);
    co_return state;
  }
  Task<Result<CounterState>> settle(std::string_view key, const CounterRule& rule, std::int64_t amount) override {
    add(amount);
    return inner.settle(key, rule, amount);
  }
  Task<Result<CounterState>> peek(std::string_view key, const CounterRule& rule) override {
    return inner.peek(key, rule);
  }
  void add(std::int64_t amount) {
    sum += amount;
    most = std::max(most, sum);
  }
};

struct Account {
  std::int64_t settled;  ///< As callers and model saw it.
  std::int64_t counted;  ///< As the counter has it in the end.
  std::int64_t most;     ///< The most that the counter ever had.
};

/// One schedule of so many callers, and so many `more` in place of those who are refused.
Account run(std::uint64_t seed, std::size_t count, std::int64_t limit, int more = 0) {
  SeededRandom random(seed);
  NotingClock clock;
  Model model(random);
  SummingCounters counters(clock);
  GatewayOptions options;
  options.clock = &clock;
  options.transport = &model;
  options.counters = &counters;
  OneApi api(std::move(options), policy(limit));
  std::vector<std::unique_ptr<Caller>> all, running;
  for (std::size_t i = 0; i < count; ++i) running.push_back(std::make_unique<Caller>(random, model));
  while (!running.empty()) {
    const std::size_t next = random.bits() % running.size();
    if (running[next]->step(api.gateway, random)) continue;
    std::swap(running[next], running.back());
    all.push_back(std::move(running.back()));
    running.pop_back();
    // Who is refused comes again, as clients do.
    if (all.back()->status == 403 && more-- > 0) running.push_back(std::make_unique<Caller>(random, model));
  }
  std::int64_t settled = model.said;
  for (const auto& caller : all) {
    if (caller->streams && caller->status == 200) settled += caller->prompt() + caller->received;
  }
  CHECK(api.gateway.running() == 0);
  return {settled, counters.sum, counters.most};
}

std::uint64_t schedules() {
  const char* const wanted = std::getenv("SLUICE_SCHEDULES");
  return wanted != nullptr ? std::strtoull(wanted, nullptr, 10) : 500;
}

}  // namespace

TEST_CASE("whatever the schedule, what is settled stays within a limit that reserves", "[policies][llm]") {
  constexpr std::size_t callers = 24;
  for (std::uint64_t seed = 1; seed <= schedules(); ++seed) {
    // Little and plenty: where there is plenty streams take some before they need it.
    const std::int64_t limit = seed % 4 == 0 ? 3'000'000 : 2'000;
    const Account account = run(seed, callers, limit);
    if (account.most > limit || account.settled != account.counted)
      FAIL("seed " << seed << ": settled " << account.settled << ", counted " << account.counted << ", at most "
                   << account.most);
  }
  SUCCEED();
}

TEST_CASE("thousands of callers use a limit that reserves to the last tokens", "[policies][llm]") {
  const auto [callers, limit] =
      GENERATE(std::pair<std::size_t, std::int64_t>{1'000, 60'000}, std::pair{3'000u, 200'000});
  const Account account = run(1, callers, limit, 20'000);
  CHECK(account.most <= limit);
  CHECK(account.settled == account.counted);
  CHECK(account.settled >= limit / 100 * 98);
}
