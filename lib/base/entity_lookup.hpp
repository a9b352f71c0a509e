// SPDX-License-Identifier: Apache-2.0
// How entities are found and told apart: by the workspace they are in and their id, both compared without case. What
// keys of maps, counters and metrics are made of is `entity_key`: two workspaces may use one id.
#pragma once

#include <sluice/arena.hpp>

#include "base/text.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace sluice {

/// The workspace of an entity; empty: the service itself. Users are the service's.
template <class Entity>
std::string_view workspace_of(const Entity& entity) {
  if constexpr (requires { entity.workspace_id; }) {
    return entity.workspace_id;
  } else {
    return {};
  }
}

/// `workspace/id`; for entities of the service itself the id. No id holds a slash (a rule of the model).
inline std::string entity_key(std::string_view workspace_id, std::string_view id) {
  std::string key(workspace_id);
  if (!key.empty()) key += '/';
  return key += id;
}
template <class Entity>
std::string entity_key(const Entity& entity) {
  return entity_key(workspace_of(entity), entity.id);
}

/// In the arena, or the entity's own id.
inline std::string_view entity_key(std::string_view workspace_id, std::string_view id, Arena& arena) {
  return workspace_id.empty() ? id : arena.concat({workspace_id, "/", id});
}
template <class Entity>
std::string_view entity_key(const Entity& entity, Arena& arena) {
  return entity_key(workspace_of(entity), entity.id, arena);
}

/// The keys of a list that outlives this object and does not change: of each entity always the same text.
template <class Entity>
class EntityKeys {
 public:
  explicit EntityKeys(const std::vector<Entity>& entities) {
    for (const Entity& entity : entities) {
      if (!entity.workspace_id.empty()) keys_.emplace(&entity, entity_key(entity));
    }
  }

  /// Of an entity of the list; empty for null.
  std::string_view of(const Entity* entity) const {
    if (entity == nullptr) return {};
    return entity->workspace_id.empty() ? std::string_view(entity->id) : keys_.find(entity)->second;
  }

 private:
  std::unordered_map<const Entity*, std::string> keys_;  ///< Without those whose key is their id.
};

/// The parts of a key.
struct EntityName {
  std::string_view workspace_id, id;
};
inline EntityName name_of_key(std::string_view key) {
  const std::size_t slash = key.find('/');
  return slash == std::string_view::npos ? EntityName{{}, key}
                                         : EntityName{key.substr(0, slash), key.substr(slash + 1)};
}

/// The first entity of that workspace and id; null: there is none. For lists that are long or asked often, an
/// EntityIndex.
template <class Entity>
const Entity* find_entity(const std::vector<Entity>& entities, std::string_view workspace_id, std::string_view id) {
  for (const Entity& entity : entities) {
    if (equal_ignoring_case(entity.id, id) && equal_ignoring_case(workspace_of(entity), workspace_id)) return &entity;
  }
  return nullptr;
}
/// The same by `entity_key`.
template <class Entity>
const Entity* find_entity(const std::vector<Entity>& entities, std::string_view key) {
  const EntityName name = name_of_key(key);
  return find_entity(entities, name.workspace_id, name.id);
}

/// Ids of one workspace's entities, for hints.
template <class Entity>
std::vector<std::string_view> ids_in(const std::vector<Entity>& entities, std::string_view workspace_id) {
  std::vector<std::string_view> ids;
  for (const Entity& entity : entities) {
    if (equal_ignoring_case(workspace_of(entity), workspace_id)) ids.push_back(entity.id);
  }
  return ids;
}

/// Positions in a list of entities. Of several with one id (revisions of an API) the first counts.
class EntityIndex {
 public:
  static constexpr std::uint32_t none = UINT32_MAX;

  template <class Entity>
  explicit EntityIndex(const std::vector<Entity>& entities) {
    positions_.reserve(entities.size());
    for (std::uint32_t i = 0; i < entities.size(); ++i) positions_.try_emplace(to_lower(entity_key(entities[i])), i);
  }

  std::uint32_t find(std::string_view workspace_id, std::string_view id) const {
    const auto found = positions_.find(to_lower(entity_key(workspace_id, id)));
    return found != positions_.end() ? found->second : none;
  }
  bool contains(std::string_view workspace_id, std::string_view id) const { return find(workspace_id, id) != none; }

 private:
  std::unordered_map<std::string, std::uint32_t> positions_;
};

}  // namespace sluice
