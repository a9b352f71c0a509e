// SPDX-License-Identifier: Apache-2.0
// RequestLog: what the diagnostics of an API leave of a request in the log: one record for each diagnostic that samples
// it, and the severity from which on traces are written. Requests of APIs without diagnostics have none of this.
// Source: policies.md section 4.3, diagnostics.
#pragma once

#include <sluice/context.hpp>
#include <sluice/model.hpp>
#include <sluice/telemetry.hpp>

#include <span>
#include <vector>

namespace sluice {

/// The diagnostics that apply to an API: its own, and those of its workspace or of the service whose ids it does not
/// use itself.
std::vector<const ApiDiagnostic*> diagnostics_of(const Api& api, const ServiceModel& model);

/// Of one request, in its arena.
class RequestLog {
 public:
  /// Decides what is sampled and keeps the fields that the caller has sent, before policies change them.
  RequestLog(std::span<const ApiDiagnostic* const> diagnostics, RequestContext& context);

  /// The fields that the caller gets.
  void note_answer(const Response& answer);
  /// Writes the records. `record`: of the same request.
  void write(const RequestRecord& record);

 private:
  struct Entry {
    const ApiDiagnostic* diagnostic = nullptr;
    bool is_sampled = false;
    std::vector<Label> request_fields, answer_fields;
  };

  void write(const Entry& entry, const RequestRecord& record);

  RequestContext& context_;
  std::vector<Entry> entries_;
};

}  // namespace sluice
