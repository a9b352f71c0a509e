// SPDX-License-Identifier: Apache-2.0
// FabricPartition: what a cluster of Service Fabric says of one partition of a service, and the choice of an address
// among it. Source: Service Fabric client REST API 6.0, ResolvedServicePartition; policies.md, set-backend-service.
#pragma once

#include <sluice/error.hpp>
#include <sluice/random.hpp>

#include "base/fabric_choice.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

struct FabricListener {
  std::string name;  ///< Empty: the one without a name.
  std::string address;
};

/// Where one replica of a stateful service, or one instance of a stateless one, is.
struct FabricEndpoint {
  enum class Kind : std::uint8_t { stateless, primary, secondary };
  Kind kind = Kind::stateless;
  std::vector<FabricListener> listeners;
};

struct FabricPartition {
  std::vector<FabricEndpoint> endpoints;  ///< Those that listen somewhere.
  std::string version;                    ///< By which the cluster knows what it has said.
};

/// Reads a ResolvedServicePartition. **Errors**: backend_answer_invalid.
Result<FabricPartition> read_fabric_partition(std::string_view text);

/// The address, of http or https, of a replica and a listener as `choice` wants them; of several one by chance, and
/// `avoided` only when there is no other. Part of `partition`. **Errors**: backend_not_found, with what there is.
Result<std::string_view> choose_address(const FabricPartition& partition, const FabricChoice& choice,
                                        std::string_view avoided, Random& random);

}  // namespace sluice
