// SPDX-License-Identifier: Apache-2.0
// AiSettings: what the operator of an AI gateway decides beside the documents: how token limits are held, what
// backends can take, what models cost. Settings `ai` (docs/settings.md).
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace sluice {

/// When tokens are taken from a token limit.
enum class TokenLimitMode : std::uint8_t {
  documented,  ///< As API Management does: once the answer is known. Concurrent requests may go over.
  reservation  ///< Prompt and completion bound before the request is sent; what was not used is given back.
};

/// What one deployment can take in a minute. 0: not known; learned from its answers.
struct BackendCapacity {
  std::int64_t tokens_per_minute = 0;
  std::int64_t requests_per_minute = 0;
};

/// What a million tokens of a model cost, in the operator's currency.
struct ModelPrice {
  double prompt = 0;
  double cached_prompt = 0;  ///< Of the prompt, what the model's own cache had.
  double completion = 0;
};

struct AiSettings {
  TokenLimitMode token_limits = TokenLimitMode::documented;  ///< Where the policy does not say.
  /// A throttled request goes on to another member of its pool, when its body can be sent again.
  bool spill_throttled = true;
  /// Where a policy counts the tokens of a stream whose caller has not asked for its usage, the gateway asks, and takes
  /// out of the answer what the caller did not ask for.
  bool ask_usage = true;
  std::map<std::string, BackendCapacity> capacities;  ///< By backend id.
  std::map<std::string, ModelPrice> prices;           ///< By model; the longest name that a model's name begins with.
};

}  // namespace sluice
