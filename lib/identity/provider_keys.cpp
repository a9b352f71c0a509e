// SPDX-License-Identifier: Apache-2.0
#include "identity/provider_keys.hpp"

#include "base/jwk.hpp"
#include "base/provider_url.hpp"

#include <algorithm>

namespace sluice::identity {
namespace {

/// Keys as new as this are not looked for again: what is missing is not there.
constexpr std::chrono::seconds just_fetched{1};

bool has_key(const OpenIdConfiguration& configuration, std::string_view id) {
  return std::any_of(configuration.keys.begin(), configuration.keys.end(),
                     [&](const VerificationKey& key) { return key.id == id; });
}

tl::unexpected<Error> invalid(std::string_view what) {
  return fail(ErrorCode::access_token_unavailable, "The identity provider's " + std::string(what) + ".");
}

/// What a discovery document says: the issuer, and where the keys are.
struct Discovery {
  std::string issuer, keys_url;
};
Result<Discovery> read_discovery(std::string_view text) {
  Arena arena;
  const auto parsed = parse_json(text, arena);
  if (!parsed || !(*parsed)->is_object()) return invalid("discovery document cannot be read");
  const JsonValue* issuer = (*parsed)->find("issuer");
  const JsonValue* keys = (*parsed)->find("jwks_uri");
  if (issuer == nullptr || !issuer->is_string() || issuer->text.empty())
    return invalid("discovery document names no issuer");
  if (keys == nullptr || !keys->is_string() || !parse_provider_url(keys->text, arena))
    return invalid("discovery document names no https:// URL of its keys");
  return Discovery{std::string(issuer->text), std::string(keys->text)};
}

}  // namespace

Move ProviderKeys::decide(const Provider& provider, const Knowledge<OpenIdConfiguration>& known,
                          std::string_view key_id) const {
  const SteadyTime now = doors_.clock.steady_now();
  const auto age = now - known.fetched;
  const bool failed_lately = known.error && now < known.failed + doors_.limits.refetch_interval;
  if (known.value == nullptr || age >= doors_.limits.document_age + longest_outage)
    return failed_lately ? Move::fail : Move::fetch;
  if (failed_lately) return Move::use;
  if (age >= doors_.limits.document_age) return Move::refresh;
  if (key_id.empty() || age < just_fetched || has_key(*known.value, key_id)) return Move::use;
  const SteadyTime::rep asked = provider.asked_for_key.load(std::memory_order_relaxed);
  const bool asked_lately =
      asked != never && now < SteadyTime(SteadyTime::duration(asked)) + doors_.limits.refetch_interval;
  return asked_lately ? Move::use : Move::fetch;
}

Task<Result<OpenIdConfiguration>> ProviderKeys::fetch(std::string_view url, Cancellation& cancellation) const {
  Result<std::string> document = co_await fetch_document(doors_, url, cancellation);
  if (!document) co_return fail(std::move(document.error()));
  Result<Discovery> discovery = read_discovery(*document);
  if (!discovery) co_return fail(std::move(discovery.error()));
  Result<std::string> set = co_await fetch_document(doors_, discovery->keys_url, cancellation);
  if (!set) co_return fail(std::move(set.error()));
  auto keys = read_jwk_set(*set);
  if (!keys) co_return invalid("keys cannot be read");
  co_return OpenIdConfiguration{std::move(discovery->issuer), std::move(*keys)};
}

Task<OpenIdResult> ProviderKeys::configuration(std::string_view url, std::string_view key_id,
                                               Cancellation& cancellation) {
  Arena arena;
  if (auto checked = parse_provider_url(url, arena); !checked) co_return fail(std::move(checked.error()));
  const std::shared_ptr<Provider> provider = providers_.find(url);
  const auto choose = [&](const Knowledge<OpenIdConfiguration>& known) { return decide(*provider, known, key_id); };
  const auto work = [&]() -> Task<Result<OpenIdConfiguration>> {
    Result<OpenIdConfiguration> fetched = co_await fetch(url, cancellation);
    const bool was_given_up = !fetched && fetched.error().code() == ErrorCode::cancelled;
    // Not sooner: meanwhile others who look for that key wait with this request.
    if (!key_id.empty() && !was_given_up) {
      const auto now = doors_.clock.steady_now().time_since_epoch().count();
      provider->asked_for_key.store(now, std::memory_order_relaxed);
    }
    if (!fetched && !was_given_up) {
      const Label fields[] = {{"url", url}, {"why", fetched.error().message()}};
      doors_.telemetry.log(LogLevel::warning, "The keys of an identity provider could not be fetched.", fields);
    }
    co_return fetched;
  };
  OpenIdResult answer = co_await provider->kept.get(doors_.clock, choose, work, cancellation);
  co_return answer;
}

}  // namespace sluice::identity
