// SPDX-License-Identifier: Apache-2.0
#include "expression/entity.hpp"

#include "expression/library/context_objects.hpp"

#include <array>

namespace sluice::expression {

const Type* type_of_entity(const Value& entity) {
  static const std::array types{
#define X(name, type) read_type(type),
      SLUICE_ENTITIES(X)
#undef X
  };
  return types[entity.extra()];
}

NextElement elements_of(const Value& entity) {
  switch (static_cast<Entity>(entity.extra())) {
    case Entity::product_groups: return next_group_of_product;
    case Entity::product_apis: return next_api_of_product;
    case Entity::user_groups: return next_group_of_user;
    case Entity::user_identities: return next_identity_of_user;
    default: return nullptr;
  }
}

}  // namespace sluice::expression
