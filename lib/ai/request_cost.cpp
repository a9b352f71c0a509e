// SPDX-License-Identifier: Apache-2.0
#include "ai/request_cost.hpp"

#include "ai/completion_bound.hpp"
#include "ai/request_prompt.hpp"

#include <algorithm>

namespace sluice::ai {
namespace {

struct KnownCost {
  explicit KnownCost(Arena&) {}
  std::int64_t tokens = 0;
  std::uint32_t version = 0;  ///< Of the body that it was worked out for.
};

}  // namespace

Result<std::int64_t> expected_tokens(RequestContext& context) {
  const Body& body = context.request.body;
  if (!body.is_bytes()) return 1;
  auto& known = context.state<KnownCost>();
  if (known.tokens > 0 && known.version == body.version()) return known.tokens;
  const auto prompt = prompt_of(context);
  if (!prompt) return fail(prompt.error());
  known.version = body.version();
  known.tokens = 1;
  if (!(*prompt)->readable || (*prompt)->texts.empty()) return known.tokens;
  const auto bound = completion_bound_of(body.data(), context.request.url.path);
  const std::int64_t most = bound.tokens.value_or(expected_completion_tokens);
  const std::int64_t completion = bound.field.empty() ? 0 : std::min(most, expected_completion_tokens) * bound.choices;
  known.tokens = estimate_prompt_tokens(**prompt, body.data()) + completion;
  return known.tokens;
}

}  // namespace sluice::ai
