// SPDX-License-Identifier: Apache-2.0
// A service with one API of one operation, for tests of the gateway.
#pragma once

#include <sluice/model.hpp>

#include <string>

namespace sluice::test {

inline PolicySource document(std::string text) { return {std::move(text), "policy.xml", PolicyFormat::rawxml}; }

/// API `shop` at `/shop`, operation `all` for every GET path, backend `http://backend.test`, no key wanted.
inline ServiceModel one_service(std::string operation_policy = {}) {
  ServiceModel model;
  Api api;
  api.id = "shop";
  api.display_name = "Shop";
  api.path = "shop";
  api.service_url = "http://backend.test";
  api.subscription_required = false;
  Operation operation;
  operation.id = "all";
  operation.display_name = "All";
  operation.method = "GET";
  operation.url_template = "/*";
  if (!operation_policy.empty()) operation.policy = document(std::move(operation_policy));
  api.operations.push_back(std::move(operation));
  model.apis.push_back(std::move(api));
  return model;
}

inline std::string inbound(const std::string& policies) {
  return "<policies><inbound><base />" + policies + "</inbound></policies>";
}

}  // namespace sluice::test
