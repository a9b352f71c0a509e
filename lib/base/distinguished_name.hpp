// SPDX-License-Identifier: Apache-2.0
// Distinguished names as policies and .NET write them: `CN=a, O="Contoso, Inc.", C=US`, the narrowest part first.
// Source: RFC 4514, X.520; the doubled quotes are .NET's.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// One part. Types are in the spelling of .NET or numbers, in upper case; values in lower case, with single blanks:
/// equal parts are those that compare as equal (RFC 5280 section 7.1).
struct NamePart {
  std::string type;
  std::string value;
  bool operator==(const NamePart&) const = default;
};
using DistinguishedName = std::vector<NamePart>;

/// Parts are separated by commas, semicolons or plus signs; a value may be quoted, or escaped with backslashes. Nothing
/// when the text is none.
std::optional<DistinguishedName> parse_distinguished_name(std::string_view text);

}  // namespace sluice
