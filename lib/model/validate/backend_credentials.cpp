// SPDX-License-Identifier: Apache-2.0
// Named values in a backend's credentials, URL and proxy must exist: what is sent otherwise is the name in braces.
#include "base/entity_lookup.hpp"
#include "model/named_value_text.hpp"
#include "model/place.hpp"
#include "model/validate/rules.hpp"

namespace sluice::model {

void check_backend_credentials(const ServiceModel& model, Diagnostics& diagnostics) {
  for (const Backend& backend : model.backends) {
    std::string texts;
    for_each_text(backend, [&](const std::string& text) { texts += text + '\n'; });
    for (const std::string& name : named_value_references(texts)) {
      if (find_named_value(model, backend.workspace_id, name) != nullptr) continue;
      Diagnostic finding = model_finding(
          Severity::error, "SL5005", backend.file, "backend " + backend.id, {"credentials"}, {},
          "the backend '" + entity_key(backend) + "' uses the named value '" + name + "', which does not exist",
          "define it in the folder, the settings or the environment");
      finding.source_line.clear();
      diagnostics.add(std::move(finding));
    }
  }
}

}  // namespace sluice::model
