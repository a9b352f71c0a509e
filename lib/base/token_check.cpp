// SPDX-License-Identifier: Apache-2.0
#include "base/token_check.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <optional>

namespace sluice {
namespace {

/// What became of looking for a key; the best so far counts.
enum class Finding : std::uint8_t { no_key, wrong_signature, verified };

/// One token on its way through the rules.
class TokenCheck {
 public:
  TokenCheck(const TokenRules& rules, OpenIdKeys& providers, Arena& arena, Cancellation& cancellation)
      : rules_(rules), providers_(providers), arena_(arena), cancellation_(cancellation) {}

  Task<Result<Jwt>> run(std::string_view text, const IdentityLimits& limits) {
    auto token = read(text, limits.token_bytes);
    if (!token) co_return fail(std::move(token.error()));
    token_ = *token;
    issuer_ = text_claim(*token_.payload, "iss");
    is_issuer_listed_ =
        !issuer_.empty() && std::find(rules_.issuers.begin(), rules_.issuers.end(), issuer_) != rules_.issuers.end();
    if (!is_unsigned()) {
      const auto header = read_jws_header(*token_.header);
      if (!header) co_return fail(header.error());
      header_ = *header;
      auto verified = co_await verify();
      if (!verified) co_return fail(std::move(verified.error()));
    }
    auto kept = check_payload();
    if (!kept) co_return fail(std::move(kept.error()));
    co_return token_;
  }

 private:
  Result<Jwt> read(std::string_view text, std::size_t most_bytes) {
    if (!is_encrypted_token(text)) return parse_jwt(text, arena_, most_bytes);
    const auto content = decrypt_token(text, rules_.decryption_keys, arena_, most_bytes);
    if (!content) return fail(content.error());
    return parse_jwt(*content, arena_, most_bytes);
  }

  /// Only by the rule's leave, and only a token that says so itself: what is signed is verified.
  bool is_unsigned() const {
    return !rules_.requires_signature && token_.signature.empty() && text_claim(*token_.header, "alg") == "none" &&
           token_.header->find("crit") == nullptr;
  }

  void note(Finding finding) { finding_ = std::max(finding_, finding); }

  /// Tries the keys for which `wants(key)` holds, at most `most` of those that fit. True when one verifies.
  template <class Wants>
  bool try_keys(std::span<const VerificationKey> keys, std::size_t most, Wants wants) {
    for (const VerificationKey& key : keys) {
      if (most == 0) break;
      if (!wants(key) || !fits(key, header_.algorithm)) continue;
      --most;
      const bool is_good = verify_jws(key, header_.algorithm, token_);
      note(is_good ? Finding::verified : Finding::wrong_signature);
      if (is_good) return true;
    }
    return false;
  }

  bool is_named(const VerificationKey& key) const { return !header_.key_id.empty() && key.id == header_.key_id; }

  bool verify_by_rule() {
    const auto named = [&](const VerificationKey& key) { return is_named(key); };
    const auto others = [&](const VerificationKey& key) { return !is_named(key); };
    return try_keys(rules_.keys, rules_.keys.size(), named) || try_keys(rules_.keys, rules_.keys.size(), others);
  }

  bool verify_by(const OpenIdConfiguration& provider) {
    if (header_.key_id.empty())
      return try_keys(provider.keys, most_keys_tried, [](const VerificationKey&) { return true; });
    return try_keys(provider.keys, most_keys_tried, [&](const VerificationKey& key) { return is_named(key); });
  }

  /// Whether a provider may vouch for the token's issuer.
  bool vouches(const OpenIdConfiguration& provider) const {
    if (issuer_.empty()) return false;
    return is_issuer_listed_ || issuer_for(provider.issuer, *token_.payload, arena_) == issuer_;
  }

  /// The configurations that there are. With `key_id` they are made to look for it.
  Task<Result<void>> load_providers(std::string_view key_id) {
    loaded_.clear();
    for (const std::string_view url : rules_.open_id_urls) {
      OpenIdResult provider = co_await providers_.configuration(url, key_id, cancellation_);
      if (provider) {
        loaded_.push_back(std::move(*provider));
      } else if (provider.error().code() == ErrorCode::access_token_unavailable) {
        unavailable_ = std::move(provider.error());
      } else {
        co_return fail(std::move(provider.error()));
      }
    }
    co_return Result<void>();
  }

  bool is_key_known() const {
    return header_.key_id.empty() || std::any_of(loaded_.begin(), loaded_.end(), [&](const auto& provider) {
             return std::any_of(provider->keys.begin(), provider->keys.end(),
                                [&](const VerificationKey& key) { return is_named(key); });
           });
  }

  /// Those that vouch for the issuer come first; the others only tell whether the signature is at fault.
  void verify_by_providers() {
    for (const bool wanted : {true, false}) {
      for (const auto& provider : loaded_) {
        if (vouches(*provider) != wanted || !verify_by(*provider)) continue;
        is_issuer_vouched_ = wanted;
        return;
      }
    }
  }

  Task<Result<void>> verify() {
    if (verify_by_rule()) {
      // A key of the rule vouches for whom the rule names, and for the providers beside it.
      is_issuer_vouched_ = is_issuer_listed_ || (rules_.issuers.empty() && rules_.open_id_urls.empty());
      if (is_issuer_vouched_ || rules_.open_id_urls.empty()) co_return Result<void>();
      auto loaded = co_await load_providers({});
      if (!loaded) co_return loaded;
      is_issuer_vouched_ =
          std::any_of(loaded_.begin(), loaded_.end(), [&](const auto& provider) { return vouches(*provider); });
      co_return Result<void>();
    }
    if (!rules_.open_id_urls.empty()) {
      auto loaded = co_await load_providers({});
      if (loaded && !is_key_known()) loaded = co_await load_providers(header_.key_id);
      if (!loaded) co_return loaded;
      verify_by_providers();
    }
    if (finding_ == Finding::verified) co_return Result<void>();
    if (finding_ == Finding::wrong_signature)
      co_return fail(ErrorCode::token_signature_invalid, "The token's signature is not valid. Access denied.");
    if (unavailable_ && loaded_.empty()) {
      constexpr int service_unavailable = 503;
      co_return fail(std::move(*unavailable_).with_status(service_unavailable));
    }
    co_return fail(ErrorCode::token_signature_key_not_found, "There is no key for the token. Access denied.");
  }

  Result<void> check_payload() {
    const JsonValue& payload = *token_.payload;
    auto kept = check_times(payload, rules_.times);
    if (kept && !rules_.audiences.empty()) kept = check_audience(payload, rules_.audiences);
    if (!kept) return kept;
    const bool looks_at_issuer = !rules_.issuers.empty() || !rules_.open_id_urls.empty();
    if (looks_at_issuer && !is_issuer_vouched_ && !(is_unsigned() && is_issuer_listed_))
      return fail(ErrorCode::token_issuer_not_allowed, "The token's issuer is not allowed. Access denied.");
    return check_claims(payload, rules_.claims, arena_);
  }

  const TokenRules& rules_;
  OpenIdKeys& providers_;
  Arena& arena_;
  Cancellation& cancellation_;
  Jwt token_;
  JwsHeader header_;
  std::string_view issuer_;
  bool is_issuer_listed_ = false;
  bool is_issuer_vouched_ = false;
  Finding finding_ = Finding::no_key;
  std::vector<std::shared_ptr<const OpenIdConfiguration>> loaded_;
  std::optional<Error> unavailable_;
};

}  // namespace

std::string_view issuer_for(std::string_view issuer, const JsonValue& payload, Arena& arena) {
  constexpr std::string_view placeholder = "{tenantid}";
  const std::size_t at = issuer.find(placeholder);
  if (at == std::string_view::npos) return issuer;
  const std::string_view tenant = text_claim(payload, "tid");
  // A tenant is one segment of the issuer's path, whatever else a token says.
  const bool is_segment = !tenant.empty() && std::all_of(tenant.begin(), tenant.end(),
                                                         [](char c) { return is_alpha(c) || is_digit(c) || c == '-'; });
  if (!is_segment) return {};
  return arena.concat({issuer.substr(0, at), tenant, issuer.substr(at + placeholder.size())});
}

Task<Result<Jwt>> check_token(std::string_view text, const TokenRules& rules, OpenIdKeys& providers,
                              const IdentityLimits& limits, Arena& arena, Cancellation& cancellation) {
  TokenCheck check(rules, providers, arena, cancellation);
  co_return co_await check.run(text, limits);
}

}  // namespace sluice
