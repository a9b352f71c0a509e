// SPDX-License-Identifier: Apache-2.0
// A counter store of the host's own: here one that forwards to the memory store and tells what it is asked.
#include <sluice/gateway.hpp>
#include <sluice/memory_stores.hpp>

#include <iostream>

using namespace sluice;

namespace {

class TellingStore final : public CounterStore {
 public:
  explicit TellingStore(Clock& clock) : store_(clock) {}
  Task<Result<CounterState>> reserve(std::string_view key, const CounterRule& rule, std::int64_t amount) override {
    Result<CounterState> state = co_await store_.reserve(key, rule, amount);
    if (state) std::cout << (state->admitted ? "admitted" : "refused") << ", " << state->remaining << " left\n";
    co_return state;
  }
  Task<Result<CounterState>> settle(std::string_view key, const CounterRule& rule, std::int64_t amount) override {
    return store_.settle(key, rule, amount);
  }
  Task<Result<CounterState>> peek(std::string_view key, const CounterRule& rule) override {
    return store_.peek(key, rule);
  }

 private:
  MemoryCounterStore store_;
};

}  // namespace

int main() {
  SystemClock clock;
  TellingStore counters(clock);
  Gateway gateway({.clock = &clock, .counters = &counters});
  Api api{.id = "hello", .path = "hello", .subscription_required = false};
  api.operations.push_back({.id = "get", .method = "GET", .url_template = "/"});
  api.policy = PolicySource{
      "<policies><inbound><rate-limit-by-key calls=\"2\" renewal-period=\"60\" "
      "counter-key=\"everyone\" /></inbound><backend /></policies>",
      "hello.xml"};
  for (const auto& finding : gateway.load({.apis = {api}})) std::cerr << render_text(finding);

  int last_status = 0;
  for (int call = 0; call < 3; ++call) {
    Request request;
    if (!request.set_url("https://gateway.example/hello/")) return 1;
    last_status = gateway.handle_and_wait(request).status;
    std::cout << last_status << '\n';
  }
  return last_status == 429 ? 0 : 1;
}
