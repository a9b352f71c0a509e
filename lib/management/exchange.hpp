// SPDX-License-Identifier: Apache-2.0
// Exchange: one request for a resource or a collection. Conditions are checked where the change is made, so that
// nothing comes between them.
#pragma once

#include "management/management.hpp"
#include "management/resource_path.hpp"

namespace sluice::management {

/// `"..."` of what a resource is made of.
std::string etag_of(const Resource& resource);

/// Whether a list of ETags (`*`, `"a", W/"b"`) names this one. Empty `etag`: there is no resource.
bool names_etag(std::string_view list, std::string_view etag);

class Exchange {
 public:
  Exchange(const Call& call, ResourcePath path, Store& store, const Services& services)
      : call_(call), path_(std::move(path)), store_(store), services_(services) {}

  Outcome<Answer> run();
  /// Whether the answer is one to a change that is in force now.
  bool has_changed() const { return has_changed_; }

 private:
  Outcome<Answer> resource();
  Outcome<Answer> collection();
  Outcome<Answer> action(const Action& action);
  Outcome<Answer> read(const Layout& layout);
  Outcome<Answer> put_or_patch();
  Outcome<Answer> remove();

  /// Where the path leads, and what is there now.
  struct Found {
    Target target;
    std::optional<Resource> resource;
  };
  /// Follows the whole path.
  Outcome<Found> find_resource(const Layout& layout) const;
  /// Follows the path to the resource at its end; what is on the way must be there.
  Outcome<Target> find_target(const Layout& layout, const Route& route, std::size_t count) const;
  Outcome<void> check_conditions(const std::optional<Resource>& now) const;
  Outcome<Properties> properties_of_body() const;
  std::string id_of(const Target& target, std::string_view id) const;
  std::string told(const Target& target, const Resource& resource) const;
  Answer answer_of(int status, const Target& target, const Resource& resource) const;
  /// Where the items from `skip` on are.
  std::string next_link(std::size_t skip) const;
  Outcome<Answer> page(const Layout& layout, const Target& target, const std::vector<std::string>& ids) const;

  const Call& call_;
  const ResourcePath path_;
  Store& store_;
  const Services& services_;
  const Route* route_ = nullptr;
  bool has_changed_ = false;
};

}  // namespace sluice::management
