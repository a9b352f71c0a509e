// SPDX-License-Identifier: Apache-2.0
// Run-time errors: what went wrong, whose fault it was, and whether trying again can help.
// Documents and configuration report `Diagnostics` instead (diagnostic.hpp).
#pragma once

#include <tl/expected.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice {

/// Everything that can fail while a request runs. `describe(ErrorCode)` gives reason, message and status.
enum class ErrorCode : std::uint8_t {
  operation_not_found,             ///< No API or operation matches the request.
  subscription_key_not_found,      ///< The API wants a subscription key and the request carries none.
  subscription_key_invalid,        ///< The subscription key is unknown, inactive or does not cover the API.
  client_connection_failure,       ///< The caller closed the connection while its request was pending.
  backend_connection_failure,      ///< A connection to the backend could not be made or was cut.
  timeout,                         ///< The backend did not send status and headers in time.
  backend_answer_invalid,          ///< The backend answered something that is not a valid HTTP message.
  backend_not_found,               ///< A backend id computed at run time names no backend.
  backend_circuit_open,            ///< The backend's circuit breaker is open.
  backend_pool_unavailable,        ///< No member of the backend pool can take the request.
  backend_error_status,            ///< The backend answered 400-599 and `fail-on-error-status-code` is set.
  expression_evaluation_failure,   ///< A policy expression threw.
  policy_value_invalid,            ///< A value computed for an attribute or a head is not acceptable.
  rate_limit_exceeded,             ///< rate-limit, rate-limit-by-key.
  quota_exceeded,                  ///< quota, quota-by-key.
  concurrency_limit_exceeded,      ///< limit-concurrency.
  token_limit_exceeded,            ///< llm-token-limit, tokens per minute.
  token_quota_exceeded,            ///< llm-token-limit, token quota.
  queue_limit_exceeded,            ///< priority-queue: no place, or too long a wait.
  content_safety_blocked,          ///< llm-content-safety blocked, or its check could not be made.
  personal_data_blocked,           ///< llm-pii blocked, or could not look.
  caller_ip_not_parsed,            ///< ip-filter: the caller's address could not be read.
  caller_ip_not_allowed,           ///< ip-filter: not in the allow list.
  caller_ip_blocked,               ///< ip-filter: in the forbid list.
  header_not_found,                ///< check-header: header missing.
  header_value_not_allowed,        ///< check-header: value not in the list.
  token_not_present,               ///< validate-jwt: the request brings no token.
  token_signature_invalid,         ///< validate-jwt: no key agrees with the signature.
  token_signature_key_not_found,   ///< validate-jwt: nobody knows the key that the token names.
  token_audience_not_allowed,      ///< validate-jwt: the token is for somebody else.
  token_issuer_not_allowed,        ///< validate-jwt: the token comes from somebody else.
  token_expired,                   ///< validate-jwt: the token's time is over.
  token_claim_not_found,           ///< validate-jwt: a required claim is missing.
  token_claim_value_not_allowed,   ///< validate-jwt: a required claim has none of its allowed values.
  jwt_invalid,                     ///< validate-jwt: anything else that is wrong with the token.
  client_certificate_not_allowed,  ///< validate-client-certificate: none, or not one of the allowed.
  access_token_unavailable,        ///< authentication-managed-identity, get-authorization-context: no token to be had.
  callback_parameter_invalid,      ///< jsonp: the callback's name is no identifier of JavaScript.
  content_conversion_failed,       ///< json-to-xml, xml-to-json, xsl-transform: the body is not what it should be.
  request_content_invalid,         ///< validate-*: the request does not agree with the API's definition.
  response_content_invalid,        ///< validate-*: the backend's answer does not agree with it.
  request_body_too_large,          ///< The request body passes a limit (L4, L5).
  response_body_too_large,         ///< The backend's body passes the limit for buffered bodies (L5).
  bad_request,                     ///< The request is malformed in a way that the gateway must refuse.
  store_unavailable,               ///< A counter, cache or vector store could not answer.
  cancelled,                       ///< The work was given up because nobody waits for it any more.
  overloaded,                      ///< The gateway refuses new work for now.
  internal                         ///< A defect of the gateway itself.
};

/// Whose fault an error is.
enum class ErrorOrigin : std::uint8_t { client, backend, gateway, policy, store };

/// Whether the same call may succeed when it is made again.
enum class RetryAdvice : std::uint8_t { no, yes, if_reused_connection };

/// One row of the table of errors.
struct ErrorTraits {
  std::string_view reason;   ///< `context.LastError.Reason`, machine-readable.
  std::string_view message;  ///< `context.LastError.Message` when the error brings none of its own.
  int status;                ///< HTTP status of the built-in answer.
  ErrorOrigin origin;
};

/// The row for `code`. Source: API Management error-handling reference; threats.md for the rest.
const ErrorTraits& describe(ErrorCode code);

/// Where in a policy document an error arose: what `context.LastError` shows.
struct ErrorPlace {
  std::string source;     ///< Policy element or built-in step (`configuration`, `authorization`, `request-forwarder`).
  std::string scope;      ///< `global`, `workspace`, `product`, `api`, `operation`; empty outside documents.
  std::string section;    ///< `inbound`, `backend`, `outbound`, `on-error`.
  std::string path;       ///< Nesting, 1-based: `choose[3]\when[2]`.
  std::string policy_id;  ///< The element's `id` attribute.
};

/// A run-time error. Copyable; cheap while no detail is attached.
class Error {
 public:
  struct Detail {
    std::string message;        ///< For `LastError.Message`; empty: the table's.
    std::string wire_message;   ///< For the caller's JSON body; empty: the built-in text of the status.
    int status = 0;             ///< 0: the table's.
    std::string status_reason;  ///< Reason phrase; empty: the standard one.
    std::vector<std::pair<std::string, std::string>> headers;  ///< Added to the built-in answer (`Retry-After`).
    ErrorPlace place;
  };

  // Cold: whoever makes or ends one is on a way that is seldom taken, and its code stands apart.
  [[gnu::cold]] explicit Error(ErrorCode code, std::string message = {});
  [[gnu::cold]] Error(const Error& other);
  Error& operator=(const Error& other);
  Error(Error&&) noexcept = default;
  Error& operator=(Error&&) noexcept = default;
  [[gnu::cold]] ~Error();

  ErrorCode code() const { return code_; }
  ErrorOrigin origin() const { return describe(code_).origin; }
  RetryAdvice retry() const { return retry_; }
  std::string_view reason() const { return describe(code_).reason; }
  /// The message for `LastError`: the error's own or the table's.
  std::string_view message() const;
  int status() const;

  const Detail& detail() const;
  /// The detail to fill in; made on first use.
  Detail& edit();

  Error&& with_status(int status) &&;
  Error&& with_wire_message(std::string text) &&;
  Error&& with_header(std::string name, std::string value) &&;
  Error&& with_retry(RetryAdvice advice) &&;
  Error&& with_source(std::string source) &&;

 private:
  ErrorCode code_;
  RetryAdvice retry_ = RetryAdvice::no;
  std::unique_ptr<Detail> detail_;
};

/// A value or the error that prevented it.
template <class T>
using Result = tl::expected<T, Error>;

/// Makes the failing side of a `Result`.
[[gnu::cold, gnu::noinline]] inline tl::unexpected<Error> fail(ErrorCode code, std::string message = {}) {
  return tl::unexpected<Error>(Error(code, std::move(message)));
}
[[gnu::cold, gnu::noinline]] inline tl::unexpected<Error> fail(Error error) {
  return tl::unexpected<Error>(std::move(error));
}

}  // namespace sluice
