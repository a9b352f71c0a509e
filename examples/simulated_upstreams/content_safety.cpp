// SPDX-License-Identifier: Apache-2.0
#include "content_safety.hpp"

#include "base/text.hpp"

namespace sluice::simulated {
namespace {

constexpr std::size_t longest_text = 10'000;

int severity_of(std::string_view text, std::string_view category) {
  const std::string lower = to_lower(text);
  const std::string word = to_lower(category);
  int severity = 0;
  for (int level = 1; level <= 7; ++level) {
    if (lower.find(word + std::to_string(level)) != std::string::npos) severity = level;
  }
  return severity;
}

bool is_attack(std::string_view text) {
  return to_lower(text).find("ignore previous instructions") != std::string::npos;
}

}  // namespace

Task<Response> ContentSafety::serve(Request& request) {
  const auto parsed = parse_json(request.body.data(), request.arena);
  if (!parsed || !(*parsed)->is_object())
    return error(request, 400, "InvalidRequestBody", "the body must be a JSON object");
  if (request.url.path.ends_with("/text:analyze")) return analyze(request, **parsed);
  if (request.url.path.ends_with("/text:shieldPrompt")) return shield(request, **parsed);
  return error(request, 404, "NotFound", "text:analyze or text:shieldPrompt");
}

Response ContentSafety::analyze(Request& request, const JsonValue& body) {
  const JsonValue* text = body.find("text");
  if (text == nullptr || !text->is_string() || text->text.size() > longest_text * 4) {
    return error(request, 400, "InvalidRequestBody", "'text' must be a string of at most 10000 characters");
  }
  JsonWriter writer;
  writer.begin_object();
  writer.key("blocklistsMatch");
  writer.begin_array();
  if (const JsonValue* names = body.find("blocklistNames")) {
    std::lock_guard lock(mutex());
    for (const JsonValue& name : names->items) {
      const auto list = blocklists_.find(std::string(name.text));
      if (list == blocklists_.end())
        return error(request, 404, "NotFound", "blocklist '" + std::string(name.text) + "' does not exist");
      for (const std::string& term : list->second) {
        if (text->text.find(term) == std::string_view::npos) continue;
        writer.begin_object();
        writer.member("blocklistName", std::string_view(list->first));
        writer.member("blocklistItemId", "item-1");
        writer.member("blocklistItemText", std::string_view(term));
        writer.end_object();
      }
    }
  }
  writer.end_array();
  writer.key("categoriesAnalysis");
  writer.begin_array();
  const JsonValue* wanted = body.find("categories");
  for (std::string_view category : {"Hate", "SelfHarm", "Sexual", "Violence"}) {
    bool asked = wanted == nullptr;
    for (const JsonValue& name : wanted != nullptr ? wanted->items : std::span<const JsonValue>())
      asked = asked || name.text == category;
    if (!asked) continue;
    const JsonValue* type = body.find("outputType");
    int severity = severity_of(text->text, category);
    if (type == nullptr || type->text != "EightSeverityLevels") severity -= severity % 2;
    writer.begin_object();
    writer.member("category", category);
    writer.member("severity", severity);
    writer.end_object();
  }
  writer.end_array();
  writer.end_object();
  return json(request, 200, writer.text());
}

Response ContentSafety::shield(Request& request, const JsonValue& body) {
  JsonWriter writer;
  const auto verdict = [&](std::string_view text) {
    writer.begin_object();
    writer.member("attackDetected", is_attack(text));
    writer.end_object();
  };
  writer.begin_object();
  writer.key("userPromptAnalysis");
  const JsonValue* prompt = body.find("userPrompt");
  verdict(prompt != nullptr ? prompt->text : std::string_view());
  writer.key("documentsAnalysis");
  writer.begin_array();
  if (const JsonValue* documents = body.find("documents")) {
    for (const JsonValue& document : documents->items) verdict(document.text);
  }
  writer.end_array();
  writer.end_object();
  return json(request, 200, writer.text());
}

bool ContentSafety::set(std::string_view name, const JsonValue& value) {
  if (name != "blocklists" || !value.is_object()) return false;
  blocklists_.clear();
  for (const JsonMember& list : value.members) {
    auto& terms = blocklists_[std::string(list.name)];
    for (const JsonValue& term : list.value.items) terms.emplace_back(term.text);
  }
  return true;
}

void ContentSafety::write_settings(JsonWriter& writer) {
  writer.key("blocklists");
  writer.begin_object();
  for (const auto& [name, terms] : blocklists_) {
    writer.key(name);
    writer.begin_array();
    for (const auto& term : terms) writer.value(std::string_view(term));
    writer.end_array();
  }
  writer.end_object();
}

}  // namespace sluice::simulated
