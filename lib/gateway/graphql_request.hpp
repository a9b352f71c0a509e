// SPDX-License-Identifier: Apache-2.0
// A request to a GraphQL API with resolvers: what it asks for is checked, its fields are resolved, many at a time, and
// the answer is put together. Takes the place of a backend: policies see it as one.
//
//   body ─▶ document ─▶ valid? ─▶ operation, variables ─▶ execution ─▶ calls ─▶ … ─▶ context.response
//                                                            ▲   each in a context of its own   │
//                                                            └──────────────────────────────────┘
#pragma once

#include "gateway/graphql_api.hpp"

#include <sluice/context.hpp>
#include <sluice/outcome.hpp>
#include <sluice/services.hpp>

namespace sluice {

/// Makes the answer `context.response`; mistakes of the caller and fields that could not be resolved are told in it.
/// `options`: of what is passed on to the service URL. **Errors**: request_body_too_large; client_connection_failure or
/// cancelled, when nobody waits any more.
Task<Outcome> answer_graphql(const GraphqlApi& api, RequestContext& context, const ForwardOptions& options,
                             Cancellation& cancellation);

}  // namespace sluice
