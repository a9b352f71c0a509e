// SPDX-License-Identifier: Apache-2.0
// Named values in a backend's credentials and URL must exist: what is sent otherwise is the name in braces.
#include "model/named_value_text.hpp"
#include "model/place.hpp"
#include "model/validate/rules.hpp"

namespace sluice::model {

void check_backend_credentials(const ServiceModel& model, Diagnostics& diagnostics) {
  for (const Backend& backend : model.backends) {
    std::string texts = backend.url;
    if (backend.credentials.authorization) texts += '\n' + backend.credentials.authorization->second;
    for (const auto& [name, value] : backend.credentials.headers) texts += '\n' + value;
    for (const auto& [name, value] : backend.credentials.query) texts += '\n' + value;
    for (const std::string& name : named_value_references(texts)) {
      if (find_named_value(model, name) != nullptr) continue;
      Diagnostic finding =
          model_finding(Severity::error, "SL5005", backend.file, "backend " + backend.id, {"credentials"}, {},
                        "the backend '" + backend.id + "' uses the named value '" + name + "', which does not exist",
                        "define it in the folder, the settings or the environment");
      finding.source_line.clear();
      diagnostics.add(std::move(finding));
    }
  }
}

}  // namespace sluice::model
