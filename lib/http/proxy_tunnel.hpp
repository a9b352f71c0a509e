// SPDX-License-Identifier: Apache-2.0
// What a proxy is asked and answers (pure): the request for a tunnel, and what its answer means. Source: RFC 9110
// sections 9.3.6 and 11.7.
#pragma once

#include <sluice/limits.hpp>
#include <sluice/transport.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace sluice::http {

/// Whether a request with a proxy goes through a tunnel, and is not sent to the proxy itself.
bool is_tunnelled(const OutgoingRequest& request);

/// Why a request cannot go by its proxy, whichever that is: its address is one that no request is sent to (S2; names
/// are resolved by the proxy), or it is for HTTP/2 without TLS. Empty: it can.
std::string_view why_not_by_proxy(const OutgoingRequest& request);

/// Appends the request for a tunnel to the host of `url`. False when something in it may not stand in a head (P7).
bool append_connect_head(std::string& to, const Url& url, const ForwardProxy& proxy);

/// Whether an answer is the proxy's own to a request that it should have passed on.
inline bool is_refused_by_proxy(const OutgoingRequest& request, int status) {
  constexpr int authentication_required = 407;
  return status == authentication_required && !is_tunnelled(request);
}
/// What a proxy's refusal with that head says, as a sentence.
std::string proxy_refusal(int status, std::string_view head, const HttpLimits& limits);

/// The answer to a request for a tunnel, as it comes.
class TunnelAnswer {
 public:
  explicit TunnelAnswer(const HttpLimits& limits) : limits_(limits) {}

  enum class State { incomplete, open, refused };
  /// Takes what has come. Not again after the answer is complete.
  State take(std::string_view bytes);
  /// Of `refused`: why, as a sentence.
  const std::string& problem() const { return problem_; }

 private:
  State refuse(std::string why);
  State judge(std::string_view head);

  const HttpLimits& limits_;
  std::string text_;
  std::size_t seen_ = 0;
  unsigned interim_ = 0;
  std::string problem_;
};

}  // namespace sluice::http
