// SPDX-License-Identifier: Apache-2.0
// Runs of assistants as the service tells them: objects, and the events of a streamed run.
// Source: OpenAI and Azure OpenAI API references, runs, run steps, messages and the streaming of assistants.
#include "assistants.hpp"

namespace sluice::simulated {
namespace {

void write_null(JsonWriter& writer, std::string_view name) {
  writer.key(name);
  writer.null();
}

void write_usage(JsonWriter& writer, const Run& run, std::string_view status) {
  writer.key("usage");
  if (status == "queued" || status == "in_progress" || !run.answer.reports_usage) return writer.null();
  writer.begin_object();
  writer.member("prompt_tokens", run.answer.prompt);
  writer.member("completion_tokens", run.answer.completion);
  writer.member("total_tokens", run.answer.prompt + run.answer.completion);
  writer.end_object();
}

void write_part(JsonWriter& writer, const ThreadPart& part) {
  writer.begin_object();
  writer.member("type", std::string_view(part.type));
  writer.key(part.type);
  writer.begin_object();
  writer.member(part.type == "text"         ? "value"
                : part.type == "image_file" ? "file_id"
                                            : "url",
                std::string_view(part.value));
  if (part.type == "text") {
    writer.key("annotations");
    writer.raw("[]");
  }
  writer.end_object();
  writer.end_object();
}

std::string message_delta(const ThreadMessage& message, std::string_view text) {
  JsonWriter writer;
  writer.begin_object();
  writer.member("id", std::string_view(message.id));
  writer.member("object", "thread.message.delta");
  writer.key("delta");
  writer.begin_object();
  writer.key("content");
  writer.begin_array();
  writer.begin_object();
  writer.member("index", 0);
  writer.member("type", "text");
  writer.key("text");
  writer.begin_object();
  writer.member("value", text);
  writer.key("annotations");
  writer.raw("[]");
  writer.end_object();
  writer.end_object();
  writer.end_array();
  writer.end_object();
  writer.end_object();
  return std::move(writer).take();
}

std::string thread_text(const Run& run) {
  JsonWriter writer;
  writer.begin_object();
  writer.member("id", std::string_view(run.thread));
  writer.member("object", "thread");
  writer.member("created_at", run.answer.created);
  writer.key("metadata");
  writer.raw("{}");
  writer.end_object();
  return std::move(writer).take();
}

class RunScript final : public Script {
 public:
  explicit RunScript(const Run& run) : run_(run), message_(message_of(run)) {
    if (run.makes_thread) add(thread_created);
    for (const int kind : {created, queued, in_progress, step_created, step_in_progress, message_created}) add(kind);
    for (std::int64_t i = 0; i < run.answer.words; ++i) add(delta, 0, word(i), true);
    for (const int kind : {message_completed, step_completed, completed, done}) add(kind);
  }

  std::string event(const Piece& piece, std::size_t) const override {
    if (piece.kind == done) return event_text("done", "[DONE]");
    const bool is_cut = piece.kind == completed && run_.answer.is_cut_short;
    return event_text(is_cut ? "thread.run.incomplete" : names[piece.kind], data_of(piece));
  }
  std::string error_event(std::size_t) const override {
    return event_text("error", R"({"message":"The server had an error while processing your request.",)"
                               R"("type":"server_error","param":null,"code":null})");
  }

 private:
  enum Kind {
    thread_created,
    created,
    queued,
    in_progress,
    step_created,
    step_in_progress,
    message_created,
    delta,
    message_completed,
    step_completed,
    completed,
    done
  };
  static constexpr std::string_view names[] = {
      "thread.created",           "thread.run.created",          "thread.run.queued",      "thread.run.in_progress",
      "thread.run.step.created",  "thread.run.step.in_progress", "thread.message.created", "thread.message.delta",
      "thread.message.completed", "thread.run.step.completed",   "thread.run.completed"};

  std::string data_of(const Piece& piece) const {
    switch (piece.kind) {
      case thread_created: return thread_text(run_);
      case created:
      case queued: return run_text(run_, "queued");
      case in_progress: return run_text(run_, "in_progress");
      case step_created:
      case step_in_progress: return step_text(run_, "in_progress");
      case message_created:
        return message_text(run_.thread, {message_.id, message_.role, run_.id, message_.created, {}});
      case delta: return message_delta(message_, piece.text);
      case message_completed: return message_text(run_.thread, message_);
      case step_completed: return step_text(run_, "completed");
      default: return run_text(run_, run_.answer.is_cut_short ? "incomplete" : "completed");
    }
  }

  const Run run_;
  const ThreadMessage message_;
};

}  // namespace

std::string run_text(const Run& run, std::string_view status) {
  JsonWriter writer;
  writer.begin_object();
  writer.member("id", std::string_view(run.id));
  writer.member("object", "thread.run");
  writer.member("created_at", run.answer.created);
  writer.member("assistant_id", std::string_view(run.assistant));
  writer.member("thread_id", std::string_view(run.thread));
  writer.member("status", status);
  for (const std::string_view name : {"required_action", "last_error", "max_prompt_tokens", "max_completion_tokens"})
    write_null(writer, name);
  writer.key("incomplete_details");
  writer.raw(status == "incomplete" ? R"({"reason":"max_completion_tokens"})" : "null");
  writer.member("model", std::string_view(run.answer.model));
  writer.member("instructions", std::string_view(run.instructions));
  writer.key("tools");
  writer.raw("[]");
  write_usage(writer, run, status);
  writer.end_object();
  return std::move(writer).take();
}

std::string message_text(const std::string& thread, const ThreadMessage& message) {
  JsonWriter writer;
  writer.begin_object();
  writer.member("id", std::string_view(message.id));
  writer.member("object", "thread.message");
  writer.member("created_at", message.created);
  writer.member("thread_id", std::string_view(thread));
  writer.member("role", std::string_view(message.role));
  writer.key("content");
  writer.begin_array();
  for (const ThreadPart& part : message.parts) write_part(writer, part);
  writer.end_array();
  writer.key("run_id");
  if (message.run.empty())
    writer.null();
  else
    writer.value(std::string_view(message.run));
  writer.end_object();
  return std::move(writer).take();
}

std::string step_text(const Run& run, std::string_view status) {
  JsonWriter writer;
  writer.begin_object();
  writer.member("id", std::string_view("step_" + run.id));
  writer.member("object", "thread.run.step");
  writer.member("run_id", std::string_view(run.id));
  writer.member("thread_id", std::string_view(run.thread));
  writer.member("type", "message_creation");
  writer.key("step_details");
  writer.raw(R"({"type":"message_creation","message_creation":{"message_id":")" + message_of(run).id + "\"}}");
  writer.member("status", status == "queued" ? std::string_view("in_progress") : status);
  write_usage(writer, run, status);
  writer.end_object();
  return std::move(writer).take();
}

ThreadMessage message_of(const Run& run) {
  return {"msg_" + run.id, "assistant", run.id, run.answer.created, {{"text", words_of(run.answer)}}};
}

std::unique_ptr<Script> run_script(const Run& run) { return std::make_unique<RunScript>(run); }

}  // namespace sluice::simulated
