// SPDX-License-Identifier: Apache-2.0
#include "management/failure.hpp"

#include "base/json.hpp"
#include "management/bounds.hpp"

namespace sluice::management {
namespace {

/// The file's path in the folder; nothing that tells where the folder is (K4).
std::string target_of(const Diagnostic& finding, const std::filesystem::path& folder) {
  const std::filesystem::path file(finding.file);
  const std::string inside = file.lexically_normal().lexically_relative(folder.lexically_normal()).generic_string();
  return inside.empty() || inside.starts_with("..") ? file.filename().generic_string() : inside;
}

std::string text_of(const Diagnostic& finding) {
  std::string text;
  if (finding.pos.line != 0) {
    text = "Line " + std::to_string(finding.pos.line) + ", column " + std::to_string(finding.pos.column) + ": ";
  }
  text += finding.message;
  if (!finding.hint.empty()) text += " (" + finding.hint + ")";
  return text;
}

}  // namespace

Failure validation_failure(const Diagnostics& found, const std::filesystem::path& folder) {
  Failure failure{400, "ValidationError", {}, {}};
  std::size_t errors = 0;
  for (const Diagnostic& finding : found) {
    if (finding.severity != Severity::error) continue;
    if (++errors > told_findings) continue;
    failure.details.push_back({finding.code, target_of(finding, folder), text_of(finding)});
  }
  failure.message = "The change has " + std::to_string(errors) + (errors == 1 ? " error" : " errors") +
                    ", and nothing has been changed.";
  if (!failure.details.empty()) {
    failure.message += " " + failure.details[0].target + ": " + failure.details[0].message;
  }
  return failure;
}

std::string error_body(const Failure& failure) {
  JsonWriter writer;
  writer.begin_object();
  writer.key("error");
  writer.begin_object();
  writer.member("code", std::string_view(failure.code));
  writer.member("message", std::string_view(failure.message));
  if (!failure.details.empty()) {
    writer.key("details");
    writer.begin_array();
    for (const Failure::Detail& detail : failure.details) {
      writer.begin_object();
      writer.member("code", std::string_view(detail.code));
      writer.member("target", std::string_view(detail.target));
      writer.member("message", std::string_view(detail.message));
      writer.end_object();
    }
    writer.end_array();
  }
  writer.end_object();
  writer.end_object();
  return std::move(writer).take();
}

}  // namespace sluice::management
