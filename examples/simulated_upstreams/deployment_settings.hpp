// SPDX-License-Identifier: Apache-2.0
// What one deployment of a model is told to be: how much it can take, how fast it answers, and what it does wrong.
// Set as JSON, over `/_control`, from the settings file, or by a flag.
#pragma once

#include "base/json.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::simulated {

/// Each choice of an answer is bounded by it, whatever a request asks for.
inline constexpr std::int64_t max_completion_tokens = 20'000;
inline constexpr std::int64_t max_dimensions = 4096;

struct DeploymentSettings {
  std::string capacity = "payg";             ///< `payg`: windows; `ptu`: utilisation of reserved capacity.
  std::int64_t tokens_per_minute = 100'000;  ///< What it can take; of `ptu`: what it works off.
  std::int64_t requests_per_minute = 600;    ///< `payg` alone.
  std::int64_t window_ms = 60'000;   ///< `payg`: the limits count in it, in proportion. `ptu`: the burst it takes.
  std::int64_t probe_grace_ms = 10;  ///< After a 429, what was on its way for so long is no early probe.

  std::int64_t completion_tokens = 20;   ///< Of an answer that the request does not bound lower.
  std::int64_t reasoning_tokens = 0;     ///< In front of it, counted and not shown.
  std::int64_t cached_tokens = 0;        ///< Of each prompt, at most, that are told to come from the model's cache.
  std::int64_t tokens_per_second = 200;  ///< Pace of a stream; 0: at once.
  std::int64_t first_token_ms = 0;       ///< Before the first event of a stream, and before a whole answer.
  bool pace_whole = false;               ///< Whole answers take as long as their stream would.
  std::int64_t dimensions = 256;         ///< Of embeddings, when the request names none.
  std::string model;                     ///< Its name in answers; empty: the deployment's.

  std::int64_t cut_after_events = -1;    ///< The connection breaks behind so many events of a stream; negative: never.
  std::int64_t error_after_events = -1;  ///< In the place of that event of a stream comes an error, and the end.
  bool stall_first_token = false;        ///< A stream has a head, and never an event.
  bool reports_usage = true;             ///< False: answers tell no usage, even when they are asked.
  std::string api_key;                   ///< When set, requests without it get 401.

  /// Takes one member; false when there is none of that name or the value does not fit.
  bool set(std::string_view name, const JsonValue& value);
  void write(JsonWriter& writer) const;
};

}  // namespace sluice::simulated
