// SPDX-License-Identifier: Apache-2.0
// Who vouches for a certificate: the chain to an authority, and single links of it. Certificates are DER.
#pragma once

#include <tl/expected.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// The certificates from `leaf` to a root that is one of `authorities` (PEM texts) or that this machine trusts, both
/// ends included. They are valid at `now` (seconds since 1970), which is not asked of `leaf` itself; revocation is not
/// looked at. **Errors**: what is wrong, as the end of a sentence.
tl::expected<std::vector<std::string>, std::string> trusted_chain(std::string_view leaf, std::string_view authorities,
                                                                  std::int64_t now);

/// Whether `issuer` is named as the issuer of `certificate` and has signed it.
bool is_issued_by(std::string_view certificate, std::string_view issuer);

/// The certificates of PEM texts, at most some thousands; without those that cannot be read.
std::vector<std::string> read_certificates(std::string_view pem);

}  // namespace sluice
