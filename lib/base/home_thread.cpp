// SPDX-License-Identifier: Apache-2.0
#include "base/home_thread.hpp"

namespace sluice {

HomeThread& home_thread() {
  thread_local HomeThread home;
  return home;
}

}  // namespace sluice
