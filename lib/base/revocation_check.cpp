// SPDX-License-Identifier: Apache-2.0
#include "base/revocation_check.hpp"

#include "base/crypto.hpp"

#include <algorithm>
#include <optional>
#include <string>

namespace sluice {
namespace {

constexpr std::string_view good_text = "good";
constexpr std::string_view revoked_text = "revoked";

/// A key of fixed length, apart from all others (C1).
std::string cache_key(std::string_view kind, std::string_view of) {
  const Digest hash = digest(HashAlgorithm::sha256, of);
  return "sluice.revocation:" + std::string(kind) + ":" + std::string(hash.view());
}

/// How long what is good `until` then may be kept.
std::chrono::milliseconds lifetime(std::int64_t until, std::int64_t now, const IdentityLimits& limits) {
  if (until == 0) return limits.document_age;
  return std::min<std::chrono::milliseconds>(limits.document_age,
                                             std::chrono::seconds(std::max<std::int64_t>(until - now, 0)));
}

/// One call; nothing when it brings nothing. The bytes are in the arena.
Task<std::optional<std::string_view>> fetch(std::string_view url, std::string_view question, RequestContext& context,
                                            Cancellation& cancellation) {
  const IdentityLimits& limits = context.services.limits.identity;
  auto& request = *context.arena.make<OutgoingRequest>(context.arena);
  const auto parsed = parse_url(context.arena.copy(url), context.arena);
  if (!parsed) co_return std::nullopt;
  request.url = *parsed;
  request.timeout = limits.fetch_timeout;
  if (!question.empty()) {
    request.method = "POST";
    request.headers.append("Content-Type", "application/ocsp-request");
    request.body = Body::bytes(context.arena.copy(question));
  }
  auto answer = co_await context.services.backends.call(context, request, {}, cancellation);
  if (!answer || answer->status != 200) co_return std::nullopt;
  auto read =
      co_await buffer_body(answer->body, context.arena, limits.document_bytes, ErrorCode::response_body_too_large);
  if (!read) co_return std::nullopt;
  co_return answer->body.data();
}

class RevocationCheck {
 public:
  RevocationCheck(std::string_view certificate, std::string_view issuer, RequestContext& context)
      : certificate_(certificate),
        issuer_(issuer),
        context_(context),
        now_(
            std::chrono::duration_cast<std::chrono::seconds>(context.services.clock.now().time_since_epoch()).count()) {
  }

  Task<RevocationAnswer> ask(Cancellation& cancellation) {
    const RevocationSources sources = revocation_sources(certificate_);
    const std::string question = sources.ocsp.empty() ? std::string() : ocsp_request(certificate_, issuer_);
    for (const std::string& url : sources.ocsp) {
      if (question.empty()) break;
      const auto answer = co_await fetch(url, question, context_, cancellation);
      if (!answer) continue;
      const RevocationAnswer said = read_ocsp_answer(*answer, certificate_, issuer_, now_);
      if (said.status != Revocation::unknown) co_return said;
    }
    for (const std::string& url : sources.lists) {
      const RevocationAnswer said = co_await ask_list(url, cancellation);
      if (said.status != Revocation::unknown) co_return said;
    }
    co_return RevocationAnswer();
  }

  std::chrono::milliseconds lifetime_of(const RevocationAnswer& answer) const {
    return lifetime(answer.until, now_, context_.services.limits.identity);
  }

 private:
  /// Lists are for all certificates of an issuer: they are kept, too.
  Task<RevocationAnswer> ask_list(const std::string& url, Cancellation& cancellation) {
    const std::string key = cache_key("list", url);
    const auto kept = co_await context_.services.cache.get(key);
    if (kept && *kept) {
      const RevocationAnswer said = read_revocation_list(**kept, certificate_, issuer_, now_);
      if (said.status != Revocation::unknown) co_return said;
    }
    const auto list = co_await fetch(url, {}, context_, cancellation);
    if (!list) co_return RevocationAnswer();
    const RevocationAnswer said = read_revocation_list(*list, certificate_, issuer_, now_);
    if (said.status != Revocation::unknown) {
      auto stored = co_await context_.services.cache.put(key, *list, lifetime_of(said));
      if (!stored) context_.trace("validate-client-certificate", "information", stored.error().message());
    }
    co_return said;
  }

  std::string_view certificate_;
  std::string_view issuer_;
  RequestContext& context_;
  std::int64_t now_;
};

}  // namespace

Task<Revocation> revocation_of(std::string_view certificate, std::string_view issuer, RequestContext& context,
                               Cancellation& cancellation) {
  const std::string both = std::to_string(certificate.size()) + ":" + std::string(certificate) + std::string(issuer);
  const std::string key = cache_key("status", both);
  const auto kept = co_await context.services.cache.get(key);
  if (kept && *kept) co_return **kept == good_text ? Revocation::good : Revocation::revoked;
  RevocationCheck check(certificate, issuer, context);
  const RevocationAnswer answer = co_await check.ask(cancellation);
  if (answer.status == Revocation::unknown) co_return answer.status;
  const std::string_view text = answer.status == Revocation::good ? good_text : revoked_text;
  auto stored = co_await context.services.cache.put(key, text, check.lifetime_of(answer));
  if (!stored) context.trace("validate-client-certificate", "information", stored.error().message());
  co_return answer.status;
}

}  // namespace sluice
