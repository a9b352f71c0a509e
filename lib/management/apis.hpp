// SPDX-License-Identifier: Apache-2.0
// APIs with their revisions, and their operations.
#pragma once

#include "management/kind.hpp"

#include <sluice/model.hpp>

namespace sluice::management {

/// `apis/<id>[;rev=n]`. A PUT with `format` and `value` imports a specification; one of a new API with `sourceApiId`
/// begins with what that API has.
class ApiKind final : public InformationKind {
 public:
  ApiKind();
  /// The current revisions.
  std::vector<std::string> ids(const Layout& layout, const Target& collection) const override;
  std::filesystem::path folder(const Layout& layout, const Target& target) const override;
  Outcome<void> put(Edit& edit, const Target& target, const JsonValue& properties) const override;
  /// Takes the API out of its products, gateways and tags too. With `deleteRevisions=true` all revisions go with the
  /// current one.
  Outcome<void> remove(Edit& edit, const Target& target) const override;
  /// All revisions of an API, sorted, as ids.
  std::vector<std::string> revisions(const Layout& layout, const Target& target) const;

 protected:
  std::optional<std::filesystem::path> find_folder(const Layout& layout, const Target& target) const override;
  Properties told(const Properties& stored) const override;
};

/// `apis/<id>/revisions`: a list only.
class RevisionKind final : public Kind {
 public:
  explicit RevisionKind(const ApiKind& apis) : apis_(apis) {}
  std::vector<std::string> ids(const Layout& layout, const Target& collection) const override;
  Outcome<std::optional<Resource>> find(const Layout& layout, const Target& target) const override;
  bool can_change() const override { return false; }
  bool is_bare() const override { return true; }

 private:
  const ApiKind& apis_;
};

/// `apis/<id>/operations/<id>`: those in files of their own, and those of the API's specification.
class OperationKind final : public InformationKind {
 public:
  OperationKind();
  std::vector<std::string> ids(const Layout& layout, const Target& collection) const override;
  Outcome<std::optional<Resource>> find(const Layout& layout, const Target& target) const override;
  Outcome<std::vector<Resource>> find_all(const Layout& layout, const Target& collection,
                                          std::span<const std::string> ids) const override;
  Outcome<void> patch(Edit& edit, const Target& target, const JsonValue& properties) const override;
  Outcome<void> remove(Edit& edit, const Target& target) const override;
};

/// The operations of the API in a folder, as the gateway will have them.
std::vector<Operation> operations_of(const Layout& layout, const std::filesystem::path& api_folder);
/// An operation of a specification in ARM's shape. Schemas are left out: they stand in the specification.
Properties operation_properties(const Operation& operation);

/// Puts the specification that `given` brings in `format` and `value` in the place of what the API in `folder` has; the
/// policies of operations that are in both stay. Gives `given` without both, and with a title and a URL of the backend
/// where only the specification says them. **Errors**: 400 for formats that are not read, and for links.
Outcome<Properties> import_specification(Edit& edit, const std::filesystem::path& folder, const Properties& given);

}  // namespace sluice::management
