// SPDX-License-Identifier: Apache-2.0
// Capacity: how much a deployment still takes. Pure: time is handed in.
//
// `payg`, as the quota of a pay-as-you-go deployment counts: tokens and requests in windows that start with their first
// request. A request counts its prompt and the completion that it may have; what it really took changes nothing.
//
// `ptu`, as reserved capacity counts: a bucket that leaks at the deployment's tokens a minute. A request is let in
// while utilisation is below 100 %; its prompt and the completion that it may have are poured in, and put right when
// it ends. Above 100 % all are refused until enough has leaked, and told when that is.
// Source: Azure OpenAI documentation, "Understanding rate limits" and "Provisioned throughput: utilization".
#pragma once

#include "deployment_settings.hpp"

#include <sluice/clock.hpp>

#include <cstdint>

namespace sluice::simulated {

class Capacity {
 public:
  using Duration = std::chrono::microseconds;
  struct Verdict {
    bool admitted = true;
    bool by_requests = false;  ///< Refused because of requests, not of tokens.
    Duration wait{0};          ///< When refused: until a request is let in again.
  };
  /// What the headers of an answer tell.
  struct State {
    double utilization = 0;  ///< 1: full. `ptu`
    std::int64_t token_limit = 0, request_limit = 0;
    std::int64_t tokens_left = 0, requests_left = 0;  ///< `payg`
    Duration reset{0};                                ///< Until the window ends. `payg`
  };

  Verdict admit(const DeploymentSettings& settings, std::int64_t tokens, SteadyTime now);
  /// Puts right what was admitted with `estimated` tokens and took `actual`.
  void settle(const DeploymentSettings& settings, std::int64_t estimated, std::int64_t actual, SteadyTime now);
  State state(const DeploymentSettings& settings, SteadyTime now);

 private:
  void leak(const DeploymentSettings& settings, SteadyTime now);
  void roll(SteadyTime now);

  double level_ = 0;  ///< Tokens in the bucket.
  SteadyTime leaked_at_{};
  SteadyTime window_end_{};
  std::int64_t tokens_ = 0, requests_ = 0;  ///< In the window.
};

}  // namespace sluice::simulated
