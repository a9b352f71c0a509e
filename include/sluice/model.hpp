// SPDX-License-Identifier: Apache-2.0
// The entities of an API Management service as plain structs, with the field names of their ARM resources.
// A folder in APIOps layout is read into a `ServiceModel` (`load_artifacts`); an embedding program may fill one itself.
#pragma once

#include <sluice/diagnostic.hpp>
#include <sluice/message.hpp>
#include <tl/expected.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sluice {

/// How the text of a policy document is to be read: expressions verbatim, or as well-formed XML.
enum class PolicyFormat : std::uint8_t { rawxml, xml };

/// The text of a policy document or fragment and the file it came from.
struct PolicySource {
  std::string text;
  std::string file;
  PolicyFormat format = PolicyFormat::rawxml;
};

struct NamedValue {
  std::string id;
  std::string workspace_id;  ///< Empty: the service itself.
  std::string display_name;  ///< What `{{...}}` refers to.
  std::string value;
  bool secret = false;
  std::string file;
};

struct PolicyFragment {
  std::string id;
  std::string workspace_id;  ///< Empty: the service itself.
  std::string description;
  PolicySource policy;
};

/// An example body of an operation's request or answer.
struct RepresentationExample {
  std::string name;
  std::string value;
};
struct Representation {
  std::string content_type;
  std::string schema_id;
  std::string schema;  ///< JSON Schema text, references resolved within the specification; empty when unknown.
  std::vector<RepresentationExample> examples;
};
struct Parameter {
  std::string name;
  std::string type;
  bool required = false;
  std::string default_value;
  std::vector<std::string> values;
  std::string schema;  ///< JSON Schema text as for representations; empty: `type` and `values` say all there is.
};
struct OperationResponse {
  int status_code = 200;
  std::string description;
  std::vector<Parameter> headers;
  std::vector<Representation> representations;
};

struct Operation {
  std::string id;
  std::string display_name;
  std::string method;
  std::string url_template;  ///< `/customers/{cid}/orders?date={date}`
  std::vector<Parameter> template_parameters;
  std::vector<Parameter> query_parameters;
  std::vector<Parameter> headers;
  std::vector<Representation> request_representations;
  std::vector<OperationResponse> responses;
  std::vector<std::string> tag_ids;
  std::optional<PolicySource> policy;
};

/// A schema of an API, or of the service (what `schema-id` names).
struct Schema {
  enum class Kind : std::uint8_t { json, xml, graphql };
  std::string id;
  std::string workspace_id;  ///< Empty: the service itself.
  Kind kind = Kind::json;
  std::string content_type;
  std::string text;
  std::string file;
};

/// Where the value of a field of a GraphQL schema comes from.
struct Resolver {
  std::string id;
  std::string display_name;
  std::string path;  ///< `Type/field`
  PolicySource policy;
};

struct SubscriptionKeyParameterNames {
  std::string header = "Ocp-Apim-Subscription-Key";
  std::string query = "subscription-key";
  std::uint32_t header_hash = 0;  ///< Of `header`; 0: not known yet. The gateway fills it in when it loads.

  HeaderName header_name() const { return header_hash != 0 ? HeaderName(header, header_hash) : HeaderName(header); }
};

/// What one side of an exchange leaves in a log.
struct DiagnosticCapture {
  std::vector<std::string> headers;
  std::size_t body_bytes = 0;  ///< At most 8192.
};
/// How the requests of the service, or of one API, are logged: which of them and how much. One with the id of a
/// diagnostic of the service stands in its place for the API.
struct ApiDiagnostic {
  enum class Verbosity : std::uint8_t { verbose, information, error };
  enum class Correlation : std::uint8_t { none, legacy, w3c };
  std::string id;
  std::string workspace_id;  ///< Empty: the service itself.
  std::string logger_id;
  double sampling_percentage = 100;
  bool always_log_errors = false;
  Verbosity verbosity = Verbosity::information;
  Correlation correlation = Correlation::legacy;
  bool log_client_ip = false;
  bool metrics = false;
  bool names_operations_by_url = false;
  DiagnosticCapture frontend_request, frontend_response, backend_request, backend_response;
  std::string file;
};

enum class ApiType : std::uint8_t { http, soap, websocket, graphql, odata, grpc };

struct Api {
  std::string id;            ///< Without `;rev=n`.
  std::string workspace_id;  ///< Empty: the service itself.
  std::string display_name;
  std::string description;
  std::string path;
  std::vector<std::string> protocols = {"https"};
  std::string service_url;
  ApiType type = ApiType::http;
  bool subscription_required = true;
  SubscriptionKeyParameterNames subscription_key_parameter_names;
  std::string revision = "1";
  bool is_current = true;
  bool is_online = true;
  std::string version;
  std::string version_set_id;
  std::vector<Operation> operations;
  std::vector<Schema> schemas;
  std::vector<Resolver> resolvers;  ///< Of a GraphQL API.
  std::vector<ApiDiagnostic> diagnostics;
  std::vector<std::string> tag_ids;
  std::optional<PolicySource> policy;
  std::string file;  ///< Where it was read from, for diagnostics.
};

enum class VersioningScheme : std::uint8_t { segment, query, header };
struct VersionSet {
  std::string id;
  std::string workspace_id;  ///< Empty: the service itself.
  std::string display_name;
  VersioningScheme scheme = VersioningScheme::segment;
  std::string version_query_name;
  std::string version_header_name;
};

struct Product {
  std::string id;
  std::string workspace_id;  ///< Empty: the service itself.
  std::string display_name;
  std::string description;
  bool subscription_required = true;
  bool approval_required = false;
  std::optional<int> subscriptions_limit;
  bool published = true;
  std::vector<std::string> api_ids;
  std::vector<std::string> group_ids;
  std::vector<std::string> tag_ids;
  std::optional<PolicySource> policy;
  std::string file;
};

enum class SubscriptionState : std::uint8_t { active, suspended, submitted, rejected, cancelled, expired };
/// What a subscription's keys open.
enum class SubscriptionScope : std::uint8_t { all_apis, api, product };

struct Subscription {
  std::string id;
  std::string workspace_id;  ///< Empty: the service itself.
  std::string display_name;
  SubscriptionScope scope = SubscriptionScope::all_apis;
  std::string scope_id;  ///< API or product id.
  std::string owner_id;  ///< User id; empty: standalone.
  SubscriptionState state = SubscriptionState::active;
  std::string primary_key;
  std::string secondary_key;
  bool allow_tracing = false;
  std::string created_date, start_date, end_date;  ///< ISO 8601 or empty.
  std::string file;
};

struct Group {
  std::string id;
  std::string workspace_id;  ///< Empty: the service itself.
  std::string display_name;
};
struct UserIdentity {
  std::string id;
  std::string provider;
};
struct User {
  std::string id;
  std::string email, first_name, last_name, note;
  std::string registration_date;
  std::vector<std::string> group_ids;
  std::vector<UserIdentity> identities;
};

struct StatusCodeRange {
  int min = 500;
  int max = 599;
};
struct CircuitBreakerRule {
  std::string name;
  std::optional<std::uint32_t> count;       ///< Failures inside `interval` that trip it,
  std::optional<std::uint32_t> percentage;  ///< or per cent of the requests in it.
  std::chrono::milliseconds interval{60'000};
  std::vector<StatusCodeRange> status_code_ranges;
  std::vector<std::string> error_reasons;
  std::chrono::milliseconds trip_duration{60'000};
  bool accept_retry_after = false;
  std::optional<int> failure_status;
};
struct PoolMember {
  std::string backend_id;
  std::uint32_t priority = 0;  ///< Lower goes first.
  std::uint32_t weight = 1;
};
/// A token of the gateway's own identity, sent as Authorization.
struct ManagedIdentityCredentials {
  std::string resource;
  std::string client_id;  ///< Empty: the identity that the machine or the host has.
};
struct BackendCredentials {
  std::optional<std::pair<std::string, std::string>> authorization;  ///< Scheme and parameter.
  std::vector<std::pair<std::string, std::string>> headers;
  std::vector<std::pair<std::string, std::string>> query;
  /// Ids or thumbprints of certificates of the deployment; the backend is shown the first that is there.
  std::vector<std::string> certificates;
  std::optional<ManagedIdentityCredentials> managed_identity;
};
struct BackendProxy {
  std::string url;
  std::string username, password;  ///< No user name: the proxy wants none.
};
/// A cluster of Service Fabric: who tells where its services are, and how that one is spoken to.
struct ServiceFabricCluster {
  std::vector<std::string> management_endpoints;  ///< URLs; the first that answers is asked.
  std::string client_certificate;                 ///< Id or thumbprint of one of the deployment's; empty: none.
  /// As for backends, of the management endpoints.
  std::vector<std::string> certificate_thumbprints;
  std::vector<std::pair<std::string, std::string>> certificate_names;
  unsigned resolution_retries = 5;  ///< How often one forwarding may look for its partition anew.
};
struct Backend {
  std::string id;
  std::string workspace_id;  ///< Empty: the service itself.
  std::string title, description;
  std::string url;               ///< Single backends; those of a cluster have the name of a service (`fabric:/a/b`).
  std::vector<PoolMember> pool;  ///< Not empty: a pool.
  std::optional<CircuitBreakerRule> circuit_breaker;
  std::optional<int> pool_failure_status;
  std::string affinity_cookie;  ///< Pools: names the member that a caller's requests go to; empty: none.
  BackendCredentials credentials;
  std::optional<BackendProxy> proxy;
  std::optional<ServiceFabricCluster> cluster;
  bool validate_certificate_chain = true;
  bool validate_certificate_name = true;
  /// Thumbprints of the backend's certificate or of those that it is issued by, and its names with the thumbprints of
  /// their issuers: where there are any, one must fit, and both validations take place.
  std::vector<std::string> certificate_thumbprints;
  std::vector<std::pair<std::string, std::string>> certificate_names;
  std::string azure_region;
  std::string file;
  bool is_pool() const { return !pool.empty(); }
};

/// A certificate of the service. What it is made of is no part of the model: the host has it (`Deployment`).
struct Certificate {
  std::string id;
  std::string workspace_id;                          ///< Empty: the service itself.
  std::string subject, thumbprint, expiration_date;  ///< As the service shows them; may be empty, or out of date.
  bool is_at_hand = false;  ///< The deployment has it. The gateway fills this in when it loads.
  std::string file;
};

/// Where log-to-eventhub writes to. Loggers of other types have no effect here.
struct Logger {
  enum class Type : std::uint8_t { event_hub, application_insights, azure_monitor };
  std::string id;
  std::string workspace_id;  ///< Empty: the service itself.
  Type type = Type::event_hub;
  std::string description;
  std::string event_hub;          ///< Name of the hub.
  std::string connection_string;  ///< Secret. Empty: a token of the gateway's identity is shown to `endpoint`.
  std::string endpoint;           ///< Host name of the namespace.
  std::string client_id;          ///< Of the identity to use; empty: the gateway's own.
  std::string file;
};

/// A gateway beside the service's own: which APIs it serves. Concerns the process whose gateway id it is.
struct SelfHostedGateway {
  std::string id;
  std::string description;
  std::string location;
  std::vector<std::string> api_ids;
  std::string file;
};

struct Tag {
  std::string id;
  std::string workspace_id;  ///< Empty: the service itself.
  std::string display_name;
};

/// A part of the service with entities of its own. What an entity refers to by id is looked up in its own workspace.
struct Workspace {
  std::string id;
  std::string display_name;
  std::string description;
  std::optional<PolicySource> policy;
  std::string file;
};

/// Everything one service consists of. Entities of workspaces stand among the others and name theirs; an id is unique
/// within its workspace.
struct ServiceModel {
  std::string folder;  ///< Where it was read from; empty for a model made in code.
  std::optional<PolicySource> policy;
  std::vector<Api> apis;
  std::vector<VersionSet> version_sets;
  std::vector<Product> products;
  std::vector<Subscription> subscriptions;
  std::vector<User> users;
  std::vector<Group> groups;
  std::vector<NamedValue> named_values;
  std::vector<PolicyFragment> fragments;
  std::vector<Backend> backends;
  std::vector<Certificate> certificates;
  std::vector<Logger> loggers;
  std::vector<Schema> schemas;
  std::vector<Workspace> workspaces;
  std::vector<SelfHostedGateway> gateways;
  std::vector<Tag> tags;
  std::vector<ApiDiagnostic> diagnostics;
};

/// What a folder was read into (nothing after an error) and what was found on the way.
struct LoadedModel {
  std::optional<ServiceModel> model;
  Diagnostics diagnostics;
};

/// Reads a folder in APIOps layout. Reports everything that is wrong in it, not only the first mistake.
LoadedModel load_artifacts(const std::filesystem::path& folder);

/// Checks what no single file can show: ids that nothing has, doubled keys and paths, pools inside pools.
/// One rule per file in lib/model/validate; all of them always run.
void validate_model(const ServiceModel& model, Diagnostics& diagnostics);

/// Puts the model's named values in place of `{{...}}` in URLs and credentials of backends and loggers. `Gateway::load`
/// begins with it; once is enough, for a value may hold braces itself. (In policies the compiler does the same.)
/// Unknown names stay, and are findings of `validate_model`.
void resolve_backend_values(ServiceModel& model);

}  // namespace sluice
