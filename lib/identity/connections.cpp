// SPDX-License-Identifier: Apache-2.0
// Source: API Management policy reference, get-authorization-context; RFC 6749 section 4.4.
#include "identity/connections.hpp"

#include "base/text.hpp"
#include "base/token_check.hpp"
#include "identity/token_sources.hpp"

#include <algorithm>

namespace sluice::identity {
namespace {

/// Whom a token must be for that uses a connection.
constexpr std::string_view manager_audience = "https://azure-api.net/authorization-manager";

tl::unexpected<Error> unavailable(std::string why) { return fail(ErrorCode::access_token_unavailable, std::move(why)); }

std::string quoted(std::string_view id) { return "'" + std::string(id.substr(0, 100)) + "'"; }

}  // namespace

Connections::Connections(const Doors& doors, const IdentitySettings& settings, OpenIdKeys& keys)
    : doors_(doors), keys_(keys) {
  for (const Connection& connection : settings.connections) {
    Entry& entry = entries_.emplace_back();
    entry.connection = connection;
    for (const ConnectionAccess& access : connection.access) {
      const std::string tenant = settings.authentication_endpoint + "/" + access.tenant_id;
      // The two differ in their issuer; which of them a token is of, it says itself.
      entry.open_id_urls.push_back(tenant + "/v2.0/.well-known/openid-configuration");
      entry.open_id_urls.push_back(tenant + "/.well-known/openid-configuration");
    }
  }
}

Connections::Entry* Connections::find(std::string_view provider_id, std::string_view authorization_id) {
  for (Entry& entry : entries_) {
    if (equal_ignoring_case(entry.connection.provider_id, provider_id) &&
        equal_ignoring_case(entry.connection.authorization_id, authorization_id)) {
      return &entry;
    }
  }
  return nullptr;
}

Task<Result<void>> Connections::check_identity(const Entry& entry, std::string_view token, Cancellation& cancellation) {
  Arena arena;
  const std::vector<std::string_view> urls(entry.open_id_urls.begin(), entry.open_id_urls.end());
  const std::string_view audiences[] = {manager_audience};
  TokenRules rules;
  rules.open_id_urls = urls;
  rules.audiences = audiences;
  rules.times.now = doors_.clock.now();
  if (urls.empty()) co_return unavailable("The connection is for nobody but the gateway itself.");
  Result<Jwt> checked = co_await check_token(token, rules, keys_, doors_.limits, arena, cancellation);
  if (!checked) {
    if (checked.error().code() == ErrorCode::cancelled) co_return fail(std::move(checked.error()));
    co_return unavailable("The identity is not accepted: " + std::string(checked.error().message()));
  }
  const std::string_view tenant = text_claim(*checked->payload, "tid"), object = text_claim(*checked->payload, "oid");
  const auto& access = entry.connection.access;
  const bool is_listed = std::any_of(access.begin(), access.end(), [&](const ConnectionAccess& one) {
    return equal_ignoring_case(one.tenant_id, tenant) && equal_ignoring_case(one.object_id, object);
  });
  if (!is_listed) co_return unavailable("The identity may not use the connection.");
  co_return Result<void>();
}

Task<Result<Authorization>> Connections::authorization(const AuthorizationRequest& request,
                                                       Cancellation& cancellation) {
  Entry* entry = find(request.provider_id, request.authorization_id);
  if (entry == nullptr) {
    co_return unavailable("There is no connection " + quoted(request.authorization_id) + " of the provider " +
                          quoted(request.provider_id) + ".");
  }
  if (!request.identity.empty()) {
    auto allowed = co_await check_identity(*entry, request.identity, cancellation);
    if (!allowed) co_return fail(std::move(allowed.error()));
  }
  const ClientCredentials& credentials = entry->connection.credentials;
  const auto choose = [&](const Knowledge<TokenAnswer>& known) { return decide_token(known, doors_.clock); };
  const auto work = [&] { return fetch_with_secret(doors_, credentials, credentials.scope, cancellation); };
  FetchedOnce<TokenAnswer>::Answer answer = co_await entry->kept.get(doors_.clock, choose, work, cancellation);
  if (!answer) co_return fail(std::move(answer.error()));
  co_return Authorization{(*answer)->access_token, (*answer)->claims, (*answer)->expires};
}

}  // namespace sluice::identity
