// SPDX-License-Identifier: Apache-2.0
// GraphQL APIs of which fields have resolvers: the schema and the compiled documents. Immutable; part of a snapshot.
#pragma once

#include "graphql/execution.hpp"
#include "pipeline/pipeline.hpp"

#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace sluice {

class GraphqlSubscriptions;

struct GraphqlApi {
  std::shared_ptr<const graphql::Schema> schema;
  graphql::ResolverFields fields;                          ///< Of object types; those of interfaces stand for theirs.
  std::vector<std::shared_ptr<const StepList>> resolvers;  ///< By number.
  std::string key;      ///< Tells it from other APIs and revisions of the gateway, in every snapshot.
  std::string version;  ///< Differs when what callers of the API see may differ.
  GraphqlSubscriptions* subscriptions = nullptr;  ///< The gateway's.

  /// Subscribers may open WebSockets.
  bool takes_sockets() const { return schema->root(graphql::OperationKind::subscription) != nullptr; }
};

/// The APIs that have resolvers. Others are none of them: their requests go to the service URL as they are.
using GraphqlApis = std::map<const Api*, GraphqlApi>;

/// Compiles the resolvers of an API that has some; `subscriptions` is left to be set. Nothing after an error, which is
/// in `diagnostics`.
std::optional<GraphqlApi> make_graphql_api(const Api& api, DocumentSet& documents, const ConstantRoots& roots,
                                           Diagnostics& diagnostics);

}  // namespace sluice
