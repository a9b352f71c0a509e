// SPDX-License-Identifier: Apache-2.0
// KeptTable: a bounded number of things by name; the one that was asked for least recently leaves first. Any thread.
#pragma once

#include <cstddef>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace sluice {

template <class T>
class KeptTable {
 public:
  explicit KeptTable(std::size_t most) : most_(most > 0 ? most : 1) {}

  /// The one of that name, made when there is none. Who holds one that has left goes on with it.
  std::shared_ptr<T> find(std::string_view name) {
    std::lock_guard lock(mutex_);
    if (const auto found = by_name_.find(name); found != by_name_.end()) {
      order_.splice(order_.begin(), order_, found->second);
      return found->second->second;
    }
    if (by_name_.size() >= most_) {
      by_name_.erase(order_.back().first);
      order_.pop_back();
    }
    order_.emplace_front(std::string(name), std::make_shared<T>());
    by_name_.emplace(order_.front().first, order_.begin());
    return order_.front().second;
  }

  std::size_t size() const {
    std::lock_guard lock(mutex_);
    return by_name_.size();
  }

 private:
  using Order = std::list<std::pair<std::string, std::shared_ptr<T>>>;

  const std::size_t most_;
  mutable std::mutex mutex_;
  Order order_;  ///< The most recent first.
  std::map<std::string_view, typename Order::iterator> by_name_;
};

}  // namespace sluice
