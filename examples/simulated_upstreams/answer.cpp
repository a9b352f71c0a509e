// SPDX-License-Identifier: Apache-2.0
#include "answer.hpp"

#include <algorithm>
#include <array>

namespace sluice::simulated {
namespace {

constexpr std::array<std::string_view, 12> vocabulary = {" The",  " gateway", " lets",  " every", " token", " through",
                                                         " that", " its",     " owner", " has",   " paid",  " for"};
constexpr std::size_t bytes_per_piece = 4;

bool is_continuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0u) == 0x80u; }

void write_sample(JsonWriter& writer, std::string_view name, const JsonValue& schema) {
  const JsonValue* type = schema.find("type");
  const std::string_view kind = type != nullptr ? type->string().value_or("string") : "string";
  const JsonValue* choices = schema.find("enum");
  if (choices != nullptr && !choices->items.empty() && choices->items.front().is_string())
    return writer.value(choices->items.front().text);
  if (kind == "integer" || kind == "number") return writer.value(7);
  if (kind == "boolean") return writer.value(true);
  if (kind == "array") return writer.raw("[]");
  if (kind == "object") return writer.raw("{}");
  writer.value(std::string_view("some " + std::string(name)));
}

/// Arguments that fit the schema: a value of the right type for each property.
std::string sample_arguments(const JsonValue* schema) {
  JsonWriter writer;
  writer.begin_object();
  const JsonValue* properties = schema != nullptr ? schema->find("properties") : nullptr;
  if (properties != nullptr) {
    for (const JsonMember& property : properties->members) {
      writer.key(property.name);
      write_sample(writer, property.name, property.value);
    }
  }
  writer.end_object();
  return std::move(writer).take();
}

/// Makes the calls, as far as the bound lets them; the tokens that they take.
std::int64_t add_calls(Answer& answer, const Ask& ask, std::int64_t bound) {
  std::int64_t used = 0;
  for (const WantedCall& wanted : ask.calls) {
    if (used >= bound) {
      answer.is_cut_short = true;
      break;
    }
    ToolCall call{"call_" + answer.id + "_" + std::to_string(answer.calls.size()), std::string(wanted.name),
                  sample_arguments(wanted.parameters)};
    auto pieces = call.pieces();
    const auto fitting = static_cast<std::size_t>(std::min<std::int64_t>(bound - used, max_completion_tokens));
    if (pieces.size() > fitting) {
      answer.is_cut_short = true;
      call.arguments.resize(static_cast<std::size_t>(pieces[fitting].data() - call.arguments.data()));
    }
    used += static_cast<std::int64_t>(std::min(pieces.size(), fitting));
    answer.calls.push_back(std::move(call));
  }
  return used;
}

}  // namespace

std::vector<std::string_view> ToolCall::pieces() const {
  std::vector<std::string_view> pieces;
  std::string_view rest = arguments;
  while (!rest.empty()) {
    std::size_t size = std::min(rest.size(), bytes_per_piece);
    while (size < rest.size() && is_continuation(rest[size])) ++size;
    pieces.push_back(rest.substr(0, size));
    rest.remove_prefix(size);
  }
  return pieces;
}

std::string_view word(std::int64_t index) {
  const std::string_view text = vocabulary[static_cast<std::size_t>(index) % vocabulary.size()];
  return index == 0 ? text.substr(1) : text;
}

std::string words_of(const Answer& answer) {
  std::string text;
  for (std::int64_t i = 0; i < answer.words; ++i) text += word(i);
  return text;
}

Answer make_answer(const Ask& ask, const DeploymentSettings& settings, std::string id, std::string_view model,
                   std::int64_t created) {
  Answer answer;
  answer.id = std::move(id);
  answer.model = settings.model.empty() ? std::string(model) : settings.model;
  answer.created = created;
  answer.choices = ask.choices;
  answer.reports_usage = settings.reports_usage;
  answer.prompt = ask.prompt_tokens;
  answer.audio = ask.audio_tokens;
  answer.cached = std::min(settings.cached_tokens, ask.prompt_tokens);
  const std::int64_t bound = std::min(ask.bound.value_or(max_completion_tokens), max_completion_tokens);
  answer.reasoning = std::min(settings.reasoning_tokens, bound);
  const std::int64_t left = bound - answer.reasoning;
  std::int64_t shown = 0;
  if (ask.calls.empty()) {
    answer.words = shown = std::min(settings.completion_tokens, left);
    answer.is_cut_short = left < settings.completion_tokens;
  } else {
    shown = add_calls(answer, ask, left);
  }
  answer.completion = (answer.reasoning + shown) * ask.choices;
  answer.reasoning *= ask.choices;
  return answer;
}

std::int64_t estimated_tokens(const Ask& ask, const DeploymentSettings& settings) {
  const std::int64_t each =
      std::min(ask.bound.value_or(settings.completion_tokens + settings.reasoning_tokens), max_completion_tokens);
  return ask.prompt_tokens + each * ask.choices;
}

}  // namespace sluice::simulated
