// SPDX-License-Identifier: Apache-2.0
// Limits with levels: one for the whole policy, and inside it some for named APIs and their operations. Each level is
// counted apart. Used by the policies that limit the calls of a subscription.
#pragma once

#include <sluice/policy.hpp>

#include "base/entity_lookup.hpp"
#include "base/text.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace sluice::parts {

inline constexpr AttributeSpec level_name_attribute = {.name = "name", .doc = "Display name of the API or operation."};
inline constexpr AttributeSpec level_id_attribute = {.name = "id", .doc = "Its id; wins over the name."};

/// The limit of one API or operation. `operations` is used for APIs alone.
template <class Limit>
struct Level {
  std::string name, id;
  Limit limit;
  std::vector<Level> operations;

  template <class Entity>
  bool matches(const Entity* entity) const {
    if (entity == nullptr) return false;
    return id.empty() ? name == entity->display_name : id == entity->id;
  }
};

template <class Limit>
struct Levels {
  /// A level that applies to a request; the ids are empty above it.
  struct Match {
    const Limit* limit;
    std::string_view api, operation;
  };

  Limit whole;
  std::vector<Level<Limit>> apis;
  Scope scope = Scope::product;

  std::vector<Match> matching(const RequestContext& context) const {
    std::vector<Match> found = {{&whole, {}, {}}};
    for (const Level<Limit>& api : apis) {
      if (!api.matches(context.api)) continue;
      found.push_back({&api.limit, context.api->id, {}});
      for (const Level<Limit>& operation : api.operations) {
        if (operation.matches(context.operation))
          found.push_back({&operation.limit, context.api->id, context.operation->id});
      }
    }
    return found;
  }

  /// The counter of a level for the request's subscription. The policies of different scopes count apart. What a
  /// subscription opens is in its workspace, whose ids need not be told apart once more.
  std::string key(std::string_view policy, const Match& match, const RequestContext& context) const {
    return counter_key(
        {policy, entity_key(*context.subscription), to_string(scope), scope_id(context), match.api, match.operation});
  }

 private:
  std::string_view scope_id(const RequestContext& context) const {
    if (scope == Scope::product && context.product != nullptr) return context.product->id;
    if (scope == Scope::api && context.api != nullptr) return context.api->id;
    if (scope == Scope::operation && context.operation != nullptr) return context.operation->id;
    return {};
  }
};

/// Compiles the policy's element and its <api> and <operation> children; `compile_limit(element, context)` reads one
/// level.
template <class Limit, class CompileLimit>
Levels<Limit> compile_levels(const PolicyElement& element, CompileContext& context, CompileLimit compile_limit) {
  Levels<Limit> levels{compile_limit(element, context), {}, context.scope()};
  const auto compile_level = [&](const PolicyElement& child) {
    Level<Limit> level{context.literal(child, "name"), context.literal(child, "id"), compile_limit(child, context), {}};
    if (level.name.empty() && level.id.empty()) {
      context.error(child, "SL2105", "<" + child.name + "> of <" + element.name + "> needs 'name' or 'id'");
    }
    return level;
  };
  for (const PolicyElement& api : element.children) {
    Level<Limit> level = compile_level(api);
    for (const PolicyElement& operation : api.children) level.operations.push_back(compile_level(operation));
    levels.apis.push_back(std::move(level));
  }
  return levels;
}

}  // namespace sluice::parts
