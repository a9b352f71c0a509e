// SPDX-License-Identifier: Apache-2.0
#include "ask.hpp"

#include <algorithm>

namespace sluice::simulated {
namespace {

constexpr std::int64_t tokens_per_message = 4;
constexpr std::int64_t tokens_per_image = 85;
constexpr std::size_t sound_bytes_per_token = 4'800;
constexpr std::size_t bytes_per_token = 4;

std::string_view text_at(const JsonValue& value, std::string_view name) {
  const JsonValue* found = value.find(name);
  return found != nullptr ? found->string().value_or(std::string_view()) : std::string_view();
}

bool truth_at(const JsonValue* value) { return value != nullptr && value->boolean().value_or(false); }

std::int64_t audio_tokens(const JsonValue& part) {
  const JsonValue* data = part.at({"input_audio", "data"});
  if (data == nullptr) return 0;
  const std::size_t bytes = data->text.size() / 4 * 3;
  return static_cast<std::int64_t>((bytes + sound_bytes_per_token - 1) / sound_bytes_per_token);
}

/// A text, or parts with text, images, sounds, or results of tools.
std::int64_t content_tokens(const JsonValue* content) {
  if (content == nullptr) return 0;
  if (content->is_string()) return tokens_of(content->text);
  std::int64_t tokens = 0;
  for (const JsonValue& part : content->items) {
    tokens += tokens_of(text_at(part, "text")) + tokens_of(text_at(part, "content"));
    if (text_at(part, "type").find("image") != std::string_view::npos) tokens += tokens_per_image;
    tokens += audio_tokens(part);
  }
  return tokens;
}

std::int64_t message_tokens(const JsonValue& message) {
  std::int64_t tokens = tokens_per_message + content_tokens(message.find("content"));
  for (const std::string_view name : {"output", "arguments", "name"}) tokens += tokens_of(text_at(message, name));
  const JsonValue* calls = message.find("tool_calls");
  if (calls == nullptr) return tokens;
  for (const JsonValue& call : calls->items) {
    const JsonValue* arguments = call.at({"function", "arguments"});
    if (arguments != nullptr) tokens += tokens_of(arguments->text);
  }
  return tokens;
}

/// `messages`, `input` or `prompt`.
std::int64_t input_tokens(const JsonValue* input) {
  if (input == nullptr) return 0;
  std::int64_t tokens = tokens_of(input->string().value_or(std::string_view()));
  for (const JsonValue& item : input->items) {
    if (item.is_string()) tokens += tokens_of(item.text);
    if (item.is_number()) ++tokens;
    if (item.is_array()) tokens += static_cast<std::int64_t>(item.items.size());
    if (item.is_object()) tokens += message_tokens(item);
  }
  return tokens;
}

/// The function of a tool: chat completions keep it in a member, responses and Anthropic in the tool itself.
const JsonValue& function_of(const JsonValue& tool) {
  const JsonValue* function = tool.find("function");
  return function != nullptr ? *function : tool;
}

const JsonValue* parameters_of(const JsonValue& tool) {
  const JsonValue* parameters = function_of(tool).find("parameters");
  return parameters != nullptr ? parameters : tool.find("input_schema");
}

std::int64_t tool_tokens(const JsonValue& tool) {
  const JsonValue& function = function_of(tool);
  std::int64_t tokens = tokens_of(text_at(function, "name")) + tokens_of(text_at(function, "description"));
  const JsonValue* parameters = parameters_of(tool);
  const JsonValue* properties = parameters != nullptr ? parameters->find("properties") : nullptr;
  if (properties == nullptr) return tokens;
  for (const JsonMember& property : properties->members) tokens += tokens_of(property.name);
  return tokens;
}

/// The words of the last message, when it is the user's.
std::string last_words(const JsonValue& body) {
  const JsonValue* messages = body.find("messages");
  if (messages == nullptr) messages = body.find("input");
  if (messages == nullptr) return {};
  if (messages->is_string()) return std::string(messages->text);
  if (messages->items.empty() || text_at(messages->items.back(), "role") != "user") return {};
  const JsonValue* content = messages->items.back().find("content");
  if (content == nullptr) return {};
  std::string words(content->string().value_or(std::string_view()));
  for (const JsonValue& part : content->items) words += text_at(part, "text");
  return words;
}

/// What `tool_choice` says: a word, or the name of one tool.
struct ToolChoice {
  std::string_view word = "auto", name;
};

ToolChoice tool_choice(const JsonValue& body) {
  const JsonValue* choice = body.find("tool_choice");
  if (choice == nullptr) return {};
  if (choice->is_string()) return {choice->text, {}};
  const std::string_view type = text_at(*choice, "type");
  return {type == "any" ? std::string_view("required") : type, text_at(function_of(*choice), "name")};
}

std::vector<WantedCall> wanted_calls(const JsonValue& body) {
  std::vector<WantedCall> calls;
  const JsonValue* tools = body.find("tools");
  const ToolChoice choice = tool_choice(body);
  if (tools == nullptr || choice.word == "none") return calls;
  const std::string words = last_words(body);
  for (const JsonValue& tool : tools->items) {
    const std::string_view name = text_at(function_of(tool), "name");
    if (name.empty()) continue;
    const bool is_meant = choice.name.empty() ? words.find(name) != std::string::npos : name == choice.name;
    if (is_meant) calls.push_back({name, parameters_of(tool)});
  }
  if (calls.empty() && choice.word == "required" && !tools->items.empty()) {
    const JsonValue& first = tools->items.front();
    calls.push_back({text_at(function_of(first), "name"), parameters_of(first)});
  }
  return calls;
}

/// Of all messages.
std::int64_t audio_tokens_of(const JsonValue* messages) {
  std::int64_t tokens = 0;
  if (messages == nullptr) return tokens;
  for (const JsonValue& message : messages->items) {
    const JsonValue* content = message.find("content");
    for (std::size_t i = 0; content != nullptr && i < content->items.size(); ++i)
      tokens += audio_tokens(content->items[i]);
  }
  return tokens;
}

}  // namespace

std::int64_t tokens_of(std::string_view text) {
  return static_cast<std::int64_t>((text.size() + bytes_per_token - 1) / bytes_per_token);
}

Ask read_ask(const JsonValue& body) {
  Ask ask;
  ask.audio_tokens = audio_tokens_of(body.find("messages"));
  for (const std::string_view name : {"messages", "input", "prompt"})
    ask.prompt_tokens += input_tokens(body.find(name));
  for (const std::string_view name : {"system", "instructions"}) ask.prompt_tokens += content_tokens(body.find(name));
  if (const JsonValue* tools = body.find("tools")) {
    for (const JsonValue& tool : tools->items) ask.prompt_tokens += tool_tokens(tool);
  }
  ask.prompt_tokens = std::max<std::int64_t>(ask.prompt_tokens, 1);
  for (const std::string_view name : {"max_completion_tokens", "max_output_tokens", "max_tokens"}) {
    const JsonValue* bound = body.find(name);
    if (bound != nullptr && bound->integer()) ask.bound = std::max<std::int64_t>(*bound->integer(), 1);
    if (ask.bound) break;
  }
  const JsonValue* choices = body.find("n");
  if (choices != nullptr) ask.choices = std::clamp<std::int64_t>(choices->integer().value_or(1), 1, max_choices);
  ask.stream = truth_at(body.find("stream"));
  ask.include_usage = truth_at(body.at({"stream_options", "include_usage"}));
  ask.calls = wanted_calls(body);
  return ask;
}

}  // namespace sluice::simulated
