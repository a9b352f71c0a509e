// SPDX-License-Identifier: Apache-2.0
// What one request has done with backends so far, and what its next forwarding may use; kept in its context. The
// policies that forward and choose how, and the gateway, share it.
#pragma once

#include <sluice/transport.hpp>

#include <chrono>

namespace sluice {

struct FabricChoice;

/// What policies have chosen for the requests that are forwarded. Null: nothing.
struct ForwardingChoices {
  const BackendTls* identity = nullptr;  ///< Certificate and key that backends are shown.
  const ForwardProxy* proxy = nullptr;
};

/// Whoever is asked before a request is forwarded once more by a policy. Lives as long as the request.
class Readmission {
 public:
  virtual ~Readmission() = default;
  /// **Errors**: any; the request is not forwarded then.
  virtual Task<Result<void>> readmit() = 0;

 private:
  friend struct ForwardingState;
  Readmission* next_ = nullptr;
};

struct ForwardingState {
  explicit ForwardingState(Arena&) {}
  unsigned attempts = 0;
  bool is_inner = false;      ///< A part of another request (a GraphQL resolver's): goes to its target at once.
  bool body_is_gone = false;  ///< The request's body was streamed to a backend and cannot be sent again.
  std::chrono::microseconds waited{0};
  ForwardingChoices* choices = nullptr;  ///< In the arena; most requests have none.
  const FabricChoice* fabric = nullptr;  ///< Likewise: of the backend that was chosen last of those that are clusters.
  Body caller_bytes;                     ///< Of a WebSocket handshake that no backend has agreed to yet.
  Body backend_bytes;                    ///< Of the answer that agreed: no policy has to do with it.

  /// The attempt that has begun is not the first, and somebody is to be asked.
  bool wants_readmission() const { return attempts > 1 && readmissions_ != nullptr; }
  void add(Readmission& readmission) {
    readmission.next_ = readmissions_;
    readmissions_ = &readmission;
  }
  /// Asks all.
  Task<Result<void>> readmit() const {
    for (Readmission* one = readmissions_; one != nullptr; one = one->next_) {
      Result<void> readmitted = co_await one->readmit();
      if (!readmitted) co_return readmitted;
    }
    co_return Result<void>();
  }

  ForwardingChoices& choose(Arena& arena) {
    if (choices == nullptr) choices = arena.make<ForwardingChoices>();
    return *choices;
  }

 private:
  Readmission* readmissions_ = nullptr;
};

}  // namespace sluice
