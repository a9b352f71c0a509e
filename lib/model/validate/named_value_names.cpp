// SPDX-License-Identifier: Apache-2.0
// `{{name}}` must mean one value, and the name must be one that can stand there.
#include "base/entity_lookup.hpp"
#include "base/text.hpp"
#include "model/place.hpp"
#include "model/validate/rules.hpp"

#include <algorithm>
#include <map>

namespace sluice::model {
namespace {

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= 256 && std::all_of(name.begin(), name.end(), [](char c) {
    return is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == '_';
  });
}

/// The value may be a secret and stand in the same line.
Diagnostic without_line(Diagnostic finding) {
  finding.source_line.clear();
  return finding;
}

}  // namespace

void check_named_value_names(const ServiceModel& model, Diagnostics& diagnostics) {
  std::map<std::pair<std::string_view, std::string_view>, const NamedValue*> names;  // By workspace.
  for (const NamedValue& value : model.named_values) {
    if (!is_name(value.display_name)) {
      diagnostics.add(without_line(
          model_finding(Severity::error, "SL5003", value.file, "named value " + value.id, {"displayName"}, {},
                        "'" + value.display_name +
                            "' is not a name of a named value: letters, digits, '-', '.' and '_', at most 256")));
    }
    const auto [other, is_new] =
        names.emplace(std::pair<std::string_view, std::string_view>(value.workspace_id, value.display_name), &value);
    if (is_new) continue;
    diagnostics.add(without_line(
        model_finding(Severity::error, "SL5006", value.file, "named value " + value.id, {"displayName"}, {},
                      "the named values '" + entity_key(*other->second) + "' and '" + entity_key(value) +
                          "' have the same display name '" + value.display_name + "'")));
  }
}

}  // namespace sluice::model
