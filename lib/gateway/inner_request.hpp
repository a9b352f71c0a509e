// SPDX-License-Identifier: Apache-2.0
// InnerRequest: a request that is a part of another one: a call of a GraphQL resolver, with a context, an arena and an
// answer of its own. Several of one request run side by side.
#pragma once

#include "gateway/graphql_api.hpp"

#include <sluice/context.hpp>

#include <string_view>

namespace sluice {

class InnerRequest {
 public:
  /// Knows what `outer` knows: entities, caller, variables. What it changes of them stays its own. `outer` outlives it.
  explicit InnerRequest(RequestContext& outer);
  InnerRequest(const InnerRequest&) = delete;
  InnerRequest& operator=(const InnerRequest&) = delete;

  /// A resolver's: the caller's method and fields to be read, arguments and parent as a JSON body.
  void begin_resolver(const graphql::Call& call);
  /// To the service that the outer request is for.
  void begin_passed_on(const RequestContext& outer, const graphql::Call& call);

 private:
  Request request_;  // Before the context, which is in its arena.

 public:
  RequestContext context;

 private:
  void put_json(std::string_view json);
};

}  // namespace sluice
