// SPDX-License-Identifier: Apache-2.0
#include "gateway/served_apis.hpp"

#include "base/entity_lookup.hpp"

#include <set>

namespace sluice {

std::vector<bool> served_apis(const ServiceModel& model, std::string_view gateway_id, Diagnostics& diagnostics) {
  if (model.gateways.empty() || equal_ignoring_case(gateway_id, managed_gateway_id)) return {};
  const SelfHostedGateway* gateway = find_entity(model.gateways, {}, gateway_id);
  if (gateway == nullptr) {
    std::string known;
    for (const SelfHostedGateway& one : model.gateways) known += (known.empty() ? "" : ", ") + one.id;
    Diagnostic finding;
    finding.code = "SL5005";
    finding.file = "settings";
    finding.message = "'deployment.gatewayId' is '" + std::string(gateway_id) + "', which is no gateway of the service";
    finding.hint = "its gateways are " + known + "; '" + std::string(managed_gateway_id) + "' serves every API";
    diagnostics.add(std::move(finding));
    return {};
  }
  std::set<std::string> linked;
  for (const std::string& id : gateway->api_ids) linked.insert(to_lower(id));
  std::vector<bool> served;
  for (const Api& api : model.apis) served.push_back(api.workspace_id.empty() && linked.contains(to_lower(api.id)));
  return served;
}

}  // namespace sluice
