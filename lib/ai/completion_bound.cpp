// SPDX-License-Identifier: Apache-2.0
// Sources: the API references of OpenAI (chat completions, completions, responses, embeddings), Azure AI Model
// Inference and Anthropic (messages).
#include "ai/completion_bound.hpp"

#include "ai/json_skim.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace sluice::ai {
namespace {

constexpr std::int64_t most_choices = 1'000;

/// Newest name first: where both stand, services go by that one.
constexpr std::array<std::string_view, 2> chat_fields = {"max_completion_tokens", "max_tokens"};
constexpr std::string_view response_field = "max_output_tokens";

std::optional<std::int64_t> count_in(std::string_view text, std::int64_t least, std::int64_t most) {
  const auto count = parse_integer(text);
  return count && *count >= least && *count <= most ? count : std::nullopt;
}

std::string_view model_in(std::string_view body) {
  const auto model = json_member(body, "model");
  return model && model->size() >= 2 && model->front() == '"' ? model->substr(1, model->size() - 2)
                                                              : std::string_view();
}

/// The member to write where a chat has none: models that reason know the new name alone.
std::string_view own_field(std::string_view body) {
  return reasons_out_of_sight(model_in(body)) ? chat_fields[0] : chat_fields[1];
}

}  // namespace

bool reasons_out_of_sight(std::string_view model) {
  // With a date or a size behind, and with the name of a vendor before.
  const std::string_view name = model.substr(model.rfind('/') + 1);
  constexpr std::array<std::string_view, 5> families = {"o1", "o3", "o4", "gpt-5", "deepseek-r1"};
  return std::any_of(families.begin(), families.end(), [&](std::string_view family) {
    if (name.size() < family.size() || !equal_ignoring_case(name.substr(0, family.size()), family)) return false;
    return name.size() == family.size() || !(is_alpha(name[family.size()]) || is_digit(name[family.size()]));
  });
}

CompletionBound completion_bound_of(std::string_view body, std::string_view path) {
  CompletionBound bound;
  if (path.ends_with("/embeddings")) return bound;
  const auto take = [&](std::string_view field) {
    const auto value = json_member(body, field);
    if (!value) return false;
    bound.field = field;
    bound.value = *value;
    bound.tokens = count_in(*value, 0, most_completion_tokens);
    return true;
  };
  if (path.ends_with("/responses")) {
    if (!take(response_field)) bound.field = response_field;
    return bound;
  }
  if (!std::any_of(chat_fields.begin(), chat_fields.end(), take)) bound.field = own_field(body);
  for (const std::string_view name : {"n", "best_of"}) {
    const auto value = json_member(body, name);
    if (!value) continue;
    bound.choices = std::max(bound.choices, count_in(*value, 1, most_choices).value_or(1));
  }
  return bound;
}

std::string_view with_completion_bound(std::string_view body, const CompletionBound& bound, std::int64_t tokens,
                                       Arena& arena) {
  const std::string number = std::to_string(tokens);
  if (!bound.value.empty()) {
    const auto at = static_cast<std::size_t>(bound.value.data() - body.data());
    return arena.concat({body.substr(0, at), number, body.substr(at + bound.value.size())});
  }
  const std::size_t open = body.find('{') + 1;
  const bool is_empty = body.find_first_not_of(" \t\r\n", open) == body.find('}', open);
  return arena.concat({body.substr(0, open), "\"", bound.field, "\":", number, is_empty ? "" : ",", body.substr(open)});
}

}  // namespace sluice::ai
