// SPDX-License-Identifier: Apache-2.0
// Sources: the API references of OpenAI (chat completions, completions, responses, embeddings, runs of assistants),
// Azure AI Model Inference and Anthropic (messages).
#include "ai/completion_bound.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string>

namespace sluice::ai {
namespace {

constexpr std::int64_t most_choices = 1'000;

constexpr std::string_view newest_field = "max_completion_tokens", older_field = "max_tokens";
constexpr std::string_view response_field = "max_output_tokens";

/// A whole number, as services read it: also `5.0` and `5e1`.
std::optional<std::int64_t> count_in(std::string_view text, std::int64_t least, std::int64_t most) {
  const auto number = parse_double(text);
  if (!number || !(*number >= static_cast<double>(least)) || *number != std::floor(*number)) return std::nullopt;
  if (*number > static_cast<double>(most)) return std::nullopt;
  return static_cast<std::int64_t>(*number);
}

/// As many answers as a request asks for; of absurdly many what a reservation can hardly have.
std::int64_t choices_in(std::string_view text) {
  const auto number = parse_double(text);
  if (number && *number > static_cast<double>(most_choices)) return most_choices;
  return count_in(text, 1, most_choices).value_or(1);
}

/// What a request says of its answer's length, as it stands.
class Wishes {
 public:
  Wishes(const JsonValue& request, std::string_view body) : request_(request), body_(body) {}

  CompletionBound bound_in(std::string_view field) const {
    const std::string_view value = member_text(request_, field, body_);
    return {field, count_in(value, 0, most_completion_tokens), 1, value};
  }
  /// Where both names stand, services go by the newest. Where none does, models that reason know that one alone.
  CompletionBound bound_of_chat() const {
    const bool takes_newest = request_.find(newest_field) != nullptr ||
                              (request_.find(older_field) == nullptr && reasons_out_of_sight(model()));
    return bound_in(takes_newest ? newest_field : older_field);
  }
  std::int64_t choices() const {
    std::int64_t choices = 1;
    for (const std::string_view name : {"n", "best_of"}) {
      const JsonValue* const asked = request_.find(name);
      if (asked != nullptr && asked->is_number()) choices = std::max(choices, choices_in(asked->text));
    }
    return choices;
  }

 private:
  std::string_view model() const {
    const JsonValue* const model = request_.find("model");
    return model != nullptr ? model->string().value_or(std::string_view()) : std::string_view();
  }

  const JsonValue& request_;
  std::string_view body_;
};

/// Assistants, threads and their messages are only kept; runs alone make a model work.
enum class OfAssistants : std::uint8_t { no, kept, run };

OfAssistants of_assistants(std::string_view path) {
  const auto segment_before = [](std::string_view text) {
    const std::string_view before = text.substr(0, std::min(text.rfind('/'), text.size()));
    return before.substr(before.rfind('/') + 1);
  };
  const std::string_view last = path.substr(path.rfind('/') + 1), before = segment_before(path);
  if (last == "threads" || last == "assistants" || before == "threads" || before == "assistants") {
    return last == "runs" ? OfAssistants::run : OfAssistants::kept;
  }
  if (path.find("/threads/") == std::string_view::npos) return OfAssistants::no;
  if (last == "runs") return OfAssistants::run;
  const bool is_kept = last == "messages" || last == "submit_tool_outputs" || last == "cancel" ||
                       before == "messages" || before == "runs";
  return is_kept ? OfAssistants::kept : OfAssistants::no;
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

CompletionBound completion_bound_of(const JsonValue& request, std::string_view body, std::string_view path) {
  const OfAssistants part = of_assistants(path);
  if (path.ends_with("/embeddings") || part == OfAssistants::kept) return {};
  const Wishes wishes(request, body);
  if (part == OfAssistants::run) return wishes.bound_in(newest_field);
  if (path.ends_with("/responses")) return wishes.bound_in(response_field);
  CompletionBound bound = wishes.bound_of_chat();
  bound.choices = wishes.choices();
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
