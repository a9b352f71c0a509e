// SPDX-License-Identifier: Apache-2.0
// The memory counter store: one decision of a rate limit.
#include "bench.hpp"

#include <sluice/memory_stores.hpp>

#include <memory>

namespace sluice::bench {

void add_counter_stages(Bench& bench) {
  struct State {
    SystemClock clock;
    MemoryCounterStore store{clock};
    std::vector<std::string> keys;
    std::size_t next = 0;
  };
  const auto state = std::make_shared<State>();
  for (int i = 0; i < 1000; ++i) state->keys.push_back(counter_key({"rate", std::to_string(i)}));
  const auto add = [&](const char* name, const char* what, WindowKind kind) {
    const CounterRule rule{kind, 1'000'000'000, std::chrono::seconds(60), {}};
    bench.add(name, what, [state, rule] {
      keep(state->store.reserve(state->keys[state->next++ % state->keys.size()], rule, 1).take()->remaining);
    });
  };
  add("counter.reserve.sliding", "one reserve among 1,000 keys, sliding window", WindowKind::sliding);
  add("counter.reserve.token_bucket", "one reserve among 1,000 keys, token bucket", WindowKind::token_bucket);
  add("counter.reserve.fixed", "one reserve among 1,000 keys, fixed window", WindowKind::fixed);
}

}  // namespace sluice::bench
