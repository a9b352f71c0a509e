// SPDX-License-Identifier: Apache-2.0
// MeteredCall: a call that the backend's meter, if there is one, knows of: what it will take, that it has been
// answered, and what it took in the end.
#pragma once

#include <sluice/context.hpp>

#include "gateway/backend_table.hpp"

namespace sluice {

class MeteredCall {
 public:
  /// `entry`: null for URLs that no entity stands for.
  MeteredCall(const BackendEntry* entry, RequestContext& context)
      : entry_(entry != nullptr && entry->meter ? entry : nullptr), context_(context) {
    if (entry_ != nullptr) tell_begin();
  }
  void end(const Result<Response>& answer) {
    if (entry_ != nullptr) tell_end(answer);
  }

 private:
  struct Correct;
  void tell_begin();
  void tell_end(const Result<Response>& answer);

  const BackendEntry* entry_;
  RequestContext& context_;
  std::int64_t tokens_ = 1;
};

}  // namespace sluice
