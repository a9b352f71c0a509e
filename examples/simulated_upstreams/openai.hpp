// SPDX-License-Identifier: Apache-2.0
// A simulated Azure OpenAI resource: chat completions (streamed or not) and embeddings in the real wire format, with
// limits of tokens and requests per minute for each deployment.
#pragma once

#include "upstream.hpp"

#include <sluice/memory_stores.hpp>

namespace sluice::simulated {

class OpenAi final : public Upstream {
 public:
  OpenAi(std::string name, Clock& clock) : Upstream(std::move(name), clock), counters_(clock) {}

 private:
  /// Settable over `/_control`.
  struct Settings {
    std::int64_t tokens_per_minute = 100'000;  ///< Of each deployment.
    std::int64_t requests_per_minute = 600;
    std::int64_t tokens_per_second = 200;  ///< Pace of a streamed completion; 0: at once.
    std::int64_t completion_tokens = 20;   ///< Length of an answer when the request does not bound it lower.
  };
  struct Call;

  Task<Response> serve(Request& request) override;
  bool set(std::string_view name, const JsonValue& value) override;
  void write_settings(JsonWriter& writer) override;

  Settings settings();
  Task<Response> chat(Request& request, const Call& call);
  Response embeddings(Request& request, const Call& call);
  /// Counts the call; an answer when it is over a limit.
  Task<std::optional<Response>> throttle(Request& request, const Call& call, std::int64_t tokens);
  void add_limit_headers(Response& response, const Call& call) const;

  Settings settings_;
  MemoryCounterStore counters_;
};

}  // namespace sluice::simulated
