// SPDX-License-Identifier: Apache-2.0
#include "http/connection_count.hpp"

namespace sluice::http {

bool ConnectionCount::enter(const std::string& address) {
  std::lock_guard lock(mutex_);
  if (open_ >= most_) return false;
  const auto found = per_client_.find(address);
  if (found != per_client_.end() && found->second >= most_per_client_) return false;
  if (found != per_client_.end()) {
    ++found->second;
  } else {
    per_client_.emplace(address, 1);
  }
  ++open_;
  return true;
}

void ConnectionCount::leave(const std::string& address) {
  std::lock_guard lock(mutex_);
  const auto found = per_client_.find(address);
  if (found == per_client_.end()) return;
  if (--found->second == 0) per_client_.erase(found);
  --open_;
}

std::size_t ConnectionCount::open() const {
  std::lock_guard lock(mutex_);
  return open_;
}

}  // namespace sluice::http
