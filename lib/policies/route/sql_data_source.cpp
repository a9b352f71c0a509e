// SPDX-License-Identifier: Apache-2.0
// <sql-data-source>: would get the value of a GraphQL field from a database. Refused when it is compiled.
// The root of a resolver's document.
// Source: API Management policy reference, sql-data-source.
#include <sluice/policy.hpp>

namespace sluice::policies {
namespace {

constexpr AttributeSpec identity_attributes[] = {{.name = "use-managed-identity",
                                                  .type = ValueType::boolean,
                                                  .expressions = true,
                                                  .fallback = "false",
                                                  .doc = "Whether the gateway's identity logs in."}};
constexpr ElementSpec connection_children[] = {{.name = "connection-string",
                                                .occurs = Occurs::once,
                                                .text = TextRule::expression,
                                                .attributes = identity_attributes,
                                                .doc = "The database."}};
constexpr AttributeSpec request_attributes[] = {{.name = "single-result",
                                                 .type = ValueType::boolean,
                                                 .expressions = true,
                                                 .fallback = "false",
                                                 .doc = "Whether there is one row at most."}};
constexpr AttributeSpec parameter_attributes[] = {
    {.name = "name", .required = true, .doc = "Name in the statement."},
    {.name = "sql-type", .doc = "Type of the database."},
    {.name = "template", .one_of = "liquid", .doc = "Language of the value."}};
constexpr AttributeSpec text_attributes[] = {
    {.name = "template", .one_of = "liquid", .doc = "Language of the statement."}};
constexpr ElementSpec parameters[] = {{.name = "parameter",
                                       .occurs = Occurs::many,
                                       .text = TextRule::expression,
                                       .attributes = parameter_attributes,
                                       .doc = "A value in the statement."}};
constexpr ElementSpec request_children[] = {{.name = "sql-statement",
                                             .occurs = Occurs::once,
                                             .text = TextRule::expression,
                                             .attributes = text_attributes,
                                             .doc = "What is asked."},
                                            {.name = "parameters", .children = parameters, .doc = "Its values."}};
constexpr ElementSpec children[] = {
    {.name = "connection-info",
     .occurs = Occurs::once,
     .children = connection_children,
     .policies_of = "include-fragment authentication-certificate",
     .doc = "The connection."},
    {.name = "request",
     .occurs = Occurs::once,
     .attributes = request_attributes,
     .children = request_children,
     .policies_of = "include-fragment set-body",
     .doc = "The statement."},
    {.name = "response", .policies_of = "include-fragment set-body publish-event", .doc = "What is made of the rows."}};

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  context.error(element, "SL2122",
                "<" + element.name +
                    "> is not carried out by this version: the gateway speaks HTTP to data sources, "
                    "not the protocol of a database",
                "put an HTTP interface in front of the database, and name it in <http-data-source>");
  return {};
}

}  // namespace

SLUICE_POLICY(sql_data_source){
    .elements = "sql-data-source",
    .scopes = Scopes::resolver,
    .allowed_in_fragments = false,
    .children = children,
    .compile = compile,
    .summary = "Gets the value of a GraphQL field from a SQL database.",
    .differs = "Refused when the document is compiled: the gateway speaks HTTP to data sources, not TDS."};

}  // namespace sluice::policies
