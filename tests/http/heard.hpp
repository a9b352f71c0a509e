// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/support.hpp"

#include <optional>
#include <utility>

namespace sluice::http::test {

/// What another thread has met, for the test's own thread to look at: assertions belong there.
template <class What>
class Heard {
 public:
  void tell(What what) {
    what_ = std::move(what);
    told_.set();
  }
  /// Nothing when it has not come within `patience`.
  std::optional<What> wait() { return told_.wait() ? std::optional(what_) : std::nullopt; }

 private:
  Signal told_;
  What what_{};
};

}  // namespace sluice::http::test
