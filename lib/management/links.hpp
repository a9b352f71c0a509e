// SPDX-License-Identifier: Apache-2.0
// What resources have to do with one another: the APIs and groups of a product, and the lists that are read only.
#pragma once

#include "management/kind.hpp"

namespace sluice::management {

/// `products/<id>/apis/<id>` and `products/<id>/groups/<id>`: a folder of that name, or a name in a list (`apis.json`).
class LinkKind final : public Kind {
 public:
  /// `linked`: the kind at the other end, a collection of the service. `file`: what a link's folder holds.
  LinkKind(const Kind& linked, std::string_view file) : linked_(linked), file_(file) {}

  std::vector<std::string> ids(const Layout& layout, const Target& collection) const override;
  Outcome<std::optional<Resource>> find(const Layout& layout, const Target& target) const override;
  Outcome<void> put(Edit& edit, const Target& target, const JsonValue& properties) const override;
  Outcome<void> remove(Edit& edit, const Target& target) const override;
  bool is_link() const override { return true; }

 private:
  const Kind& linked_;
  std::string_view file_;
};

/// `products/<id>/subscriptions`
class ProductSubscriptionsKind final : public Kind {
 public:
  explicit ProductSubscriptionsKind(const InformationKind& subscriptions) : subscriptions_(subscriptions) {}
  std::vector<std::string> ids(const Layout& layout, const Target& collection) const override;
  Outcome<std::optional<Resource>> find(const Layout& layout, const Target& target) const override;
  bool can_change() const override { return false; }

 private:
  const InformationKind& subscriptions_;
};

/// `apis/<id>/products`
class ApiProductsKind final : public Kind {
 public:
  ApiProductsKind(const Kind& products, const LinkKind& links) : products_(products), links_(links) {}
  std::vector<std::string> ids(const Layout& layout, const Target& collection) const override;
  Outcome<std::optional<Resource>> find(const Layout& layout, const Target& target) const override;
  bool can_change() const override { return false; }

 private:
  const Kind& products_;
  const LinkKind& links_;
};

}  // namespace sluice::management
