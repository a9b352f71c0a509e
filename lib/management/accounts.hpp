// SPDX-License-Identifier: Apache-2.0
// Kinds that hold secrets: subscriptions and named values. They are told by POST alone.
#pragma once

#include "management/kind.hpp"

namespace sluice::management {

/// `subscriptions/<id>`. A new one gets the keys that its PUT does not bring, and waits for approval (`submitted`) when
/// it does not say its state, as in the service.
class SubscriptionKind final : public InformationKind {
 public:
  SubscriptionKind();
  Outcome<void> put(Edit& edit, const Target& target, const JsonValue& properties) const override;
  /// `primaryKey` and `secondaryKey`, as they open it now.
  Outcome<Properties> keys(const Layout& layout, const Services& services, const Target& target) const;
  /// A new key in the place of `name` (`primaryKey`, `secondaryKey`).
  Outcome<void> renew_key(Edit& edit, const Target& target, std::string_view name) const;

 protected:
  Properties told(const Properties& stored) const override;
};

/// `namedValues/<id>`
class NamedValueKind final : public InformationKind {
 public:
  NamedValueKind();
  /// `value`: what the folder holds. Values that only settings or environment know are the host's.
  Outcome<Properties> secret(const Layout& layout, const Target& target) const;

 protected:
  Properties told(const Properties& stored) const override;
};

}  // namespace sluice::management
