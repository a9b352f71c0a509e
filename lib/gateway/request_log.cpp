// SPDX-License-Identifier: Apache-2.0
#include "gateway/request_log.hpp"

#include "base/entity_lookup.hpp"
#include "base/trace_level.hpp"

#include <algorithm>
#include <string>

namespace sluice {
namespace {

constexpr int first_error_status = 400;

LogLevel level_of(ApiDiagnostic::Verbosity verbosity) {
  switch (verbosity) {
    case ApiDiagnostic::Verbosity::verbose: return LogLevel::debug;
    case ApiDiagnostic::Verbosity::information: return LogLevel::info;
    case ApiDiagnostic::Verbosity::error: return LogLevel::error;
  }
  return LogLevel::info;
}

/// `prefix.Name: value` of the listed fields that are there.
std::vector<Label> captured(const DiagnosticCapture& wanted, const Headers& headers, std::string_view prefix,
                            Arena& arena) {
  std::vector<Label> fields;
  for (const std::string& name : wanted.headers) {
    if (const auto value = headers.joined(HeaderName(name)))
      fields.push_back({arena.concat({prefix, name}), arena.copy(*value)});
  }
  return fields;
}

}  // namespace

std::vector<const ApiDiagnostic*> diagnostics_of(const Api& api, const ServiceModel& model) {
  std::vector<const ApiDiagnostic*> all;
  for (const ApiDiagnostic& own : api.diagnostics) all.push_back(&own);
  for (const ApiDiagnostic& broader : model.diagnostics) {
    const bool is_replaced = find_entity(api.diagnostics, api.workspace_id, broader.id) != nullptr;
    if (!is_replaced && equal_ignoring_case(broader.workspace_id, api.workspace_id)) all.push_back(&broader);
  }
  return all;
}

RequestLog::RequestLog(std::span<const ApiDiagnostic* const> diagnostics, RequestContext& context) : context_(context) {
  LogLevel least = LogLevel::error;
  for (const ApiDiagnostic* one : diagnostics) {
    least = std::min(least, level_of(one->verbosity));
    // 100 is above all that `unit` gives.
    Entry entry{one, context.services.random.unit() * 100 < one->sampling_percentage, {}, {}};
    if (entry.is_sampled || one->always_log_errors)
      entry.request_fields = captured(one->frontend_request, context.request.headers, "request.", context.arena);
    entries_.push_back(std::move(entry));
  }
  context.state<TraceLevel>().least = least;
}

void RequestLog::note_answer(const Response& answer) {
  for (Entry& entry : entries_)
    entry.answer_fields = captured(entry.diagnostic->frontend_response, answer.headers, "response.", context_.arena);
}

void RequestLog::write(const RequestRecord& record) {
  const bool has_failed = record.status >= first_error_status || !record.error_reason.empty();
  for (const Entry& entry : entries_) {
    if (entry.is_sampled || (has_failed && entry.diagnostic->always_log_errors)) write(entry, record);
  }
}

void RequestLog::write(const Entry& entry, const RequestRecord& record) {
  const ApiDiagnostic& diagnostic = *entry.diagnostic;
  Arena& arena = context_.arena;
  const Operation* operation = context_.operation;
  const std::string_view name = diagnostic.names_operations_by_url && operation != nullptr
                                    ? arena.concat({operation->method, " ", operation->url_template})
                                    : record.operation;
  const std::string status = std::to_string(record.status), total = std::to_string(record.total_us),
                    backend_us = std::to_string(record.backend_us), bytes = std::to_string(record.response_bytes);
  std::vector<Label> fields = {{"diagnostic", entity_key(diagnostic, arena)},
                               {"logger", entity_key(diagnostic.workspace_id, diagnostic.logger_id, arena)},
                               {"method", record.method},
                               {"path", record.path},
                               {"api", record.api},
                               {"operation", name},
                               {"product", record.product},
                               {"subscription", record.subscription},
                               {"backend", record.backend},
                               {"status", status},
                               {"error", record.error_reason},
                               {"total_us", total},
                               {"backend_us", backend_us},
                               {"response_bytes", bytes}};
  if (diagnostic.log_client_ip) fields.push_back({"client_ip", context_.request.client_address});
  fields.insert(fields.end(), entry.request_fields.begin(), entry.request_fields.end());
  fields.insert(fields.end(), entry.answer_fields.begin(), entry.answer_fields.end());
  context_.services.telemetry.log(LogLevel::info, "request logged", fields);
}

}  // namespace sluice
