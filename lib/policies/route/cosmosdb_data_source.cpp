// SPDX-License-Identifier: Apache-2.0
// <cosmosdb-data-source>: would get the value of a GraphQL field from a database. Refused when it is compiled.
// The root of a resolver's document.
// Source: API Management policy reference, cosmosdb-data-source.
#include <sluice/policy.hpp>

namespace sluice::policies {
namespace {

constexpr AttributeSpec template_attribute = {
    .name = "template", .one_of = "liquid none", .fallback = "none", .doc = "Language of the content."};
constexpr AttributeSpec template_attributes[] = {template_attribute};
constexpr AttributeSpec identity_attributes[] = {{.name = "use-managed-identity",
                                                  .type = ValueType::boolean,
                                                  .fallback = "false",
                                                  .doc = "Whether the gateway's identity logs in."}};
constexpr ElementSpec connection_children[] = {
    {.name = "connection-string",
     .occurs = Occurs::once,
     .text = TextRule::expression,
     .attributes = identity_attributes,
     .doc = "The account."},
    {.name = "database-name", .occurs = Occurs::once, .text = TextRule::expression, .doc = "The database."},
    {.name = "container-name", .occurs = Occurs::once, .text = TextRule::expression, .doc = "The container."}};

constexpr AttributeSpec key_attributes[] = {
    {.name = "data-type", .one_of = "string number bool none null", .fallback = "string", .doc = "Type of the key."},
    template_attribute};
constexpr ElementSpec partition_key = {
    .name = "partition-key", .text = TextRule::expression, .attributes = key_attributes, .doc = "The partition."};
constexpr ElementSpec item_id = {.name = "id",
                                 .occurs = Occurs::once,
                                 .text = TextRule::expression,
                                 .attributes = template_attributes,
                                 .doc = "The item."};
constexpr AttributeSpec consistency = {.name = "consistency-level", .doc = "Consistency of the account."};
constexpr AttributeSpec pre_trigger = {.name = "pre-trigger", .doc = "A function that runs before it."};
constexpr AttributeSpec post_trigger = {.name = "post-trigger", .doc = "A function that runs after it."};
constexpr AttributeSpec etag_attributes[] = {
    {.name = "type", .one_of = "match no-match", .doc = "What the tag must do."}, template_attribute};
constexpr ElementSpec etag = {
    .name = "etag", .text = TextRule::expression, .attributes = etag_attributes, .doc = "State of the item."};

constexpr AttributeSpec query_attributes[] = {
    {.name = "enable-low-precision-order-by", .type = ValueType::boolean, .doc = "Order with less precision."}};
constexpr AttributeSpec parameter_attributes[] = {{.name = "name", .required = true, .doc = "Name in the statement."},
                                                  template_attribute};
constexpr ElementSpec parameters[] = {{.name = "parameter",
                                       .occurs = Occurs::many,
                                       .text = TextRule::expression,
                                       .attributes = parameter_attributes,
                                       .doc = "A value in the statement."}};
constexpr ElementSpec paging[] = {{.name = "max-item-count",
                                   .occurs = Occurs::once,
                                   .text = TextRule::expression,
                                   .attributes = template_attributes,
                                   .doc = "Items of a page."},
                                  {.name = "continuation-token",
                                   .occurs = Occurs::once,
                                   .text = TextRule::expression,
                                   .attributes = template_attributes,
                                   .doc = "Where it begins."}};
constexpr ElementSpec query_children[] = {
    {.name = "sql-statement", .text = TextRule::expression, .doc = "What is asked."},
    {.name = "parameters", .children = parameters, .doc = "Its values."},
    partition_key,
    {.name = "paging", .children = paging, .doc = "Page by page."}};
constexpr ElementSpec read_children[] = {item_id, partition_key};
constexpr AttributeSpec delete_attributes[] = {consistency, pre_trigger, post_trigger};
constexpr ElementSpec delete_children[] = {item_id, partition_key, etag};
constexpr AttributeSpec write_attributes[] = {
    {.name = "type", .one_of = "insert replace upsert", .fallback = "upsert", .doc = "What is done."},
    consistency,
    {.name = "indexing-directive", .fallback = "default", .doc = "Whether it is indexed."},
    pre_trigger,
    post_trigger};
constexpr ElementSpec write_children[] = {
    {.name = "id", .text = TextRule::expression, .attributes = template_attributes, .doc = "The item."},
    etag,
    partition_key};

constexpr ElementSpec children[] = {
    {.name = "connection-info", .occurs = Occurs::once, .children = connection_children, .doc = "The connection."},
    {.name = "query-request", .attributes = query_attributes, .children = query_children, .doc = "Asks for items."},
    {.name = "read-request", .children = read_children, .doc = "Reads one item."},
    {.name = "delete-request", .attributes = delete_attributes, .children = delete_children, .doc = "Deletes one."},
    {.name = "write-request",
     .attributes = write_attributes,
     .children = write_children,
     .policies_of = "set-body",
     .doc = "Writes one."},
    {.name = "response", .policies_of = "set-body publish-event", .doc = "What is made of the answer."}};

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
    .children = children,
    .compile = compile,
    .summary = "Gets the value of a GraphQL field from a Cosmos DB container.",
    .differs = "Refused when the document is compiled: the gateway has no client of Cosmos DB."};

}  // namespace sluice::policies
