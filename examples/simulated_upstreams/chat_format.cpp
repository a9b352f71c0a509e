// SPDX-License-Identifier: Apache-2.0
// Chat completions. Source: OpenAI and Azure OpenAI API references, chat completions and its streaming object.
#include "formats.hpp"

namespace sluice::simulated {
namespace {

/// What Azure's content filter finds: nothing.
constexpr std::string_view clean =
    R"({"hate":{"filtered":false,"severity":"safe"},"self_harm":{"filtered":false,"severity":"safe"},)"
    R"("sexual":{"filtered":false,"severity":"safe"},"violence":{"filtered":false,"severity":"safe"}})";
constexpr std::string_view filtered_prompt_event =
    R"({"choices":[],"created":0,"id":"","model":"","object":"","prompt_filter_results":[{"prompt_index":0,)"
    R"("content_filter_results":{}}]})";

std::string_view finish_reason(const Answer& answer) {
  if (answer.is_cut_short) return "length";
  return answer.calls.empty() ? "stop" : "tool_calls";
}

void write_head(JsonWriter& writer, const Answer& answer, std::string_view object) {
  writer.member("id", std::string_view("chatcmpl-" + answer.id));
  writer.member("object", object);
  writer.member("created", answer.created);
  writer.member("model", std::string_view(answer.model));
  writer.member("system_fingerprint", "fp_simulated");
}

void write_message(JsonWriter& writer, const Answer& answer) {
  writer.begin_object();
  writer.member("role", "assistant");
  writer.key("content");
  if (answer.calls.empty()) {
    writer.value(std::string_view(words_of(answer)));
  } else {
    writer.null();
    write_calls(writer, answer.calls);
  }
  writer.key("refusal");
  writer.null();
  writer.end_object();
}

class ChatScript final : public Script {
 public:
  ChatScript(Answer answer, const Style& style) : answer_(std::move(answer)), style_(style) {
    if (style_.dialect == Dialect::azure) add(prompt_filter);
    const int choices = static_cast<int>(answer_.choices);
    for (int choice = 0; choice < choices; ++choice) add(role, choice);
    for (std::int64_t i = 0; i < answer_.words; ++i) {
      for (int choice = 0; choice < choices; ++choice) add(content, choice, word(i), true);
    }
    for (int choice = 0; choice < choices; ++choice) {
      for (std::size_t call = 0; call < answer_.calls.size(); ++call) add_call(choice, call);
    }
    for (int choice = 0; choice < choices; ++choice) add(finish, choice);
    if (style_.include_usage && answer_.reports_usage) add(usage);
    add(done);
  }

  std::string event(const Piece& piece, std::size_t) const override {
    if (piece.kind == done) return done_event();
    if (piece.kind == prompt_filter) return event_text({}, filtered_prompt_event);
    JsonWriter writer;
    writer.begin_object();
    write_head(writer, answer_, "chat.completion.chunk");
    writer.key("choices");
    writer.begin_array();
    if (piece.kind != usage) write_choice(writer, piece);
    writer.end_array();
    if (piece.kind == usage || (piece.kind == finish && tells_usage_at_finish(piece))) {
      write_chat_usage(writer, answer_);
    } else if (style_.include_usage) {
      writer.key("usage");
      writer.null();
    }
    writer.end_object();
    return event_text({}, writer.text());
  }

 private:
  /// A call has two kinds, from `first_call` on: `first_call + 2 * call` begins it, the next one goes on with it.
  enum Kind { prompt_filter, role, content, finish, usage, done, first_call };

  void add_call(int choice, std::size_t call) {
    const int kind = first_call + 2 * static_cast<int>(call);
    add(kind, choice);
    for (const std::string_view piece : answer_.calls[call].pieces()) add(kind + 1, choice, piece, true);
  }

  /// Model inference tells it with the last choice, without being asked.
  bool tells_usage_at_finish(const Piece& piece) const {
    return style_.dialect == Dialect::inference && !style_.include_usage && answer_.reports_usage &&
           piece.part + 1 == answer_.choices;
  }

  void write_choice(JsonWriter& writer, const Piece& piece) const {
    writer.begin_object();
    writer.member("index", piece.part);
    writer.key("delta");
    writer.begin_object();
    if (piece.kind == role) {
      writer.member("role", "assistant");
      writer.key("content");
      if (answer_.calls.empty())
        writer.value("");
      else
        writer.null();
    }
    if (piece.kind == content) writer.member("content", piece.text);
    if (piece.kind >= first_call) write_call_delta(writer, piece);
    writer.end_object();
    writer.key("finish_reason");
    if (piece.kind == finish)
      writer.value(finish_reason(answer_));
    else
      writer.null();
    if (style_.dialect == Dialect::azure) {
      writer.key("content_filter_results");
      writer.raw(piece.kind == content ? clean : "{}");
    }
    writer.end_object();
  }

  void write_call_delta(JsonWriter& writer, const Piece& piece) const {
    const int call = (piece.kind - first_call) / 2;
    writer.key("tool_calls");
    writer.begin_array();
    writer.begin_object();
    writer.member("index", call);
    if ((piece.kind - first_call) % 2 == 0) {
      begin_call(writer, answer_.calls[static_cast<std::size_t>(call)], "");
      writer.end_object();
    } else {
      writer.key("function");
      writer.begin_object();
      writer.member("arguments", piece.text);
      writer.end_object();
    }
    writer.end_object();
    writer.end_array();
  }

  const Answer answer_;
  const Style style_;
};

}  // namespace

void begin_call(JsonWriter& writer, const ToolCall& call, std::string_view arguments) {
  writer.member("id", std::string_view(call.id));
  writer.member("type", "function");
  writer.key("function");
  writer.begin_object();
  writer.member("name", std::string_view(call.name));
  writer.member("arguments", arguments);
}

void write_calls(JsonWriter& writer, const std::vector<ToolCall>& calls) {
  writer.key("tool_calls");
  writer.begin_array();
  for (const ToolCall& call : calls) {
    writer.begin_object();
    begin_call(writer, call, call.arguments);
    writer.end_object();
    writer.end_object();
  }
  writer.end_array();
}

void write_chat_usage(JsonWriter& writer, const Answer& answer) {
  const auto details = [&](std::string_view name, std::string_view first, std::int64_t count, std::int64_t audio) {
    writer.key(name);
    writer.begin_object();
    writer.member(first, count);
    writer.member("audio_tokens", audio);
    writer.end_object();
  };
  writer.key("usage");
  writer.begin_object();
  writer.member("prompt_tokens", answer.prompt);
  writer.member("completion_tokens", answer.completion);
  writer.member("total_tokens", answer.prompt + answer.completion);
  details("prompt_tokens_details", "cached_tokens", answer.cached, answer.audio);
  details("completion_tokens_details", "reasoning_tokens", answer.reasoning, 0);
  writer.end_object();
}

std::string chat_answer(const Answer& answer, const Style& style) {
  JsonWriter writer;
  writer.begin_object();
  write_head(writer, answer, "chat.completion");
  writer.key("choices");
  writer.begin_array();
  for (std::int64_t choice = 0; choice < answer.choices; ++choice) {
    writer.begin_object();
    writer.member("index", choice);
    writer.key("message");
    write_message(writer, answer);
    writer.key("logprobs");
    writer.null();
    writer.member("finish_reason", finish_reason(answer));
    if (style.dialect == Dialect::azure) {
      writer.key("content_filter_results");
      writer.raw(clean);
    }
    writer.end_object();
  }
  writer.end_array();
  if (style.dialect == Dialect::azure) {
    writer.key("prompt_filter_results");
    writer.raw(R"([{"prompt_index":0,"content_filter_results":{}}])");
  }
  if (answer.reports_usage) write_chat_usage(writer, answer);
  writer.end_object();
  return std::move(writer).take();
}

std::unique_ptr<Script> chat_script(Answer answer, const Style& style) {
  return std::make_unique<ChatScript>(std::move(answer), style);
}

}  // namespace sluice::simulated
