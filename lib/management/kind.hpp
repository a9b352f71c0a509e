// SPDX-License-Identifier: Apache-2.0
// Kind: what one kind of resource is made of in a folder of artifacts. routes.cpp says which kind a path of ARM means;
// methods, ETags and answers are the same for all (management.cpp).
#pragma once

#include "management/failure.hpp"
#include "management/layout.hpp"
#include "management/properties.hpp"
#include "model/overlay_files.hpp"

#include <sluice/host_settings.hpp>
#include <sluice/random.hpp>

#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::management {

/// The keys that open a subscription without any in the folder: those of the settings, which know it by its id or its
/// display name, or generated ones. Nothing when there are none.
using KeyLookup =
    std::function<std::optional<SubscriptionKeys>(const std::string& id, const std::string& display_name)>;

/// What kinds want beside the folder.
struct Services {
  Random& random;
  KeyLookup keys;
};

/// A change that is being tried on a copy of the files.
struct Edit {
  model::OverlayFiles& files;
  const Services& services;
  Layout layout() const { return {files, files.folder()}; }
};

/// Which resource is meant, or which collection.
struct Target {
  std::string collection;        ///< The segment before the id: `operations`.
  std::string id;                ///< As the caller wrote it; valid. Empty for collections.
  std::filesystem::path parent;  ///< The folder of the resource that the collection belongs to.
  std::string parent_id;         ///< Empty: the service itself.
  std::string query;             ///< Of the request.

  Target with_id(std::string other) const;
};

/// A resource as it is.
struct Resource {
  std::string id;         ///< As the folder spells it.
  Properties properties;  ///< As callers are told.
  std::string content;    ///< What its ETag is made of.
};

/// A method that the kind has not is refused with 405.
class Kind {
 public:
  virtual ~Kind() = default;
  /// The resources of a collection, sorted.
  virtual std::vector<std::string> ids(const Layout& layout, const Target& collection) const;
  virtual Outcome<std::optional<Resource>> find(const Layout& layout, const Target& target) const = 0;
  /// Several of a collection; those that are not there are left out.
  virtual Outcome<std::vector<Resource>> find_all(const Layout& layout, const Target& collection,
                                                  std::span<const std::string> ids) const;
  /// The folder that a resource's own collections are in, whether it is there or not.
  virtual std::filesystem::path folder(const Layout& layout, const Target& target) const;

  /// Makes the resource, or replaces it.
  virtual Outcome<void> put(Edit& edit, const Target& target, const JsonValue& properties) const;
  /// Changes what is there.
  virtual Outcome<void> patch(Edit& edit, const Target& target, const JsonValue& properties) const;
  /// Removes what is there.
  virtual Outcome<void> remove(Edit& edit, const Target& target) const;
  virtual bool can_patch() const { return false; }
  virtual bool can_change() const { return true; }
  /// Whether a link: HEAD answers 204 for it, and PUT takes no body.
  virtual bool is_link() const { return false; }
  /// Whether it is told without id and type, as its properties alone.
  virtual bool is_bare() const { return false; }
};

/// Most kinds: a folder with an information file.
class InformationKind : public Kind {
 public:
  struct Shape {
    std::string_view file;                            ///< `productInformation.json`
    std::string_view defaults = "{}";                 ///< What a new resource gets where its PUT says nothing.
    std::vector<std::string_view> kept = {};          ///< What stays where a later PUT says nothing.
    std::vector<std::string_view> hidden = {};        ///< What callers are not told, as paths.
    std::vector<std::string_view> never_stored = {};  ///< What a caller may send and no file is to hold.
  };
  explicit InformationKind(Shape shape) : shape_(std::move(shape)) {}

  Outcome<std::optional<Resource>> find(const Layout& layout, const Target& target) const override;
  Outcome<void> put(Edit& edit, const Target& target, const JsonValue& properties) const override;
  Outcome<void> patch(Edit& edit, const Target& target, const JsonValue& properties) const override;
  Outcome<void> remove(Edit& edit, const Target& target) const override;
  bool can_patch() const override { return true; }

  /// What the file says; nothing when there is no such resource.
  Outcome<std::optional<Properties>> stored(const Layout& layout, const Target& target) const;

 protected:
  virtual std::optional<std::filesystem::path> find_folder(const Layout& layout, const Target& target) const;
  /// What callers are told of what is stored.
  virtual Properties told(const Properties& stored) const { return stored.hiding(shape_.hidden); }
  /// What a PUT stores: `given` with defaults, or with what is kept of `before`.
  Properties completed(const JsonValue& given, const std::optional<Properties>& before) const;
  void store(Edit& edit, const std::filesystem::path& folder, const Properties& properties) const;

 private:
  Shape shape_;
};

}  // namespace sluice::management
