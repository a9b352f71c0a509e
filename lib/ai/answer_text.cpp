// SPDX-License-Identifier: Apache-2.0
#include "ai/answer_text.hpp"

namespace sluice::ai {
namespace {

class AnswerReader {
 public:
  explicit AnswerReader(AnswerText& answer) : answer_(answer) {}

  void read(const JsonValue& root) {
    if (const JsonValue* choices = root.find("choices")) {
      for (const JsonValue& choice : choices->items) {
        text(choice.find("text"));
        message(choice.find("message"));
        message(choice.find("delta"));
      }
    }
    parts(root.find("content"));                          // Anthropic
    if (const JsonValue* output = root.find("output")) {  // Responses
      for (const JsonValue& item : output->items) {
        parts(item.find("content"));
        text(item.find("arguments"));
      }
    }
    if (const JsonValue* delta = root.find("delta")) {
      text(delta);  // Responses: the delta itself
      for (const std::string_view name : {"text", "partial_json", "thinking"}) text(delta->find(name));  // Anthropic
    }
  }

 private:
  void text(const JsonValue* value) {
    if (value != nullptr && value->is_string() && !value->text.empty()) answer_.pieces.push_back(value->text);
  }

  /// A text or a list of parts with text.
  void parts(const JsonValue* value) {
    text(value);
    if (value == nullptr) return;
    for (const JsonValue& part : value->items) {
      for (const std::string_view name : {"text", "refusal", "thinking"}) text(part.find(name));
    }
  }

  void message(const JsonValue* message) {
    if (message == nullptr) return;
    parts(message->find("content"));
    for (const std::string_view name : {"refusal", "reasoning_content"}) text(message->find(name));
    const JsonValue* calls = message->find("tool_calls");
    if (calls == nullptr) return;
    for (const JsonValue& call : calls->items) {
      text(call.at({"function", "name"}));
      text(call.at({"function", "arguments"}));
    }
  }

  AnswerText& answer_;
};

}  // namespace

AnswerText read_answer(std::string_view json, Arena& arena, const JsonLimits& limits) {
  AnswerText answer;
  const auto root = parse_json(json, arena, limits);
  if (!root) return answer;
  answer.readable = true;
  AnswerReader(answer).read(**root);
  return answer;
}

}  // namespace sluice::ai
