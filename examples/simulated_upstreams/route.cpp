// SPDX-License-Identifier: Apache-2.0
#include "route.hpp"

#include <utility>

namespace sluice::simulated {
namespace {

constexpr std::string_view deployments = "/deployments/";

Dialect dialect_of(std::string_view path) {
  if (path.find(deployments) != std::string_view::npos || path.starts_with("/openai/")) return Dialect::azure;
  if (path.ends_with("/v1/messages")) return Dialect::anthropic;
  return path.starts_with("/v1/") ? Dialect::openai : Dialect::inference;
}

}  // namespace

Route route_of(std::string_view path) {
  constexpr std::pair<std::string_view, Endpoint> ends[] = {
      {"/chat/completions", Endpoint::chat}, {"/completions", Endpoint::completions},
      {"/embeddings", Endpoint::embeddings}, {"/responses", Endpoint::responses},
      {"/v1/messages", Endpoint::messages},  {"/v1/models", Endpoint::models},
      {"/openai/models", Endpoint::models},  {"/info", Endpoint::info}};
  Route route{dialect_of(path), Endpoint::none, {}, {}};
  for (const std::string_view kept : {"/assistants", "/threads"}) {
    const std::size_t at = path.find(kept);
    if (at == std::string_view::npos) continue;
    route.endpoint = Endpoint::assistants;
    route.rest = path.substr(at + 1);
    return route;
  }
  for (const auto& [end, endpoint] : ends) {
    if (!path.ends_with(end)) continue;
    route.endpoint = endpoint;
    break;
  }
  if (const std::size_t at = path.find(deployments); at != std::string_view::npos) {
    const std::string_view rest = path.substr(at + deployments.size());
    route.deployment = rest.substr(0, rest.find('/'));
  }
  return route;
}

}  // namespace sluice::simulated
