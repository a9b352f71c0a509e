// SPDX-License-Identifier: Apache-2.0
// What a diagnostic logs to must exist; what it asks for must be possible, also in a model made in code.
#include "base/entity_lookup.hpp"
#include "model/place.hpp"
#include "model/validate/rules.hpp"

#include <set>

namespace sluice::model {
namespace {

constexpr std::size_t most_body_bytes = 8192;

class DiagnosticCheck {
 public:
  DiagnosticCheck(const ServiceModel& model, Diagnostics& found)
      : model_(model), loggers_(model.loggers), found_(found) {}

  /// The diagnostics of one API, or those of the service and its workspaces.
  void list(const std::vector<ApiDiagnostic>& diagnostics) {
    std::set<std::string> ids;
    for (const ApiDiagnostic& one : diagnostics) {
      if (!ids.insert(to_lower(entity_key(one))).second) report(one, "SL5006", "stands twice", {});
      check(one);
    }
  }

 private:
  void check(const ApiDiagnostic& one) {
    if (!one.logger_id.empty() && !loggers_.contains(one.workspace_id, one.logger_id)) {
      report(one, "SL5005",
             "logs to the logger '" + entity_key(one.workspace_id, one.logger_id) + "', which does not exist",
             nearest_id_hint(one.logger_id, ids_in(model_.loggers, one.workspace_id)));
    }
    if (!(one.sampling_percentage >= 0 && one.sampling_percentage <= 100))
      report(one, "SL5003", "samples a percentage that is not between 0 and 100", {});
    for (const DiagnosticCapture* side :
         {&one.frontend_request, &one.frontend_response, &one.backend_request, &one.backend_response}) {
      if (side->body_bytes > most_body_bytes) report(one, "SL5003", "captures more than 8192 bytes of a body", {});
    }
  }

  void report(const ApiDiagnostic& one, std::string_view code, const std::string& what, std::string hint) {
    found_.add(model_finding(Severity::error, code, one.file, "diagnostic " + one.id, {"loggerId"}, {},
                             "the diagnostic '" + entity_key(one) + "' " + what, std::move(hint)));
  }

  const ServiceModel& model_;
  const EntityIndex loggers_;
  Diagnostics& found_;
};

}  // namespace

void check_diagnostics(const ServiceModel& model, Diagnostics& diagnostics) {
  DiagnosticCheck check(model, diagnostics);
  check.list(model.diagnostics);
  for (const Api& api : model.apis) check.list(api.diagnostics);
}

}  // namespace sluice::model
