// SPDX-License-Identifier: Apache-2.0
// A handler's way to hold requests as long as the test wants.
#pragma once

#include "http/support.hpp"

#include <mutex>
#include <vector>

namespace sluice::http::test {

/// Holds requests until it is opened.
class Gate {
 public:
  Task<Response> hold(Request& request) {
    Completion<bool> opened;
    {
      std::lock_guard lock(mutex_);
      if (!is_open_)
        held_.push_back(&opened);
      else
        opened.complete(true);
    }
    co_await opened;
    co_return text_response(request, 200, "held");
  }
  void open() {
    std::vector<Completion<bool>*> held;
    {
      std::lock_guard lock(mutex_);
      is_open_ = true;
      held.swap(held_);
    }
    for (Completion<bool>* one : held) one->complete(true);
  }

 private:
  std::mutex mutex_;
  bool is_open_ = false;
  std::vector<Completion<bool>*> held_;
};

}  // namespace sluice::http::test
