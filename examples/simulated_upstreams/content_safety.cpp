// SPDX-License-Identifier: Apache-2.0
#include "content_safety.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace sluice::simulated {
namespace {

constexpr std::size_t longest_text = 10'000;  ///< Characters.
constexpr std::size_t most_documents = 5;
constexpr std::string_view categories[] = {"Hate", "SelfHarm", "Sexual", "Violence"};
constexpr int worst = 7;

std::size_t characters_in(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0u) != 0x80u; }));
}

bool holds(const std::string& lower, std::string_view phrase) {
  return lower.find(to_lower(phrase)) != std::string::npos;
}

bool is_list(const JsonValue* value) { return value == nullptr || value->is_array(); }

bool is_category(std::string_view name) {
  return std::find(std::begin(categories), std::end(categories), name) != std::end(categories);
}

/// What is wrong with the request of an analysis; empty: nothing.
std::string_view problem_of(const JsonValue& body) {
  const JsonValue* text = body.find("text");
  if (text == nullptr || !text->is_string() || characters_in(text->text) > longest_text)
    return "'text' must be a string of at most 10000 characters";
  const JsonValue* asked = body.find("categories");
  if (!is_list(asked) || !is_list(body.find("blocklistNames"))) return "'categories' and 'blocklistNames' are arrays";
  for (const JsonValue& name : asked != nullptr ? asked->items : std::span<const JsonValue>()) {
    if (!is_category(name.text)) return "a category is Hate, SelfHarm, Sexual or Violence";
  }
  const JsonValue* type = body.find("outputType");
  if (type != nullptr && type->text != "FourSeverityLevels" && type->text != "EightSeverityLevels")
    return "'outputType' is FourSeverityLevels or EightSeverityLevels";
  return {};
}

bool read_list(const JsonValue& value, std::vector<std::string>& list) {
  if (!value.is_array()) return false;
  list.clear();
  for (const JsonValue& item : value.items) list.emplace_back(item.text);
  return true;
}

void write_list(JsonWriter& writer, const std::vector<std::string>& list) {
  writer.begin_array();
  for (const std::string& item : list) writer.value(std::string_view(item));
  writer.end_array();
}

}  // namespace

Task<Response> ContentSafety::serve(Request& request) {
  const auto parsed = parse_json(request.body.data(), request.arena);
  if (!parsed || !(*parsed)->is_object()) co_return invalid(request, "the body must be a JSON object");
  std::lock_guard lock(mutex());
  if (request.url.path.ends_with("/text:analyze")) co_return analyze(request, **parsed);
  if (request.url.path.ends_with("/text:shieldPrompt")) co_return shield(request, **parsed);
  co_return error(request, 404, "NotFound", "text:analyze or text:shieldPrompt");
}

Response ContentSafety::invalid(Request& request, std::string_view message) const {
  return error(request, 400, "InvalidRequestBody", message);
}

Response ContentSafety::analyze(Request& request, const JsonValue& body) {
  if (const std::string_view problem = problem_of(body); !problem.empty()) return invalid(request, problem);
  const JsonValue* names = body.find("blocklistNames");
  for (const JsonValue& name : names != nullptr ? names->items : std::span<const JsonValue>()) {
    if (blocklists_.find(name.text) == blocklists_.end())
      return error(request, 404, "NotFound", "blocklist '" + std::string(name.text) + "' does not exist");
  }
  const std::string_view text = body.find("text")->text;
  ++counts_.analyzed;
  JsonWriter writer;
  writer.begin_object();
  writer.key("blocklistsMatch");
  const int matches = match(writer, text, names);
  if (matches > 0) ++counts_.blocklisted;
  writer.key("categoriesAnalysis");
  const JsonValue* halt = body.find("haltOnBlocklistHit");
  if (matches > 0 && halt != nullptr && halt->boolean().value_or(false))
    writer.raw("[]");
  else
    judge(writer, text, body);
  writer.end_object();
  return json(request, 200, writer.text());
}

int ContentSafety::match(JsonWriter& writer, std::string_view text, const JsonValue* names) const {
  const std::string lower = to_lower(text);
  int matches = 0;
  writer.begin_array();
  for (const JsonValue& name : names != nullptr ? names->items : std::span<const JsonValue>()) {
    const auto list = blocklists_.find(name.text);
    for (std::size_t i = 0; i < list->second.size(); ++i) {
      if (!holds(lower, list->second[i])) continue;
      ++matches;
      writer.begin_object();
      writer.member("blocklistName", std::string_view(list->first));
      writer.member("blocklistItemId", std::string_view("item-" + std::to_string(i + 1)));
      writer.member("blocklistItemText", std::string_view(list->second[i]));
      writer.end_object();
    }
  }
  writer.end_array();
  return matches;
}

void ContentSafety::judge(JsonWriter& writer, std::string_view text, const JsonValue& body) {
  const JsonValue* type = body.find("outputType");
  const bool is_fine = type != nullptr && type->text == "EightSeverityLevels";
  const JsonValue* asked = body.find("categories");
  const auto wants = [&](std::string_view category) {
    return asked == nullptr || std::any_of(asked->items.begin(), asked->items.end(),
                                           [&](const JsonValue& name) { return name.text == category; });
  };
  bool is_harmful = false;
  writer.begin_array();
  for (const std::string_view category : categories) {
    if (!wants(category)) continue;
    const int severity = severity_of(text, category);
    is_harmful = is_harmful || severity > 0;
    writer.begin_object();
    writer.member("category", category);
    writer.member("severity", is_fine ? severity : severity - severity % 2);
    writer.end_object();
  }
  writer.end_array();
  if (is_harmful) ++counts_.harmful;
}

int ContentSafety::severity_of(std::string_view text, std::string_view category) const {
  const std::string lower = to_lower(text);
  int severity = 0;
  for (int level = 1; level <= worst; ++level) {
    if (holds(lower, std::string(category) + std::to_string(level))) severity = level;
  }
  const auto list = words_.find(category);
  if (list == words_.end()) return severity;
  for (const auto& [word, level] : list->second) {
    if (holds(lower, word)) severity = std::max(severity, level);
  }
  return severity;
}

bool ContentSafety::is_attack(std::string_view text) const {
  const std::string lower = to_lower(text);
  return std::any_of(attacks_.begin(), attacks_.end(), [&](const std::string& phrase) { return holds(lower, phrase); });
}

Response ContentSafety::shield(Request& request, const JsonValue& body) {
  const JsonValue* prompt = body.find("userPrompt");
  const JsonValue* documents = body.find("documents");
  if ((prompt == nullptr && documents == nullptr) || !is_list(documents))
    return invalid(request, "'userPrompt' or 'documents' is required");
  const std::span<const JsonValue> texts = documents != nullptr ? documents->items : std::span<const JsonValue>();
  std::size_t characters = 0;
  for (const JsonValue& document : texts) characters += characters_in(document.text);
  const std::string_view question = prompt != nullptr ? prompt->text : std::string_view();
  if (characters_in(question) > longest_text || characters > longest_text || texts.size() > most_documents)
    return invalid(request, "a prompt has at most 10000 characters, and so have at most 5 documents together");
  ++counts_.shielded;
  bool attacked = false;
  JsonWriter writer;
  const auto verdict = [&](std::string_view text) {
    const bool attack = is_attack(text);
    attacked = attacked || attack;
    writer.begin_object();
    writer.member("attackDetected", attack);
    writer.end_object();
  };
  writer.begin_object();
  writer.key("userPromptAnalysis");
  verdict(question);
  writer.key("documentsAnalysis");
  writer.begin_array();
  for (const JsonValue& document : texts) verdict(document.text);
  writer.end_array();
  writer.end_object();
  if (attacked) ++counts_.attacks;
  return json(request, 200, writer.text());
}

bool ContentSafety::set(std::string_view name, const JsonValue& value) {
  if (name == "attacks") return read_list(value, attacks_);
  if (name == "words") return set_words(value);
  if (name != "blocklists" || !value.is_object()) return false;
  blocklists_.clear();
  for (const JsonMember& list : value.members) {
    if (!read_list(list.value, blocklists_[std::string(list.name)])) return false;
  }
  return true;
}

bool ContentSafety::set_words(const JsonValue& value) {
  if (!value.is_object()) return false;
  for (const JsonMember& category : value.members) {
    if (!is_category(category.name)) return false;
    auto& words = words_[std::string(category.name)];
    words.clear();
    for (const JsonMember& word : category.value.members) {
      const auto severity = word.value.integer();
      if (!severity || *severity < 0 || *severity > worst) return false;
      words[std::string(word.name)] = static_cast<int>(*severity);
    }
  }
  return true;
}

void ContentSafety::write_settings(JsonWriter& writer) {
  writer.key("blocklists");
  writer.begin_object();
  for (const auto& [name, terms] : blocklists_) {
    writer.key(name);
    write_list(writer, terms);
  }
  writer.end_object();
  writer.key("words");
  writer.begin_object();
  for (const auto& [category, words] : words_) {
    writer.key(category);
    writer.begin_object();
    for (const auto& [word, severity] : words) writer.member(word, severity);
    writer.end_object();
  }
  writer.end_object();
  writer.key("attacks");
  write_list(writer, attacks_);
}

void ContentSafety::write_statistics(JsonWriter& writer) {
  writer.begin_object();
  writer.member("analyzed", counts_.analyzed);
  writer.member("shielded", counts_.shielded);
  writer.member("harmful", counts_.harmful);
  writer.member("blocklisted", counts_.blocklisted);
  writer.member("attacks", counts_.attacks);
  writer.end_object();
}

}  // namespace sluice::simulated
