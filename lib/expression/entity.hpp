// SPDX-License-Identifier: Apache-2.0
// Values of kind `entity`: what the gateway itself keeps (APIs, users, requests, URLs), pointed to as it is, so that
// looking at it makes nothing.
#pragma once

#include "expression/evaluation.hpp"

namespace sluice::expression {

// name, its type in expressions: what the value points to
#define SLUICE_ENTITIES(X)                                                                \
  X(request, "IRequest")                           /* nothing: the one of the context */  \
  X(response, "IResponse")                         /* Response */                         \
  X(request_body, "IMessageBody")                  /* Request */                          \
  X(response_body, "IMessageBody")                 /* Response */                         \
  X(headers, "IHeaders")                           /* Headers; nothing: the request's */  \
  X(variables, "IVariables")                       /* nothing: those of the context */    \
  X(matched_parameters, "IMatchedParameters")      /* nothing: those of the context */    \
  X(url, "IUrl")                                   /* Url */                              \
  X(query, "IQuery")                               /* Url */                              \
  X(api, "IApi")                                   /* Api */                              \
  X(key_names, "ISubscriptionKeyParameterNames")   /* SubscriptionKeyParameterNames */    \
  X(operation, "IOperation")                       /* Operation */                        \
  X(product, "IProduct")                           /* Product */                          \
  X(product_groups, "IEnumerable<IGroup>")         /* Product */                          \
  X(product_apis, "IEnumerable<IApi>")             /* Product */                          \
  X(subscription, "ISubscription")                 /* Subscription */                     \
  X(user, "IUser")                                 /* User */                             \
  X(user_groups, "IEnumerable<IGroup>")            /* User */                             \
  X(user_identities, "IEnumerable<IUserIdentity>") /* User */                             \
  X(identity, "IUserIdentity")                     /* UserIdentity */                     \
  X(group, "IGroup")                               /* Group */                            \
  X(deployment, "IDeployment")                     /* Deployment */                       \
  X(gateway, "IGateway")                           /* Deployment */                       \
  X(certificates, "ICertificates")                 /* Deployment */                       \
  X(sustainability, "ISustainabilityInfo")         /* Deployment */                       \
  X(backend, "IBackend")                           /* nothing: the one that was chosen */ \
  X(last_error, "ILastError")                      /* LastError */                        \
  X(workspace, "IWorkspace")                       /* nothing: that of the context */     \
  X(graphql, "IGraphQL")                           /* nothing: that of the context */     \
  X(foundry, "IFoundry")                           /* nothing: that of the context */

enum class Entity : std::uint16_t {
#define X(name, type) name,
  SLUICE_ENTITIES(X)
#undef X
};

inline Value entity_value(Entity kind, const void* target = nullptr) {
  return Value::entity(static_cast<std::uint16_t>(kind), target);
}
/// Null for nothing.
inline Value entity_or_null(Entity kind, const void* target) {
  return target == nullptr ? Value() : entity_value(kind, target);
}
inline bool is_entity(const Value& value, Entity kind) {
  return value.kind() == ValueKind::entity && value.extra() == static_cast<std::uint16_t>(kind);
}
/// What the call's first argument points to.
template <class Target>
const Target& target_of(const Call& call) {
  return *static_cast<const Target*>(call[0].data());
}

const Type* type_of_entity(const Value& entity);

/// Gives the next element of an entity that is a sequence and moves `position` behind it; false at the end.
using NextElement = bool (*)(Evaluation& run, const void* target, std::uint32_t& position, Value& item);
/// Null for entities that are no sequences.
NextElement elements_of(const Value& entity);

}  // namespace sluice::expression
