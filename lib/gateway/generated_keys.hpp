// SPDX-License-Identifier: Apache-2.0
// GeneratedKeys: keys for subscriptions that have none. A subscription keeps its generated keys over reloads.
#pragma once

#include <sluice/gateway.hpp>

#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace sluice {

class GeneratedKeys {
 public:
  /// Gives both keys to every subscription without any.
  void fill_in(ServiceModel& model, Random& random);
  /// Forgets subscriptions that the model does not have, or that have keys of their own now.
  void keep_only(const ServiceModel& model);
  std::vector<Gateway::GeneratedKey> all() const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, Gateway::GeneratedKey> keys_;
};

}  // namespace sluice
