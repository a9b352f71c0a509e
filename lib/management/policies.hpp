// SPDX-License-Identifier: Apache-2.0
// Policy documents as resources: `policies/policy` of the service, of products, APIs and operations, and fragments.
#pragma once

#include "management/kind.hpp"

#include <sluice/model.hpp>

namespace sluice::management {

/// The document that a body of ARM brings, in `format` (xml when it does not say) and `value`. **Errors**: 400 for
/// links
/// (`xml-link`), which would have to be fetched, and for a text in format xml that is none.
/// `file`: where it will stand in `folder`.
Outcome<std::string> policy_text(const Properties& properties, const std::filesystem::path& file,
                                 const std::filesystem::path& folder);
/// `format` and `value` in the format that a query asks for with `format`: xml, or rawxml.
Outcome<Properties> policy_properties(std::string_view text, std::string_view query);
/// The same document with what stands in expressions escaped, so that any reader of XML takes it.
std::string to_well_formed(const std::string& text);

/// `policies/policy`: the policy.xml of its owner's folder.
class PolicyKind final : public Kind {
 public:
  std::vector<std::string> ids(const Layout& layout, const Target& collection) const override;
  Outcome<std::optional<Resource>> find(const Layout& layout, const Target& target) const override;
  Outcome<void> put(Edit& edit, const Target& target, const JsonValue& properties) const override;
  Outcome<void> remove(Edit& edit, const Target& target) const override;
};

/// `policyFragments/<id>`
class FragmentKind final : public Kind {
 public:
  Outcome<std::optional<Resource>> find(const Layout& layout, const Target& target) const override;
  Outcome<void> put(Edit& edit, const Target& target, const JsonValue& properties) const override;
  Outcome<void> remove(Edit& edit, const Target& target) const override;
};

}  // namespace sluice::management
