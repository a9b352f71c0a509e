// SPDX-License-Identifier: Apache-2.0
#include "identity/token_sources.hpp"

#include "base/provider_url.hpp"
#include "base/text.hpp"
#include "base/url.hpp"

namespace sluice {

std::optional<ManagedIdentityService> managed_identity_of_environment(
    const std::function<std::optional<std::string>(std::string_view name)>& environment) {
  auto endpoint = environment("IDENTITY_ENDPOINT"), header = environment("IDENTITY_HEADER");
  if (!endpoint || !header || endpoint->empty()) return std::nullopt;
  return ManagedIdentityService{std::move(*endpoint), std::move(*header)};
}

namespace identity {
namespace {

using Kept = FetchedOnce<TokenAnswer>;

constexpr std::string_view metadata_url = "http://169.254.169.254/metadata/identity/oauth2/token";
constexpr std::string_view metadata_version = "2018-02-01";
constexpr std::string_view endpoint_version = "2019-08-01";

/// What a policy may ask for: longer ones are no names.
constexpr std::size_t longest_name = 2'000;

tl::unexpected<Error> unavailable(std::string_view why) {
  return fail(ErrorCode::access_token_unavailable, "No access token: " + std::string(why) + ".");
}

Result<AccessToken> token_of(const Kept::Answer& answer) {
  if (!answer) return fail(answer.error());
  return AccessToken{(*answer)->access_token, (*answer)->expires};
}

}  // namespace

Task<Result<TokenAnswer>> ManagedIdentityTokens::fetch(std::string_view resource, std::string_view client_id,
                                                       Cancellation& cancellation) const {
  const bool is_metadata = service_.endpoint.empty();
  std::string url(is_metadata ? metadata_url : std::string_view(service_.endpoint));
  std::string query;
  add_field(query, "api-version", is_metadata ? metadata_version : endpoint_version);
  add_field(query, "resource", resource);
  if (!client_id.empty()) add_field(query, "client_id", client_id);
  url += url.find('?') == std::string::npos ? '?' : '&';
  url += query;
  Call call{.url = url};
  if (is_metadata) {
    call.headers.emplace_back("Metadata", "true");
    call.to_instance_metadata = true;
  } else {
    call.headers.emplace_back("X-IDENTITY-HEADER", service_.header);
  }
  Result<Reply> reply = co_await send_call(doors_, call, cancellation);
  if (!reply) co_return fail(std::move(reply.error()));
  co_return read_token_answer(*reply, doors_.clock.now());
}

Task<Result<AccessToken>> ManagedIdentityTokens::token(std::string_view resource, std::string_view client_id,
                                                       Cancellation& cancellation) {
  if (resource.empty()) co_return unavailable("there is no resource to ask for");
  if (resource.size() + client_id.size() > longest_name) co_return unavailable("the resource's name is too long");
  // A line end stands in neither name once it is encoded.
  const std::shared_ptr<Kept> kept = tokens_.find(percent_encode(resource) + "\n" + percent_encode(client_id));
  const auto choose = [&](const Knowledge<TokenAnswer>& known) { return decide_token(known, doors_.clock); };
  const auto work = [&] { return fetch(resource, client_id, cancellation); };
  Kept::Answer answer = co_await kept->get(doors_.clock, choose, work, cancellation);
  co_return token_of(answer);
}

Task<Result<TokenAnswer>> fetch_with_secret(const Doors& doors, const ClientCredentials& credentials,
                                            std::string_view scope, Cancellation& cancellation) {
  Arena arena;
  if (auto url = parse_provider_url(credentials.token_url, arena); !url)
    co_return unavailable("the provider's URL is neither https:// nor on this machine");
  Call call{.url = credentials.token_url};
  add_field(call.form, "grant_type", "client_credentials");
  add_field(call.form, "client_id", credentials.client_id);
  add_field(call.form, "client_secret", credentials.client_secret);
  if (!scope.empty()) add_field(call.form, "scope", scope);
  Result<Reply> reply = co_await send_call(doors, call, cancellation);
  if (!reply) co_return fail(std::move(reply.error()));
  co_return read_token_answer(*reply, doors.clock.now());
}

Task<Result<AccessToken>> ClientCredentialsTokens::token(std::string_view resource, std::string_view client_id,
                                                         Cancellation& cancellation) {
  if (!client_id.empty() && !equal_ignoring_case(client_id, credentials_.client_id))
    co_return unavailable("the gateway has no identity '" + std::string(client_id.substr(0, 100)) + "'");
  if (resource.empty()) co_return unavailable("there is no resource to ask for");
  if (resource.size() > longest_name) co_return unavailable("the resource's name is too long");
  std::string scope = credentials_.scope;
  if (scope.empty()) scope = std::string(resource) + (resource.ends_with('/') ? ".default" : "/.default");
  const std::shared_ptr<Kept> kept = tokens_.find(scope);
  const auto choose = [&](const Knowledge<TokenAnswer>& known) { return decide_token(known, doors_.clock); };
  const auto work = [&] { return fetch_with_secret(doors_, credentials_, scope, cancellation); };
  Kept::Answer answer = co_await kept->get(doors_.clock, choose, work, cancellation);
  co_return token_of(answer);
}

}  // namespace identity
}  // namespace sluice
