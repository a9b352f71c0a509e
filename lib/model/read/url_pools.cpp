// SPDX-License-Identifier: Apache-2.0
// Pools whose members are URLs. A member is the backend that has that URL; when there is none, one is made, named
// after the pool and the URL's host, so that its breaker and its metrics keep their name over reloads. The pool's
// rule goes to every member that has no rule of its own.
#include "model/read/reading.hpp"

#include "base/entity_lookup.hpp"
#include "base/text.hpp"

#include <algorithm>

namespace sluice::model {
namespace {

/// Equal for URLs that mean the same place: scheme and host without case, no slash at the end, no default port.
std::string comparable(std::string_view url) {
  while (url.ends_with('/')) url.remove_suffix(1);
  const std::size_t scheme_end = url.find("://");
  if (scheme_end == std::string_view::npos) return std::string(url);
  const std::size_t host_end = std::min(url.find('/', scheme_end + 3), url.size());
  std::string origin = to_lower(url.substr(0, host_end));
  for (const auto& [scheme, port] : {std::pair<std::string_view, std::string_view>{"https://", ":443"},
                                     std::pair<std::string_view, std::string_view>{"http://", ":80"}}) {
    if (origin.starts_with(scheme) && origin.ends_with(port)) origin.resize(origin.size() - port.size());
  }
  return origin + std::string(url.substr(host_end));
}

Backend* find_by_url(ServiceModel& model, std::string_view workspace_id, std::string_view url) {
  const std::string wanted = comparable(url);
  for (Backend& backend : model.backends) {
    if (backend.workspace_id == workspace_id && !backend.is_pool() && !backend.url.empty() &&
        comparable(backend.url) == wanted)
      return &backend;
  }
  return nullptr;
}

/// `aoai-backend-pool.aoai-ptu-primary.openai.azure.com`
std::string member_id(const ServiceModel& model, const Backend& pool, std::string_view url) {
  const std::string place = comparable(url);
  const std::size_t scheme_end = place.find("://");
  std::string id = pool.id + '.' + place.substr(scheme_end == std::string::npos ? 0 : scheme_end + 3);
  for (char& c : id) {
    if (!is_alpha(c) && !is_digit(c) && c != '.' && c != '-') c = '-';
  }
  std::string free = id;
  for (int number = 2; find_entity(model.backends, pool.workspace_id, free) != nullptr; ++number)
    free = id + '-' + std::to_string(number);
  return free;
}

}  // namespace

void resolve_url_pools(Reading& reading) {
  ServiceModel& model = reading.model;
  for (const UrlPool& pool : reading.url_pools) {
    for (const UrlPool::Member& wanted : pool.members) {
      const std::string workspace_id = model.backends[pool.backend].workspace_id;
      Backend* backend = find_by_url(model, workspace_id, wanted.url);
      if (backend == nullptr) {
        Backend made;
        made.id = member_id(model, model.backends[pool.backend], wanted.url);
        made.workspace_id = workspace_id;
        made.url = wanted.url;
        made.file = model.backends[pool.backend].file;
        model.backends.push_back(std::move(made));
        backend = &model.backends.back();
      }
      if (!backend->circuit_breaker) backend->circuit_breaker = pool.circuit_breaker;
      PoolMember member;
      member.backend_id = backend->id;
      if (wanted.priority) member.priority = *wanted.priority;
      if (wanted.weight) member.weight = *wanted.weight;
      model.backends[pool.backend].pool.push_back(std::move(member));
    }
  }
}

}  // namespace sluice::model
