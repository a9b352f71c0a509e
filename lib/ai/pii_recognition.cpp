// SPDX-License-Identifier: Apache-2.0
#include "ai/pii_recognition.hpp"

#include "base/json.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>

namespace sluice::ai {
namespace {

struct Category {
  std::string_view name;
  pii::Kind kind;
};
constexpr std::array<Category, 5> categories = {{{"Email", pii::Kind::email},
                                                 {"PhoneNumber", pii::Kind::phone},
                                                 {"CreditCardNumber", pii::Kind::card},
                                                 {"InternationalBankingAccountNumber", pii::Kind::iban},
                                                 {"IPAddress", pii::Kind::ip}}};

/// `PERSON_TYPE` for `PersonType`: as masks and placeholders are written.
std::string_view label_of(std::string_view category, Arena& names) {
  std::string label;
  for (const char c : category) {
    if (c >= 'A' && c <= 'Z' && !label.empty() && label.back() != '_') label += '_';
    if (is_alpha(c) || is_digit(c)) label += static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
  }
  return names.copy(label);
}

/// The byte before which `characters` code points stand; nothing when there are fewer.
std::optional<std::size_t> byte_of(std::string_view text, std::size_t from, std::int64_t characters) {
  std::size_t at = from;
  for (; characters > 0; --characters) {
    if (at >= text.size()) return std::nullopt;
    at += std::max<std::size_t>(utf8_sequence_length(text.substr(at)), 1);
  }
  return at;
}

std::optional<pii::Match> read_entity(const JsonValue& entity, std::string_view text, Arena& names) {
  const JsonValue *category = entity.find("category"), *offset = entity.find("offset"), *length = entity.find("length");
  if (category == nullptr || !category->is_string() || offset == nullptr || length == nullptr) return std::nullopt;
  const auto begins = offset->integer(), lasts = length->integer();
  if (!begins || !lasts || *begins < 0 || *lasts <= 0) return std::nullopt;
  const auto begin = byte_of(text, 0, *begins);
  const auto end = begin ? byte_of(text, *begin, *lasts) : std::nullopt;
  if (!end) return std::nullopt;
  pii::Match match;
  match.begin = *begin;
  match.end = *end;
  match.confidence = pii::Confidence::high;
  for (const Category& known : categories) {
    if (known.name != category->text) continue;
    match.kind = known.kind;
    match.name = known.name;
    return match;
  }
  match.kind = pii::Kind::custom;
  match.name = label_of(category->text, names);
  return match;
}

}  // namespace

void join_findings(std::vector<pii::Match>& matches) {
  std::sort(matches.begin(), matches.end(), [](const pii::Match& a, const pii::Match& b) {
    return a.begin != b.begin ? a.begin < b.begin : a.end > b.end;
  });
  std::vector<pii::Match> apart;
  for (const pii::Match& match : matches) {
    if (!apart.empty() && match.begin < apart.back().end) {
      apart.back().end = std::max(apart.back().end, match.end);
    } else {
      apart.push_back(match);
    }
  }
  matches = std::move(apart);
}

void append_moved(std::vector<pii::Match>& to, const std::vector<pii::Match>& matches, std::size_t by) {
  for (pii::Match match : matches) {
    match.begin += by;
    match.end += by;
    to.push_back(match);
  }
}

std::string recognition_request(const std::vector<std::string_view>& texts) {
  JsonWriter json;
  json.begin_object();
  json.member("kind", "PiiEntityRecognition");
  json.key("parameters");
  json.begin_object();
  json.member("modelVersion", "latest");
  json.member("stringIndexType", "UnicodeCodePoint");
  json.end_object();
  json.key("analysisInput");
  json.begin_object();
  json.key("documents");
  json.begin_array();
  for (std::size_t i = 0; i < texts.size(); ++i) {
    json.begin_object();
    json.member("id", std::to_string(i + 1));
    json.member("text", texts[i]);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  json.end_object();
  return std::move(json).take();
}

std::optional<std::vector<std::vector<pii::Match>>> read_recognition(std::string_view text,
                                                                     const std::vector<std::string_view>& texts,
                                                                     Arena& names) {
  Arena arena(4096);
  const auto json = parse_json(text, arena);
  if (!json) return std::nullopt;
  const JsonValue* documents = (*json)->at({"results", "documents"});
  if (documents == nullptr || !documents->is_array()) return std::nullopt;
  std::vector<std::vector<pii::Match>> found(texts.size());
  std::vector<bool> answered(texts.size(), false);
  for (const JsonValue& document : documents->items) {
    const JsonValue *id = document.find("id"), *entities = document.find("entities");
    const auto number = id != nullptr ? parse_unsigned(id->string().value_or(std::string_view())) : std::nullopt;
    if (!number || *number == 0 || *number > texts.size() || entities == nullptr || !entities->is_array()) {
      return std::nullopt;
    }
    const std::size_t index = *number - 1;
    answered[index] = true;
    for (const JsonValue& entity : entities->items) {
      const auto match = read_entity(entity, texts[index], names);
      if (!match) return std::nullopt;
      found[index].push_back(*match);
    }
    join_findings(found[index]);
  }
  if (!std::all_of(answered.begin(), answered.end(), [](bool is) { return is; })) return std::nullopt;
  return found;
}

}  // namespace sluice::ai
