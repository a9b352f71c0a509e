// SPDX-License-Identifier: Apache-2.0
// Host names to addresses that may be connected to (S2), on one worker. What has been looked up is kept for a while;
// a name is looked up once at a time, whoever else needs it waits for the same answer.
#pragma once

#include "http/name_cache.hpp"
#include "http/worker.hpp"

#include <sluice/error.hpp>
#include <sluice/limits.hpp>
#include <sluice/task.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::http {

/// `localhost` and the names below it are the loopback interface's, and no resolver is asked.
/// Source: RFC 6761 section 6.3.
bool is_loopback_name(std::string_view host);

/// Looks a name up; blocks. Without addresses: it failed.
using LookUp = std::function<std::vector<Address>(const std::string& name)>;
std::vector<Address> ask_system(const std::string& name);

class Resolver {
 public:
  static constexpr std::size_t most_look_ups = 256;  ///< Names that are looked up at the same time.

  /// `look_up` is called on threads of its own and outlives them.
  Resolver(Worker& worker, const HttpLimits& limits, const LookUp& look_up)
      : worker_(worker), look_up_(look_up), cache_(limits.name_cache_entries, limits.name_cache_time) {}

  /// The addresses of `host` in the order to try them. `is_metadata`: the
  /// request may go to the instance metadata service (OutgoingRequest::to_instance_metadata).
  /// **Errors**: backend_connection_failure: unknown, not in time, or none that is allowed; cancelled.
  Task<Result<std::vector<Endpoint>>> resolve(std::string_view host, std::uint16_t port, SteadyTime limit,
                                              Cancellation& cancellation, bool is_metadata = false);
  /// What became of a connection to one of them: it may come last for a while.
  void tried(std::string_view host, const Endpoint& endpoint, bool worked);

 private:
  class Wait;
  /// A look-up under way, with those who wait for it.
  struct Asked {
    std::vector<Wait*> waits;
  };
  using AskedRef = std::shared_ptr<Asked>;

  /// The look-up of this name that is under way, or a new one; null when there are too many.
  AskedRef ask(const std::string& name);
  void answered(const std::string& name, const std::vector<Address>& addresses);

  Worker& worker_;
  const LookUp& look_up_;
  NameCache cache_;
  std::map<std::string, AskedRef, std::less<>> asked_;
};

}  // namespace sluice::http
