// SPDX-License-Identifier: Apache-2.0
// Policy restrictions: `policyRestrictions/<id>/policyRestrictionInformation.json`. With `requireBase` a document at
// `scope` and below must not leave out `<base />`. The service refuses to save such a document; what it does with one
// that is there is not documented, and that is warned of here.
#include "model/read/reading.hpp"

#include "base/text.hpp"

#include <array>

namespace sluice::model {
namespace {

/// Comments and what stands in them are no elements.
std::string without_comments(std::string_view text) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = text.find("<!--", at);
    result += text.substr(at, begin - at);
    if (begin == std::string_view::npos) break;
    const std::size_t end = text.find("-->", begin + 4);
    if (end == std::string_view::npos) break;
    at = end + 3;
  }
  return result;
}

/// The first section that stands in the document and has no `<base />`; empty: there is none.
std::string_view section_without_base(std::string_view text) {
  constexpr std::array<std::string_view, 4> sections = {"inbound", "backend", "outbound", "on-error"};
  for (std::string_view section : sections) {
    const std::size_t begin = text.find('<' + std::string(section));
    if (begin == std::string_view::npos) continue;
    const std::size_t end = text.find("</" + std::string(section), begin);
    // Without an end the section is empty.
    const std::string_view content =
        end == std::string_view::npos ? std::string_view() : text.substr(begin, end - begin);
    if (content.find("<base") == std::string_view::npos) return section;
  }
  return {};
}

/// Whether `place` is `scope` or lies below it; both like `/apis/a`.
bool lies_in(std::string_view place, std::string_view scope) {
  return place.size() >= scope.size() && equal_ignoring_case(place.substr(0, scope.size()), scope) &&
         (scope.empty() || place.size() == scope.size() || place[scope.size()] == '/');
}

class RestrictionCheck {
 public:
  explicit RestrictionCheck(Reading& reading) : reading_(reading) {}

  void document(const std::optional<PolicySource>& policy, const std::string& place) {
    if (!policy) return;
    for (const PolicyRestriction& restriction : reading_.restrictions) {
      if (!lies_in(place, restriction.scope)) continue;
      const std::string text = without_comments(policy->text);
      const std::string_view section = section_without_base(text);
      if (section.empty()) continue;
      reading_.files.add(Severity::warning, "SL5003", policy->file,
                         "<" + std::string(section) + "> has no <base />, which the policy restriction '" +
                             restriction.id + "' requires");
      return;
    }
  }

 private:
  Reading& reading_;
};

std::string place_in(const std::string& workspace_id, const std::string& kind, const std::string& id) {
  return (workspace_id.empty() ? std::string() : "/workspaces/" + workspace_id) + '/' + kind + '/' + id;
}

}  // namespace

void read_policy_restrictions(Reading& reading, const std::filesystem::path& folder) {
  for_each_folder(reading, folder, [&](const FolderEntry& entry) {
    PolicyRestriction restriction;
    restriction.id = entry.name;
    restriction.file = entry.path / "policyRestrictionInformation.json";
    bool requires_base = false;
    read_information(reading, restriction.file, "the policy restriction", [&](ObjectReader& fields) {
      std::string_view scope;
      const std::string written = fields.text("scope");
      scope = below_service(written);
      while (scope.ends_with('/')) scope.remove_suffix(1);
      restriction.scope = scope;
      // ARM writes the truth as text.
      const JsonValue* value = fields.find("requireBase");
      requires_base = value != nullptr && value->is_string()
                          ? fields.one_of<bool>("requireBase", {{"true", true}, {"false", false}}, false)
                          : fields.boolean("requireBase", false);
    });
    if (requires_base) reading.restrictions.push_back(std::move(restriction));
  });
}

void check_policy_restrictions(Reading& reading) {
  if (reading.restrictions.empty()) return;
  RestrictionCheck check(reading);
  const ServiceModel& model = reading.model;
  for (const Workspace& workspace : model.workspaces) check.document(workspace.policy, "/workspaces/" + workspace.id);
  for (const Product& product : model.products)
    check.document(product.policy, place_in(product.workspace_id, "products", product.id));
  for (const Api& api : model.apis) {
    const std::string place = place_in(api.workspace_id, "apis", api.id);
    check.document(api.policy, place);
    for (const Operation& operation : api.operations)
      check.document(operation.policy, place + "/operations/" + operation.id);
  }
}

}  // namespace sluice::model
