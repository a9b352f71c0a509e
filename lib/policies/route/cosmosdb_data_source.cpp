// SPDX-License-Identifier: Apache-2.0
// <cosmosdb-data-source>: would get the value of a GraphQL field from a database. Refused when it is compiled.
// The root of a resolver's document. What stands in it is not looked at: there is one thing to say about all of it.
// Source: API Management policy reference, cosmosdb-data-source.
#include <sluice/policy.hpp>

namespace sluice::policies {
namespace {

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  context.error(element, "SL2122",
                "<" + element.name + "> is not carried out by this version: the gateway has no client of Cosmos DB",
                "call its REST interface, or one of your own, with <http-data-source>");
  return {};
}

}  // namespace

SLUICE_POLICY(cosmosdb_data_source){
    .elements = "cosmosdb-data-source",
    .scopes = Scopes::resolver,
    .allowed_in_fragments = false,
    .text = TextRule::markup,
    .compile = compile,
    .summary = "Gets the value of a GraphQL field from a Cosmos DB container.",
    .differs = "Refused when the document is compiled: the gateway has no client of Cosmos DB."};

}  // namespace sluice::policies
