// SPDX-License-Identifier: Apache-2.0
// Ids are unique within their kind, compared without case as the service does. A folder can hold two of one id only
// when a kind's folder is there in two spellings; a model made in code in any way.
#include "base/text.hpp"
#include "model/place.hpp"
#include "model/validate/rules.hpp"

#include <set>

namespace sluice::model {
namespace {

class IdCheck {
 public:
  IdCheck(std::string_view kind, Diagnostics& diagnostics) : kind_(kind), diagnostics_(diagnostics) {}
  void add(const std::string& id, const std::string& file) {
    if (id.empty()) return report("SL5002", "a " + std::string(kind_) + " has no id", id, file);
    if (!met_.insert(to_lower(id)).second) {
      report("SL5006", "the " + std::string(kind_) + " '" + id + "' stands twice", id, file);
    }
  }

 private:
  void report(std::string_view code, std::string message, const std::string& id, const std::string& file) {
    Diagnostic finding;
    finding.code = code;
    finding.file = file.empty() ? std::string(kind_) + ' ' + id : file;
    finding.message = std::move(message);
    diagnostics_.add(std::move(finding));
  }

  std::string_view kind_;
  Diagnostics& diagnostics_;
  std::set<std::string> met_;
};

}  // namespace

void check_ids(const ServiceModel& model, Diagnostics& diagnostics) {
  IdCheck products("product", diagnostics), subscriptions("subscription", diagnostics),
      backends("backend", diagnostics), fragments("policy fragment", diagnostics), values("named value", diagnostics),
      certificates("certificate", diagnostics), sets("version set", diagnostics), users("user", diagnostics),
      groups("group", diagnostics);
  for (const Product& product : model.products) products.add(product.id, product.file);
  for (const Subscription& subscription : model.subscriptions) subscriptions.add(subscription.id, subscription.file);
  for (const Backend& backend : model.backends) backends.add(backend.id, backend.file);
  for (const PolicyFragment& fragment : model.fragments) fragments.add(fragment.id, fragment.policy.file);
  for (const NamedValue& value : model.named_values) values.add(value.id, value.file);
  for (const Certificate& one : model.certificates) certificates.add(one.id, one.file);
  for (const VersionSet& set : model.version_sets) sets.add(set.id, {});
  for (const User& user : model.users) users.add(user.id, {});
  for (const Group& group : model.groups) groups.add(group.id, {});
}

}  // namespace sluice::model
