// SPDX-License-Identifier: Apache-2.0
// The table of run-time errors: reason, message and status of every ErrorCode.
#include <sluice/error.hpp>

namespace sluice {
namespace {

constexpr ErrorTraits traits_of(ErrorCode code) {
  using enum ErrorCode;
  using enum ErrorOrigin;
  switch (code) {
    case operation_not_found:
      return {"OperationNotFound", "Unable to match incoming request to an operation.", 404, client};
    case subscription_key_not_found:
      return {"SubscriptionKeyNotFound",
              "Access denied due to missing subscription key. Make sure to include subscription key when making "
              "requests to this API.",
              401, client};
    case subscription_key_invalid:
      return {"SubscriptionKeyInvalid",
              "Access denied due to invalid subscription key. Make sure to provide a valid key for an active "
              "subscription.",
              401, client};
    case client_connection_failure:
      return {"ClientConnectionFailure", "The caller closed the connection.", 500, client};
    case backend_connection_failure:
      return {"BackendConnectionFailure", "Underlying transport connection was unexpectedly closed.", 500, backend};
    case timeout: return {"Timeout", "The backend did not answer in time.", 500, backend};
    case backend_answer_invalid:
      return {"BackendConnectionFailure", "The backend's answer is not a valid HTTP message.", 500, backend};
    case backend_not_found: return {"BackendNotFound", "The backend does not exist.", 500, policy};
    case backend_circuit_open: return {"BackendCircuitOpen", "The backend's circuit breaker is open.", 503, backend};
    case backend_pool_unavailable:
      return {"BackendPoolUnavailable", "Backend pool is temporarily unavailable.", 503, backend};
    case backend_error_status:
      return {"BackendErrorStatusCode", "The backend answered with an error status.", 500, backend};
    case expression_evaluation_failure:
      return {"ExpressionValueEvaluationFailure", "Expression evaluation failed.", 500, policy};
    case policy_value_invalid:
      return {"PolicyValueInvalid", "A value computed by a policy is not acceptable.", 500, policy};
    case rate_limit_exceeded: return {"RateLimitExceeded", "Rate limit is exceeded", 429, client};
    case quota_exceeded: return {"QuotaExceeded", "Out of call volume quota.", 403, client};
    case concurrency_limit_exceeded:
      return {"ConcurrencyLimitExceeded", "Too many requests are being processed.", 429, client};
    case token_limit_exceeded: return {"TokenLimitExceeded", "Token limit is exceeded.", 429, client};
    case token_quota_exceeded: return {"TokenQuotaExceeded", "Token quota is exceeded.", 403, client};
    case queue_limit_exceeded: return {"QueueLimitExceeded", "The request would have to wait too long.", 429, client};
    case content_safety_blocked:
      return {"ContentSafetyCheckFailed", "Request failed content safety check.", 403, client};
    case personal_data_blocked: return {"PersonalDataCheckFailed", "Request failed personal data check.", 403, client};
    case caller_ip_not_parsed:
      return {"FailedToParseCallerIP", "Failed to establish IP address for the caller. Access denied.", 403, client};
    case caller_ip_not_allowed:
      return {"CallerIpNotAllowed", "Caller IP address is not allowed. Access denied.", 403, client};
    case caller_ip_blocked: return {"CallerIpBlocked", "Caller IP address is blocked. Access denied.", 403, client};
    case header_not_found:
      return {"HeaderNotFound", "Header was not found in the request. Access denied.", 401, client};
    case header_value_not_allowed:
      return {"HeaderValueNotAllowed", "Header value is not allowed. Access denied.", 401, client};
    case token_not_present: return {"TokenNotPresent", "JWT not present.", 401, client};
    case token_signature_invalid: return {"TokenSignatureInvalid", "Invalid JWT. Access denied.", 401, client};
    case token_signature_key_not_found:
      return {"TokenSignatureKeyNotFound", "Invalid JWT. Access denied.", 401, client};
    case token_audience_not_allowed: return {"TokenAudienceNotAllowed", "Invalid JWT. Access denied.", 401, client};
    case token_issuer_not_allowed: return {"TokenIssuerNotAllowed", "Invalid JWT. Access denied.", 401, client};
    case token_expired: return {"TokenExpired", "Invalid JWT. Access denied.", 401, client};
    case token_claim_not_found:
      return {"TokenClaimNotFound", "JWT token is missing a required claim. Access denied.", 401, client};
    case token_claim_value_not_allowed:
      return {"TokenClaimValueNotAllowed", "Claim value is not allowed. Access denied.", 401, client};
    case jwt_invalid: return {"JwtInvalid", "Invalid JWT.", 401, client};
    case client_certificate_not_allowed:
      return {"ClientCertificateNotAllowed", "Invalid client certificate. Access denied.", 403, client};
    case access_token_unavailable:
      return {"AccessTokenUnavailable", "An access token could not be obtained.", 500, gateway};
    case callback_parameter_invalid:
      return {"CallbackParameterInvalid", "Value of callback parameter is not a valid JavaScript identifier.", 400,
              client};
    case content_conversion_failed: return {"ContentConversionFailed", "The body could not be converted.", 500, client};
    case request_content_invalid:
      return {"Bad request", "The request does not agree with the definition of the API.", 400, client};
    case response_content_invalid:
      return {"Response not allowed", "The answer does not agree with the definition of the API.", 502, backend};
    case request_body_too_large: return {"RequestBodyTooLarge", "The request body exceeds the limit.", 413, client};
    case response_body_too_large:
      return {"ResponseBodyTooLarge", "The backend's answer exceeds the limit for buffered bodies.", 502, backend};
    case bad_request: return {"BadRequest", "The request is malformed.", 400, client};
    case store_unavailable: return {"StoreUnavailable", "A store that the policy needs is not available.", 503, store};
    case cancelled: return {"Cancelled", "The request was given up.", 500, client};
    case overloaded: return {"Overloaded", "The gateway is overloaded.", 503, gateway};
    case internal: return {"InternalError", "Internal server error", 500, gateway};
  }
  return {"InternalError", "Internal server error", 500, gateway};
}

constexpr auto last_code = static_cast<std::size_t>(ErrorCode::internal);

struct Table {
  ErrorTraits rows[last_code + 1];
  constexpr Table() : rows{} {
    for (std::size_t i = 0; i <= last_code; ++i) rows[i] = traits_of(static_cast<ErrorCode>(i));
  }
};
constexpr Table table;

const Error::Detail no_detail;

}  // namespace

const ErrorTraits& describe(ErrorCode code) { return table.rows[static_cast<std::size_t>(code)]; }

Error::Error(ErrorCode code, std::string message) : code_(code) {
  if (!message.empty()) edit().message = std::move(message);
}

Error::~Error() = default;

Error::Error(const Error& other)
    : code_(other.code_),
      retry_(other.retry_),
      detail_(other.detail_ ? std::make_unique<Detail>(*other.detail_) : nullptr) {}

Error& Error::operator=(const Error& other) {
  if (this != &other) *this = Error(other);
  return *this;
}

std::string_view Error::message() const {
  return detail_ && !detail_->message.empty() ? std::string_view(detail_->message) : describe(code_).message;
}

int Error::status() const { return detail_ && detail_->status != 0 ? detail_->status : describe(code_).status; }

const Error::Detail& Error::detail() const { return detail_ ? *detail_ : no_detail; }

Error::Detail& Error::edit() {
  if (!detail_) detail_ = std::make_unique<Detail>();
  return *detail_;
}

Error&& Error::with_status(int status) && {
  edit().status = status;
  return std::move(*this);
}
Error&& Error::with_wire_message(std::string text) && {
  edit().wire_message = std::move(text);
  return std::move(*this);
}
Error&& Error::with_header(std::string name, std::string value) && {
  edit().headers.emplace_back(std::move(name), std::move(value));
  return std::move(*this);
}
Error&& Error::with_retry(RetryAdvice advice) && {
  retry_ = advice;
  return std::move(*this);
}
Error&& Error::with_source(std::string source) && {
  edit().place.source = std::move(source);
  return std::move(*this);
}

}  // namespace sluice
