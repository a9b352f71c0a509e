// SPDX-License-Identifier: Apache-2.0
// Source: OpenAI and Azure OpenAI API references, embeddings.
#include "ai/semantic_question.hpp"

#include "ai/json_skim.hpp"
#include "base/json.hpp"

#include <sluice/counter_store.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace sluice::ai {
namespace {

constexpr std::array<std::string_view, 5> asking = {"messages", "input", "prompt", "system", "instructions"};
constexpr std::array<std::string_view, 3> without_effect = {"user", "metadata", "store"};

template <class Names>
bool contains(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

std::optional<SemanticQuestion> question_of(const Prompt& prompt, std::string_view body, bool ignores_system) {
  if (!prompt.readable || prompt.images > 0 || prompt.token_ids > 0) return std::nullopt;
  if (body.find("\"input_audio\"") != std::string_view::npos) return std::nullopt;
  SemanticQuestion question;
  for (const PromptText& piece : prompt.texts) {
    if (ignores_system && piece.role == PromptRole::system) continue;
    if (!question.text.empty()) question.text += '\n';
    question.text += piece.text;
  }
  if (question.text.empty()) return std::nullopt;
  // A name with escapes: it is not known what it means to the model.
  bool any_escaped = false;
  const bool is_object = for_each_json_member(body, [&](std::string_view name, std::string_view value) {
    any_escaped = any_escaped || name.find('\\') != std::string_view::npos;
    if (contains(without_effect, name)) return;
    std::string& to = contains(asking, name) ? question.exact : question.rest;
    to += counter_key({name, value});
  });
  if (!is_object || any_escaped) return std::nullopt;
  return question;
}

std::string embedding_request(std::string_view text) {
  JsonWriter json;
  json.begin_object();
  json.member("input", text);
  json.end_object();
  return std::move(json).take();
}

std::optional<std::vector<float>> read_embedding(std::string_view json, std::size_t most_dimensions, Arena& arena,
                                                 const JsonLimits& limits) {
  const auto root = parse_json(json, arena, limits);
  if (!root) return std::nullopt;
  const JsonValue* const data = (*root)->find("data");
  if (data == nullptr || data->items.empty()) return std::nullopt;
  const JsonValue* const numbers = data->items.front().find("embedding");
  if (numbers == nullptr || numbers->items.empty() || numbers->items.size() > most_dimensions) return std::nullopt;
  std::vector<float> vector;
  vector.reserve(numbers->items.size());
  for (const JsonValue& item : numbers->items) {
    const auto number = item.number();
    if (!number || !std::isfinite(*number)) return std::nullopt;
    vector.push_back(static_cast<float>(*number));
  }
  return vector;
}

}  // namespace sluice::ai
