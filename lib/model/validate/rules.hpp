// SPDX-License-Identifier: Apache-2.0
// The rules of `validate_model`: one rule, one file of the same name. All of them always run.
#pragma once

#include <sluice/diagnostic.hpp>
#include <sluice/model.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace sluice::model {

using Rule = void (*)(const ServiceModel& model, Diagnostics& diagnostics);

void check_api_paths(const ServiceModel& model, Diagnostics& diagnostics);
void check_backend_credentials(const ServiceModel& model, Diagnostics& diagnostics);
void check_backend_proxies(const ServiceModel& model, Diagnostics& diagnostics);
void check_diagnostics(const ServiceModel& model, Diagnostics& diagnostics);
void check_gateway_apis(const ServiceModel& model, Diagnostics& diagnostics);
void check_ids(const ServiceModel& model, Diagnostics& diagnostics);
void check_logger_credentials(const ServiceModel& model, Diagnostics& diagnostics);
void check_named_value_names(const ServiceModel& model, Diagnostics& diagnostics);
void check_open_products(const ServiceModel& model, Diagnostics& diagnostics);
void check_operations(const ServiceModel& model, Diagnostics& diagnostics);
void check_pool_members(const ServiceModel& model, Diagnostics& diagnostics);
void check_product_apis(const ServiceModel& model, Diagnostics& diagnostics);
void check_subscription_keys(const ServiceModel& model, Diagnostics& diagnostics);
void check_subscription_scopes(const ServiceModel& model, Diagnostics& diagnostics);
void check_tags(const ServiceModel& model, Diagnostics& diagnostics);
void check_urls(const ServiceModel& model, Diagnostics& diagnostics);
void check_version_sets(const ServiceModel& model, Diagnostics& diagnostics);
void check_workspaces(const ServiceModel& model, Diagnostics& diagnostics);

/// `did you mean 'x'?` for the id nearest to `wanted`, or nothing.
std::string nearest_id_hint(std::string_view wanted, const std::vector<std::string_view>& ids);

}  // namespace sluice::model
