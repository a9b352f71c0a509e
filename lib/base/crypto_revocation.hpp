// SPDX-License-Identifier: Apache-2.0
// Whether a certificate has been revoked: where that is told, what is asked (OCSP), and what an answer or a list says.
// Certificates are DER. Nothing is fetched here. Source: RFC 6960, RFC 5280 section 6.3.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// URLs with http alone, at most some of each.
struct RevocationSources {
  static constexpr std::size_t most = 4;
  std::vector<std::string> ocsp;
  std::vector<std::string> lists;
};
RevocationSources revocation_sources(std::string_view certificate);

enum class Revocation : std::uint8_t {
  good,
  revoked,
  unknown  ///< The answer is malformed, not of its issuer, out of date, or says so itself.
};
struct RevocationAnswer {
  Revocation status = Revocation::unknown;
  std::int64_t until = 0;  ///< Seconds since 1970: when there will be a newer one; 0: it does not say.
};

/// The request to an OCSP responder; empty when it cannot be made.
std::string ocsp_request(std::string_view certificate, std::string_view issuer);
RevocationAnswer read_ocsp_answer(std::string_view answer, std::string_view certificate, std::string_view issuer,
                                  std::int64_t now);
/// A revocation list in DER or PEM.
RevocationAnswer read_revocation_list(std::string_view list, std::string_view certificate, std::string_view issuer,
                                      std::int64_t now);

}  // namespace sluice
