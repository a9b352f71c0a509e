// SPDX-License-Identifier: Apache-2.0
#include "base/token_check.hpp"

#include "base/jwk.hpp"
#include "support/test_keys.hpp"

#include <catch2/catch.hpp>

#include <map>

using namespace sluice;

namespace {

constexpr std::int64_t now = 1'000'000;

/// Providers by URL; each remembers how it was asked.
struct Providers final : OpenIdKeys {
  std::map<std::string, OpenIdConfiguration, std::less<>> known;
  std::map<std::string, std::vector<VerificationKey>, std::less<>> after_refetch;
  std::vector<std::string> asked;

  void add(const std::string& url, std::string issuer, const std::vector<std::string>& jwks) {
    known[url] = {std::move(issuer), keys_of(jwks)};
  }
  static std::vector<VerificationKey> keys_of(const std::vector<std::string>& jwks) {
    std::string set;
    for (const std::string& jwk : jwks) set += (set.empty() ? "" : ",") + jwk;
    return read_jwk_set("{\"keys\":[" + set + "]}").value();
  }
  Task<OpenIdResult> configuration(std::string_view url, std::string_view key_id, Cancellation&) override {
    asked.push_back(std::string(url) + " " + std::string(key_id));
    const auto found = known.find(url);
    if (found == known.end()) return OpenIdResult(fail(ErrorCode::access_token_unavailable));
    auto answer = std::make_shared<OpenIdConfiguration>(found->second);
    if (const auto more = after_refetch.find(url); more != after_refetch.end() && !key_id.empty())
      answer->keys = more->second;
    return OpenIdResult(std::shared_ptr<const OpenIdConfiguration>(answer));
  }
};

struct Trial {
  Providers providers;
  std::vector<VerificationKey> keys;
  std::vector<std::string_view> urls, issuers;

  /// `good`, or the reason of the refusal.
  std::string check(const std::string& token) {
    Arena arena;
    Cancellation cancellation;
    TokenRules rules;
    rules.keys = keys;
    rules.open_id_urls = urls;
    rules.issuers = issuers;
    rules.times.now = WallTime(std::chrono::seconds(now));
    status = 0;
    const auto result = wait(check_token(token, rules, providers, IdentityLimits{}, arena, cancellation));
    if (result) return "good";
    status = result.error().status();
    return std::string(result.error().reason());
  }
  int status = 0;
};

std::string claims(std::string_view issuer, std::string_view more = {}) {
  return "{\"exp\":1000001,\"iss\":\"" + std::string(issuer) + "\"" + std::string(more) + "}";
}

const test::RsaKey& first_key() {
  static const test::RsaKey key;
  return key;
}
const test::RsaKey& second_key() {
  static const test::RsaKey key;
  return key;
}

}  // namespace

TEST_CASE("a provider's key verifies its tokens by id", "[base][token_check]") {
  Trial trial;
  trial.urls = {"https://a.test"};
  trial.providers.add("https://a.test", "A", {first_key().jwk("1"), second_key().jwk("2")});
  CHECK(trial.check(test::token_rs256(first_key(), "1", claims("A"))) == "good");
  CHECK(trial.check(test::token_rs256(second_key(), "2", claims("A"))) == "good");
  CHECK(trial.check(test::token_rs256(first_key(), "2", claims("A"))) == "TokenSignatureInvalid");
  CHECK(trial.check(test::token_rs256(first_key(), "../1", claims("A"))) == "TokenSignatureKeyNotFound");
  CHECK(trial.check(test::token_rs256(first_key(), "1", claims("B"))) == "TokenIssuerNotAllowed");
  CHECK(trial.check(test::token_rs256(first_key(), "1", "{\"exp\":1000001}")) == "TokenIssuerNotAllowed");
}

TEST_CASE("a provider is asked again only for an id that nobody knows", "[base][token_check]") {
  Trial trial;
  trial.urls = {"https://a.test", "https://b.test"};
  trial.providers.add("https://a.test", "A", {first_key().jwk("1")});
  trial.providers.add("https://b.test", "B", {});
  CHECK(trial.check(test::token_rs256(first_key(), "1", claims("A"))) == "good");
  CHECK(trial.providers.asked == std::vector<std::string>{"https://a.test ", "https://b.test "});
  trial.providers.asked.clear();
  trial.providers.after_refetch["https://b.test"] = Providers::keys_of({second_key().jwk("2")});
  CHECK(trial.check(test::token_rs256(second_key(), "2", claims("B"))) == "good");
  CHECK(trial.providers.asked ==
        std::vector<std::string>{"https://a.test ", "https://b.test ", "https://a.test 2", "https://b.test 2"});
}

TEST_CASE("a provider does not vouch for another one's issuer", "[base][token_check]") {
  Trial trial;
  trial.urls = {"https://a.test", "https://b.test"};
  trial.providers.add("https://a.test", "A", {first_key().jwk("1")});
  trial.providers.add("https://b.test", "B", {second_key().jwk("2")});
  CHECK(trial.check(test::token_rs256(first_key(), "1", claims("A"))) == "good");
  CHECK(trial.check(test::token_rs256(first_key(), "1", claims("B"))) == "TokenIssuerNotAllowed");
  trial.issuers = {"C"};
  CHECK(trial.check(test::token_rs256(first_key(), "1", claims("C"))) == "good");
  CHECK(trial.check(test::token_rs256(second_key(), "2", claims("A"))) == "TokenIssuerNotAllowed");
}

TEST_CASE("two providers with the same keys vouch for two issuers", "[base][token_check]") {
  Trial trial;
  trial.urls = {"https://v2.test", "https://v1.test"};
  trial.providers.add("https://v2.test", "two", {first_key().jwk("1")});
  trial.providers.add("https://v1.test", "one", {first_key().jwk("1")});
  CHECK(trial.check(test::token_rs256(first_key(), "1", claims("one"))) == "good");
  CHECK(trial.check(test::token_rs256(first_key(), "1", claims("two"))) == "good");
  CHECK(trial.check(test::token_rs256(first_key(), "1", claims("three"))) == "TokenIssuerNotAllowed");
}

TEST_CASE("a provider of many tenants vouches for the tenant that the token names", "[base][token_check]") {
  Trial trial;
  trial.urls = {"https://common.test"};
  trial.providers.add("https://common.test", "https://login.test/{tenantid}/v2.0", {first_key().jwk("1")});
  const auto with_tenant = [&](std::string_view issuer, std::string_view tenant) {
    return trial.check(test::token_rs256(first_key(), "1", claims(issuer, ",\"tid\":" + std::string(tenant))));
  };
  CHECK(with_tenant("https://login.test/t-1/v2.0", "\"t-1\"") == "good");
  CHECK(with_tenant("https://login.test/t-1/v2.0", "\"t-2\"") == "TokenIssuerNotAllowed");
  CHECK(with_tenant("https://login.test//v2.0", "\"\"") == "TokenIssuerNotAllowed");
  CHECK(with_tenant("https://login.test/a/b/v2.0", "\"a/b\"") == "TokenIssuerNotAllowed");
  CHECK(with_tenant("https://login.test/{tenantid}/v2.0", "\"{tenantid}\"") == "TokenIssuerNotAllowed");
  CHECK(with_tenant("https://login.test/7/v2.0", "7") == "TokenIssuerNotAllowed");
  CHECK(trial.check(test::token_rs256(first_key(), "1", claims("https://login.test/{tenantid}/v2.0"))) ==
        "TokenIssuerNotAllowed");
}

TEST_CASE("a token without an id is tried on a bounded number of keys", "[base][token_check]") {
  Trial trial;
  trial.urls = {"https://a.test"};
  const std::string text = test::unsigned_token(R"({"alg":"RS256"})", claims("A"));
  const std::string token = text + "." + encode_base64url(first_key().sign(text));
  std::vector<std::string> jwks(most_keys_tried - 1, second_key().jwk("x"));
  jwks.push_back(first_key().jwk("1"));
  trial.providers.add("https://a.test", "A", jwks);
  CHECK(trial.check(token) == "good");
  jwks.insert(jwks.begin(), second_key().jwk("x"));
  trial.providers.add("https://a.test", "A", jwks);
  CHECK(trial.check(token) == "TokenSignatureInvalid");
}

TEST_CASE("without a key from anywhere the gateway is at fault (J6)", "[base][token_check]") {
  Trial trial;
  trial.urls = {"https://gone.test"};
  CHECK(trial.check(test::token_rs256(first_key(), "1", claims("A"))) == "AccessTokenUnavailable");
  CHECK(trial.status == 503);
  trial.urls = {"https://gone.test", "https://a.test"};
  trial.providers.add("https://a.test", "A", {first_key().jwk("1")});
  CHECK(trial.check(test::token_rs256(first_key(), "1", claims("A"))) == "good");
  CHECK(trial.check(test::token_rs256(first_key(), "9", claims("A"))) == "TokenSignatureKeyNotFound");
}

TEST_CASE("keys of the rule come before providers, and vouch for the issuers of both", "[base][token_check]") {
  const std::string secret(32, 's');
  Trial trial;
  trial.keys = {{"", secret_key(secret), std::nullopt}};
  trial.urls = {"https://a.test"};
  trial.providers.add("https://a.test", "A", {first_key().jwk("1")});
  CHECK(trial.check(test::token_hs256(secret, claims("A"))) == "good");
  CHECK(trial.check(test::token_hs256(secret, claims("B"))) == "TokenIssuerNotAllowed");
  trial.issuers = {"B"};
  trial.providers.asked.clear();
  CHECK(trial.check(test::token_hs256(secret, claims("B"))) == "good");
  CHECK(trial.providers.asked.empty());
  trial.urls.clear();
  CHECK(trial.check(test::token_hs256(secret, claims("A"))) == "TokenIssuerNotAllowed");
  trial.issuers.clear();
  CHECK(trial.check(test::token_hs256(secret, claims("anybody"))) == "good");
}

TEST_CASE("a token that is too long is refused before it is looked at (L16)", "[base][token_check]") {
  Trial trial;
  trial.keys = {{"", secret_key(std::string(32, 's')), std::nullopt}};
  const std::string long_claim = ",\"a\":\"" + std::string(IdentityLimits{}.token_bytes, 'x') + "\"";
  CHECK(trial.check(test::token_hs256(std::string(32, 's'), claims("A", long_claim))) == "JwtInvalid");
}
