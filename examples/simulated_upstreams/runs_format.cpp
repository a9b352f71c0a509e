// SPDX-License-Identifier: Apache-2.0
// Runs of assistants as the service tells them: objects, and the events of a streamed run.
// Source: OpenAI and Azure OpenAI API references, runs, run steps, messages and the streaming of assistants.
#include "assistants.hpp"
#include "formats.hpp"

namespace sluice::simulated {
namespace {

void write_null(JsonWriter& writer, std::string_view name) {
  writer.key(name);
  writer.null();
}

/// What the answers have cost, of which the second may be missing.
void write_usage(JsonWriter& writer, std::string_view status, const Answer& answer, const Answer* before = nullptr) {
  writer.key("usage");
  const bool is_at_work = status == "queued" || status == "in_progress" || status == "requires_action";
  if (is_at_work || !answer.reports_usage) return writer.null();
  const std::int64_t prompt = answer.prompt + (before != nullptr ? before->prompt : 0);
  const std::int64_t completion = answer.completion + (before != nullptr ? before->completion : 0);
  writer.begin_object();
  writer.member("prompt_tokens", prompt);
  writer.member("completion_tokens", completion);
  writer.member("total_tokens", prompt + completion);
  writer.end_object();
}

void write_required_action(JsonWriter& writer, const Run& run, std::string_view status) {
  writer.key("required_action");
  if (status != "requires_action") return writer.null();
  writer.begin_object();
  writer.member("type", "submit_tool_outputs");
  writer.key("submit_tool_outputs");
  writer.begin_object();
  write_calls(writer, run.answer.calls);
  writer.end_object();
  writer.end_object();
}

void write_step_head(JsonWriter& writer, const Run& run, std::string_view id, std::string_view status,
                     std::string_view type) {
  writer.member("id", id);
  writer.member("object", "thread.run.step");
  writer.member("run_id", std::string_view(run.id));
  writer.member("thread_id", std::string_view(run.thread));
  writer.member("type", type);
  const bool is_at_work = status == "queued" || status == "requires_action";
  writer.member("status", is_at_work ? std::string_view("in_progress") : status);
}

std::string message_step(const Run& run, std::string_view status) {
  JsonWriter writer;
  writer.begin_object();
  write_step_head(writer, run, "step_" + run.id, status, "message_creation");
  writer.key("step_details");
  writer.raw(R"({"type":"message_creation","message_creation":{"message_id":")" + message_of(run).id + "\"}}");
  write_usage(writer, status, run.answer);
  writer.end_object();
  return std::move(writer).take();
}

std::string call_step_id(const Run& run) { return "step_call_" + run.id; }

/// `told`: how many of the calls have been told; a stream begins with none.
std::string call_step(const Run& run, std::string_view status, std::size_t told) {
  const Answer& answer = run.called ? *run.called : run.answer;
  JsonWriter writer;
  writer.begin_object();
  write_step_head(writer, run, call_step_id(run), status, "tool_calls");
  writer.key("step_details");
  writer.begin_object();
  writer.member("type", "tool_calls");
  writer.key("tool_calls");
  writer.begin_array();
  for (std::size_t i = 0; i < told; ++i) {
    writer.begin_object();
    begin_call(writer, answer.calls[i], answer.calls[i].arguments);
    writer.key("output");
    if (i < run.outputs.size())
      writer.value(std::string_view(run.outputs[i]));
    else
      writer.null();
    writer.end_object();
    writer.end_object();
  }
  writer.end_array();
  writer.end_object();
  write_usage(writer, status, answer);
  writer.end_object();
  return std::move(writer).take();
}

/// A piece of a call's arguments; the first tells the rest too.
std::string call_delta(const Run& run, std::size_t index, std::string_view arguments, bool is_first) {
  const ToolCall& call = run.answer.calls[index];
  JsonWriter writer;
  writer.begin_object();
  writer.member("id", std::string_view(call_step_id(run)));
  writer.member("object", "thread.run.step.delta");
  writer.key("delta");
  writer.begin_object();
  writer.key("step_details");
  writer.begin_object();
  writer.member("type", "tool_calls");
  writer.key("tool_calls");
  writer.begin_array();
  writer.begin_object();
  writer.member("index", static_cast<std::int64_t>(index));
  if (is_first) {
    begin_call(writer, call, arguments);
  } else {
    writer.member("type", "function");
    writer.key("function");
    writer.begin_object();
    writer.member("arguments", arguments);
  }
  for (int open = 0; open < 2; ++open) writer.end_object();
  writer.end_array();
  for (int open = 0; open < 3; ++open) writer.end_object();
  return std::move(writer).take();
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
    if (!run.called) add(created);
    for (const int kind : {queued, in_progress}) add(kind);
    if (run.called) add(call_step_completed);
    if (run_.answer.calls.empty()) {
      for (const int kind : {step_created, step_in_progress, message_created}) add(kind);
      for (std::int64_t i = 0; i < run.answer.words; ++i) add(delta, 0, word(i), true);
      for (const int kind : {message_completed, step_completed}) add(kind);
    } else {
      for (const int kind : {call_step_created, call_step_in_progress}) add(kind);
      for (std::size_t call = 0; call < run_.answer.calls.size(); ++call) add_call(call);
    }
    for (const int kind : {rested, done}) add(kind);
  }

  std::string event(const Piece& piece, std::size_t) const override {
    if (piece.kind == done) return event_text("done", "[DONE]");
    if (piece.kind == rested) return event_text("thread.run." + std::string(status()), data_of(piece));
    return event_text(names[piece.kind], data_of(piece));
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
    call_step_created,
    call_step_in_progress,
    call_begun,
    call_delta,
    call_step_completed,
    rested,
    done
  };
  static constexpr std::string_view names[] = {"thread.created",           "thread.run.created",
                                               "thread.run.queued",        "thread.run.in_progress",
                                               "thread.run.step.created",  "thread.run.step.in_progress",
                                               "thread.message.created",   "thread.message.delta",
                                               "thread.message.completed", "thread.run.step.completed",
                                               "thread.run.step.created",  "thread.run.step.in_progress",
                                               "thread.run.step.delta",    "thread.run.step.delta",
                                               "thread.run.step.completed"};

  void add_call(std::size_t call) {
    add(call_begun, static_cast<int>(call));
    for (const std::string_view piece : run_.answer.calls[call].pieces()) {
      add(call_delta, static_cast<int>(call), piece, true);
    }
  }

  std::string_view status() const {
    if (run_.answer.is_cut_short) return "incomplete";
    return run_.answer.calls.empty() ? "completed" : "requires_action";
  }

  std::string data_of(const Piece& piece) const {
    const auto call = static_cast<std::size_t>(piece.part);
    switch (piece.kind) {
      case thread_created: return thread_text(run_);
      case created:
      case queued: return run_text(run_, "queued");
      case in_progress: return run_text(run_, "in_progress");
      case step_created:
      case step_in_progress: return message_step(run_, "in_progress");
      case message_created:
        return message_text(run_.thread, {message_.id, message_.role, run_.id, message_.created, {}});
      case delta: return message_delta(message_, piece.text);
      case message_completed: return message_text(run_.thread, message_);
      case step_completed: return message_step(run_, "completed");
      case call_step_created:
      case call_step_in_progress: return call_step(run_, "in_progress", 0);
      case call_begun: return simulated::call_delta(run_, call, {}, true);
      case call_delta: return simulated::call_delta(run_, call, piece.text, false);
      case call_step_completed: return call_step(run_, "completed", run_.called->calls.size());
      default: return run_text(run_, status());
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
  write_required_action(writer, run, status);
  for (const std::string_view name : {"last_error", "max_prompt_tokens", "max_completion_tokens"})
    write_null(writer, name);
  writer.key("incomplete_details");
  writer.raw(status == "incomplete" ? R"({"reason":"max_completion_tokens"})" : "null");
  writer.member("model", std::string_view(run.answer.model));
  writer.member("instructions", std::string_view(run.instructions));
  writer.key("tools");
  writer.raw(run.tools);
  write_usage(writer, status, run.answer, run.called ? &*run.called : nullptr);
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

std::vector<std::string> step_texts(const Run& run) {
  std::vector<std::string> steps;
  if (run.answer.calls.empty()) steps.push_back(message_step(run, run.status));
  if (run.called) steps.push_back(call_step(run, "completed", run.called->calls.size()));
  if (!run.answer.calls.empty()) {
    const bool is_at_work = run.status == "queued" || run.status == "in_progress";
    steps.push_back(call_step(run, run.status, is_at_work ? 0 : run.answer.calls.size()));
  }
  return steps;
}

ThreadMessage message_of(const Run& run) {
  return {"msg_" + run.id, "assistant", run.id, run.answer.created, {{"text", words_of(run.answer)}}};
}

std::unique_ptr<Script> run_script(const Run& run) { return std::make_unique<RunScript>(run); }

}  // namespace sluice::simulated
