// SPDX-License-Identifier: Apache-2.0
// FabricCluster: asks the management endpoints of a Service Fabric cluster where the partitions of its services are,
// and keeps what they say. One look-up at a time for each partition, whoever wants to know; one endpoint after the
// other, from the one that has answered last. Outlives reloads as long as the endpoints stay the same. Any thread.
// Source: Service Fabric client REST API 6.0, Resolve Service.
#pragma once

#include <sluice/clock.hpp>
#include <sluice/limits.hpp>
#include <sluice/telemetry.hpp>
#include <sluice/transport.hpp>

#include "base/fetched_once.hpp"
#include "base/kept_table.hpp"
#include "gateway/fabric_partition.hpp"
#include "gateway/origin_map.hpp"

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// What look-ups use of the world.
struct FabricDoors {
  Transport& transport;
  const OriginMap& origins;
  Clock& clock;
  Telemetry& telemetry;
};

class FabricCluster {
 public:
  using Answer = FetchedOnce<FabricPartition>::Answer;

  FabricCluster(std::vector<std::string> endpoints, const ServiceFabricLimits& limits);
  FabricCluster(const FabricCluster&) = delete;
  FabricCluster& operator=(const FabricCluster&) = delete;

  const std::vector<std::string>& endpoints() const { return endpoints_; }

  /// The partition of a service that a key lies in: a number means a range of numbers, another text a name, an empty
  /// one that there is one partition. `tls`: how the endpoints are spoken to; may be null. `outdated`: what the caller
  /// has been told before and does not believe any more; null: anything that is not too old will do. The same again
  /// when nobody knows better. **Errors**: policy_value_invalid for what is no name of a service, or too long;
  /// backend_not_found when the cluster has no such partition; backend_connection_failure and backend_answer_invalid
  /// when no endpoint answers; cancelled.
  Task<Answer> resolve(FabricDoors doors, std::string_view service, std::string_view partition_key,
                       const BackendTls* tls, std::shared_ptr<const FabricPartition> outdated,
                       Cancellation& cancellation);

  std::size_t kept() const { return partitions_.size(); }

 private:
  /// One look-up.
  struct Question {
    std::string path, query;
    std::string version;  ///< Of what is outdated; empty: none.
    const BackendTls* tls;
  };

  Move decide(const Knowledge<FabricPartition>& known, const FabricPartition* outdated, SteadyTime now) const;
  Task<Result<FabricPartition>> ask(const FabricDoors& doors, const Question& question, Cancellation& cancellation);
  Task<Result<FabricPartition>> ask_endpoint(const FabricDoors& doors, const std::string& endpoint,
                                             const Question& question, Cancellation& cancellation) const;

  const std::vector<std::string> endpoints_;
  const ServiceFabricLimits limits_;
  KeptTable<FetchedOnce<FabricPartition>> partitions_;
  std::atomic<std::size_t> first_{0};  ///< The endpoint that is asked first.
};

}  // namespace sluice
