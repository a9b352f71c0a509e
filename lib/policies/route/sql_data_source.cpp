// SPDX-License-Identifier: Apache-2.0
// <sql-data-source>: would get the value of a GraphQL field from a database. Refused when it is compiled.
// The root of a resolver's document. What stands in it is not looked at: there is one thing to say about all of it.
// Source: API Management policy reference, sql-data-source.
#include <sluice/policy.hpp>

namespace sluice::policies {
namespace {

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  context.error(element, "SL2122",
                "<" + element.name +
                    "> is not carried out by this version: the gateway speaks HTTP to data sources, not the protocol "
                    "of a database",
                "put an HTTP interface in front of the database, and name it in <http-data-source>");
  return {};
}

}  // namespace

SLUICE_POLICY(sql_data_source){
    .elements = "sql-data-source",
    .scopes = Scopes::resolver,
    .allowed_in_fragments = false,
    .text = TextRule::markup,
    .compile = compile,
    .summary = "Gets the value of a GraphQL field from a SQL database.",
    .differs = "Refused when the document is compiled: the gateway speaks HTTP to data sources, not TDS."};

}  // namespace sluice::policies
