// SPDX-License-Identifier: Apache-2.0
#include "ai/request_cost.hpp"

#include "ai/completion_bound.hpp"
#include "ai/prompt_tokens.hpp"
#include "ai/request_prompt.hpp"

#include <algorithm>

namespace sluice::ai {
namespace {

struct KnownCost {
  explicit KnownCost(Arena&) {}
  bool is_known = false;
  std::uint32_t version = 0;  ///< Of the body that it was worked out for.
  std::int64_t tokens = 1;
};

}  // namespace

Task<Result<std::int64_t>> expected_tokens(RequestContext& context) {
  const Body& body = context.request.body;
  auto& known = context.state<KnownCost>();
  if (!body.is_bytes() || (known.is_known && known.version == body.version())) co_return known.tokens;
  const auto prompt = prompt_of(context);
  if (!prompt) co_return fail(prompt.error());
  known.is_known = true;
  known.version = body.version();
  known.tokens = 1;
  if (!(*prompt)->readable || (*prompt)->texts.empty()) co_return known.tokens;
  const Result<std::int64_t> of_prompt = co_await prompt_tokens(context);
  if (!of_prompt) co_return of_prompt;
  const auto bound = completion_bound_of(*(*prompt)->root, body.data(), context.request.url.path);
  const std::int64_t most = bound.tokens.value_or(expected_completion_tokens);
  const std::int64_t completion = bound.field.empty() ? 0 : std::min(most, expected_completion_tokens) * bound.choices;
  known.tokens = *of_prompt + completion;
  co_return known.tokens;
}

std::int64_t known_cost(RequestContext& context) { return context.state<KnownCost>().tokens; }

}  // namespace sluice::ai
