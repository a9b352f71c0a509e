// SPDX-License-Identifier: Apache-2.0
// Completions of texts. Source: OpenAI API reference, completions.
#include "formats.hpp"

namespace sluice::simulated {
namespace {

void write_head(JsonWriter& writer, const Answer& answer) {
  writer.member("id", std::string_view("cmpl-" + answer.id));
  writer.member("object", "text_completion");
  writer.member("created", answer.created);
  writer.member("model", std::string_view(answer.model));
}

void write_choice(JsonWriter& writer, const Answer& answer, std::int64_t index, std::string_view text, bool is_last) {
  writer.begin_object();
  writer.member("text", text);
  writer.member("index", index);
  writer.key("logprobs");
  writer.null();
  writer.key("finish_reason");
  if (is_last)
    writer.value(answer.is_cut_short ? "length" : "stop");
  else
    writer.null();
  writer.end_object();
}

class CompletionsScript final : public Script {
 public:
  CompletionsScript(Answer answer, const Style& style) : answer_(std::move(answer)), style_(style) {
    const int choices = static_cast<int>(answer_.choices);
    for (std::int64_t i = 0; i < answer_.words; ++i) {
      for (int choice = 0; choice < choices; ++choice) add(text, choice, word(i), true);
    }
    for (int choice = 0; choice < choices; ++choice) add(finish, choice);
    if (style_.include_usage && answer_.reports_usage) add(usage);
    add(done);
  }

  std::string event(const Piece& piece, std::size_t) const override {
    if (piece.kind == done) return done_event();
    JsonWriter writer;
    writer.begin_object();
    write_head(writer, answer_);
    writer.key("choices");
    writer.begin_array();
    if (piece.kind != usage) write_choice(writer, answer_, piece.part, piece.text, piece.kind == finish);
    writer.end_array();
    if (piece.kind == usage) write_chat_usage(writer, answer_);
    writer.end_object();
    return event_text({}, writer.text());
  }

 private:
  enum Kind { text, finish, usage, done };

  const Answer answer_;
  const Style style_;
};

}  // namespace

std::string completions_answer(const Answer& answer) {
  JsonWriter writer;
  writer.begin_object();
  write_head(writer, answer);
  writer.key("choices");
  writer.begin_array();
  for (std::int64_t i = 0; i < answer.choices; ++i) write_choice(writer, answer, i, words_of(answer), true);
  writer.end_array();
  if (answer.reports_usage) write_chat_usage(writer, answer);
  writer.end_object();
  return std::move(writer).take();
}

std::unique_ptr<Script> completions_script(Answer answer, const Style& style) {
  return std::make_unique<CompletionsScript>(std::move(answer), style);
}

}  // namespace sluice::simulated
