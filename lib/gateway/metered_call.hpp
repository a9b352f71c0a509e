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
  MeteredCall(const BackendEntry* entry, RequestContext& context);
  void end(const Result<Response>& answer);

 private:
  struct Correct;

  const BackendEntry* entry_;
  RequestContext& context_;
  std::int64_t tokens_ = 1;
};

}  // namespace sluice
