// SPDX-License-Identifier: Apache-2.0
// Compiled schemas that are in use, kept once: the operations of an API, and the pipelines of its products, share them.
#pragma once

#include "base/crypto.hpp"
#include "schema/bounds.hpp"

#include <sluice/limits.hpp>

#include <algorithm>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace sluice::schema {

/// A name for everything that a compiled schema depends on; empty when there is none to be had. A digest: texts are
/// long, and entries outlive their schemas.
inline std::string shared_key(std::initializer_list<std::string_view> parts, const SchemaLimits& limits) {
  std::string key =
      std::to_string(limits.bytes) + ' ' + std::to_string(limits.depth) + ' ' + std::to_string(limits.findings);
  for (std::string_view part : parts) key += '\n' + std::to_string(part.size()) + ' ' + std::string(part);
  return std::string(digest(HashAlgorithm::sha256, key).view());
}

/// Any thread.
template <class Compiled>
class Shared {
 public:
  static Shared& instance() {
    static Shared shared;
    return shared;
  }
  std::shared_ptr<const Compiled> find(const std::string& key) {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(key);
    return key.empty() || found == entries_.end() ? nullptr : found->second.lock();
  }
  void add(const std::string& key, const std::shared_ptr<const Compiled>& compiled) {
    if (key.empty()) return;
    const std::lock_guard lock(mutex_);
    if (entries_.size() >= sweep_at_) {
      std::erase_if(entries_, [](const auto& entry) { return entry.second.expired(); });
      sweep_at_ = std::max(least_sweep, 2 * entries_.size());
    }
    if (entries_.size() < kept_schemas) entries_.insert_or_assign(key, compiled);
  }

 private:
  static constexpr std::size_t least_sweep = kept_schemas / 10;
  std::mutex mutex_;
  std::unordered_map<std::string, std::weak_ptr<const Compiled>> entries_;
  std::size_t sweep_at_ = least_sweep;
};

}  // namespace sluice::schema
