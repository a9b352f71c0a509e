// SPDX-License-Identifier: Apache-2.0
#include "model/named_value_text.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <optional>

namespace sluice::model {
namespace {

bool is_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == '_';
  });
}

/// The next `{{name}}` from `at` on. Of several openings before one close the last counts, so that the text is walked
/// once however many braces stand in it.
struct Reference {
  std::size_t begin, end;
  std::string_view name;
};
std::optional<Reference> next_reference(std::string_view text, std::size_t at) {
  for (std::size_t close = text.find("}}", at); close != std::string_view::npos; close = text.find("}}", at)) {
    const std::string_view before = text.substr(at, close - at);
    const std::size_t open = before.rfind("{{");
    const std::string_view name = open == std::string_view::npos ? "" : trim(before.substr(open + 2));
    if (is_name(name)) return Reference{at + open, close + 2, name};
    at = close + 2;
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::string> named_value_references(std::string_view text) {
  std::vector<std::string> names;
  std::size_t at = 0;
  while (const std::optional<Reference> found = next_reference(text, at)) {
    if (std::find(names.begin(), names.end(), found->name) == names.end()) names.emplace_back(found->name);
    at = found->end;
  }
  return names;
}

std::string substitute_named_values(std::string_view text, const ServiceModel& model, std::string_view workspace_id) {
  std::string result;
  std::size_t at = 0;
  while (const std::optional<Reference> found = next_reference(text, at)) {
    const NamedValue* value = find_named_value(model, workspace_id, found->name);
    result += text.substr(at, found->begin - at);
    result += value != nullptr ? std::string_view(value->value) : text.substr(found->begin, found->end - found->begin);
    at = found->end;
  }
  result += text.substr(at);
  return result;
}

const NamedValue* find_named_value(const ServiceModel& model, std::string_view workspace_id,
                                   std::string_view display_name) {
  for (const NamedValue& value : model.named_values) {
    if (value.display_name == display_name && equal_ignoring_case(value.workspace_id, workspace_id)) return &value;
  }
  return nullptr;
}

}  // namespace sluice::model

namespace sluice {

void resolve_backend_values(ServiceModel& model) {
  for (Backend& backend : model.backends) {
    model::for_each_text(
        backend, [&](std::string& text) { text = model::substitute_named_values(text, model, backend.workspace_id); });
  }
  for (Logger& logger : model.loggers) {
    for (std::string* text : {&logger.event_hub, &logger.connection_string, &logger.endpoint, &logger.client_id})
      *text = model::substitute_named_values(*text, model, logger.workspace_id);
  }
}

}  // namespace sluice
