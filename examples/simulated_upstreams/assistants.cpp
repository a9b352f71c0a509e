// SPDX-License-Identifier: Apache-2.0
#include "assistants.hpp"

#include "formats.hpp"

#include "base/text.hpp"
#include "base/write_json.hpp"

#include <algorithm>

namespace sluice::simulated {
namespace {

using Reply = std::variant<std::string, Refusal>;

Refusal not_found(std::string_view what, std::string_view id) {
  return {
      404, {}, "invalid_request_error", "No " + std::string(what) + " found with id '" + std::string(id) + "'.", {}};
}
Refusal missing(std::string_view name) {
  return {400, "missing_required_parameter", "invalid_request_error",
          "Missing required parameter: '" + std::string(name) + "'.", name};
}

Refusal unfitting(std::string message) { return {400, {}, "invalid_request_error", std::move(message), {}}; }

/// What becomes of a run that has said everything.
std::string_view status_after(const Answer& answer) {
  if (answer.is_cut_short) return "incomplete";
  return answer.calls.empty() ? "completed" : "requires_action";
}

std::string text_at(const JsonValue* object, std::string_view name) {
  const JsonValue* found = object != nullptr ? object->find(name) : nullptr;
  return std::string(found != nullptr ? found->string().value_or(std::string_view()) : std::string_view());
}

std::string deleted(std::string_view id, std::string_view object) {
  JsonWriter writer;
  writer.begin_object();
  writer.member("id", id);
  writer.member("object", object);
  writer.member("deleted", true);
  writer.end_object();
  return std::move(writer).take();
}

std::string list_of(const std::vector<std::string>& items) {
  JsonWriter writer;
  writer.begin_object();
  writer.member("object", "list");
  writer.key("data");
  writer.begin_array();
  for (const std::string& item : items) writer.raw(item);
  writer.end_array();
  writer.member("has_more", false);
  writer.end_object();
  return std::move(writer).take();
}

std::string tools_of(const JsonValue* body, bool only_functions) {
  const JsonValue* tools = body != nullptr ? body->find("tools") : nullptr;
  JsonWriter writer;
  writer.begin_array();
  for (std::size_t i = 0; tools != nullptr && i < tools->items.size(); ++i) {
    const JsonValue& tool = tools->items[i];
    if (!only_functions || text_at(&tool, "type") == "function") write_json(tool, writer);
  }
  writer.end_array();
  return std::move(writer).take();
}

std::vector<ThreadPart> parts_of(const JsonValue* content) {
  std::vector<ThreadPart> parts;
  if (content == nullptr) return parts;
  if (content->is_string()) parts.push_back({"text", std::string(content->text)});
  for (const JsonValue& part : content->items) {
    const std::string type = text_at(&part, "type");
    std::string value = text_at(&part, "text");
    if (type == "image_url") value = text_at(part.find("image_url"), "url");
    if (type == "image_file") value = text_at(part.find("image_file"), "file_id");
    parts.push_back({type, std::move(value)});
  }
  return parts;
}

void write_message(JsonWriter& writer, const ThreadMessage& message) {
  writer.begin_object();
  writer.member("role", std::string_view(message.role));
  writer.key("content");
  writer.begin_array();
  for (const ThreadPart& part : message.parts) {
    writer.begin_object();
    writer.member("type", std::string_view(part.type));
    if (part.type == "text") writer.member("text", std::string_view(part.value));
    writer.end_object();
  }
  writer.end_array();
  writer.end_object();
}

/// What the functions were called with, and what they gave.
void write_called(JsonWriter& writer, const Run& run) {
  writer.begin_object();
  writer.member("role", "assistant");
  write_calls(writer, run.called->calls);
  writer.end_object();
  for (const std::string& output : run.outputs) {
    writer.begin_object();
    writer.member("role", "tool");
    writer.member("content", std::string_view(output));
    writer.end_object();
  }
}

/// The chat that the model gets to see. It chooses tools as it is told when the run begins, and once.
std::string prompt_of(const Run& run, const std::vector<ThreadMessage>& messages, const JsonValue* tool_choice) {
  JsonWriter writer;
  writer.begin_object();
  writer.member("instructions", std::string_view(run.instructions));
  if (run.bound) writer.member("max_completion_tokens", *run.bound - (run.called ? run.called->completion : 0));
  writer.key("tools");
  writer.raw(run.functions);
  if (tool_choice != nullptr && !run.called) {
    writer.key("tool_choice");
    write_json(*tool_choice, writer);
  }
  writer.key("messages");
  writer.begin_array();
  for (const ThreadMessage& message : messages) write_message(writer, message);
  if (run.called) write_called(writer, run);
  writer.end_array();
  writer.end_object();
  return std::move(writer).take();
}

template <class Map>
void bound(Map& map, std::size_t most) {
  while (map.size() > most) map.erase(map.begin());
}

}  // namespace

bool Assistants::begins_run(std::string_view method, std::string_view path) {
  return method == "POST" && path.starts_with("threads/") && path.ends_with("/runs");
}

bool Assistants::goes_on_with_run(std::string_view method, std::string_view path) {
  return method == "POST" && split(path, '/').size() == 5 && path.ends_with("/submit_tool_outputs");
}

Reply Assistants::answer(std::string_view method, std::string_view path, const JsonValue* body, const std::string& id,
                         std::int64_t created) {
  std::lock_guard lock(mutex_);
  const std::vector<std::string_view> segments = split(path, '/');
  const std::string_view first = segments.size() > 1 ? segments[1] : std::string_view();
  if (segments[0] == "assistants") return answer_assistant(method, first, body, id, created);
  if (segments.size() < 3) return answer_thread(method, first, body, id, created);
  const std::string thread(first);
  if (threads_.count(thread) == 0) return not_found("thread", thread);
  if (segments[2] == "runs") return answer_run(method, thread, segments);
  const std::string_view message = segments.size() > 3 ? segments[3] : std::string_view();
  if (segments[2] == "messages") return answer_messages(method, thread, message, body, id, created);
  return not_found("resource", path);
}

Reply Assistants::answer_assistant(std::string_view method, std::string_view wanted, const JsonValue* body,
                                   const std::string& id, std::int64_t created) {
  auto found = assistants_.find(wanted);
  if (wanted.empty()) {
    if (text_at(body, "model").empty()) return missing("model");
    found = assistants_
                .emplace("asst_" + id,
                         Assistant{text_at(body, "model"), text_at(body, "instructions"), text_at(body, "name"),
                                   created, tools_of(body, false), tools_of(body, true)})
                .first;
    bound(assistants_, max_kept);
  }
  if (found == assistants_.end()) return not_found("assistant", wanted);
  if (method == "DELETE") {
    assistants_.erase(found);
    return deleted(wanted, "assistant.deleted");
  }
  JsonWriter writer;
  writer.begin_object();
  writer.member("id", std::string_view(found->first));
  writer.member("object", "assistant");
  writer.member("created_at", found->second.created);
  writer.member("name", std::string_view(found->second.name));
  writer.member("model", std::string_view(found->second.model));
  writer.member("instructions", std::string_view(found->second.instructions));
  writer.key("tools");
  writer.raw(found->second.tools);
  writer.end_object();
  return std::move(writer).take();
}

std::string Assistants::make_thread(const JsonValue* body, const std::string& id, std::int64_t created) {
  const std::string name = "thread_" + id;
  Thread& thread = threads_[name];
  thread.created = created;
  const JsonValue* messages = body != nullptr ? body->find("messages") : nullptr;
  for (std::size_t i = 0; messages != nullptr && i < messages->items.size(); ++i)
    add_message(thread, messages->items[i], id + "_" + std::to_string(i), created);
  bound(threads_, max_kept);
  return name;
}

Reply Assistants::answer_thread(std::string_view method, std::string_view wanted, const JsonValue* body,
                                const std::string& id, std::int64_t created) {
  const std::string name = wanted.empty() ? make_thread(body, id, created) : std::string(wanted);
  const auto found = threads_.find(name);
  if (found == threads_.end()) return not_found("thread", name);
  if (method == "DELETE") {
    threads_.erase(found);
    return deleted(name, "thread.deleted");
  }
  JsonWriter writer;
  writer.begin_object();
  writer.member("id", std::string_view(name));
  writer.member("object", "thread");
  writer.member("created_at", found->second.created);
  writer.key("metadata");
  writer.raw("{}");
  writer.end_object();
  return std::move(writer).take();
}

void Assistants::add_message(Thread& thread, const JsonValue& body, const std::string& id, std::int64_t created) {
  const std::string role = text_at(&body, "role");
  thread.messages.push_back({"msg_" + id, role.empty() ? "user" : role, {}, created, parts_of(body.find("content"))});
  if (thread.messages.size() > max_kept) thread.messages.erase(thread.messages.begin());
}

Reply Assistants::answer_messages(std::string_view method, const std::string& thread, std::string_view wanted,
                                  const JsonValue* body, const std::string& id, std::int64_t created) {
  for (auto& [name, run] : runs_) {
    if (run.thread == thread) go_on(run);
  }
  std::vector<ThreadMessage>& messages = threads_.at(thread).messages;
  if (method == "POST") {
    if (body == nullptr || body->find("content") == nullptr) return missing("content");
    add_message(threads_.at(thread), *body, id, created);
    return message_text(thread, messages.back());
  }
  std::vector<std::string> texts;  // The newest first.
  for (auto message = messages.rbegin(); message != messages.rend(); ++message) {
    if (message->id == wanted) return message_text(thread, *message);
    texts.push_back(message_text(thread, *message));
  }
  return wanted.empty() ? Reply(list_of(texts)) : Reply(not_found("message", wanted));
}

Reply Assistants::answer_run(std::string_view method, const std::string& thread,
                             const std::vector<std::string_view>& segments) {
  if (segments.size() == 3) {
    std::vector<std::string> texts;
    for (auto& [name, run] : runs_) {
      if (run.thread != thread) continue;
      go_on(run);
      texts.push_back(run_text(run, run.status));
    }
    return list_of(texts);
  }
  const auto found = runs_.find(segments[3]);
  if (found == runs_.end() || found->second.thread != thread) return not_found("run", segments[3]);
  Run& run = found->second;
  go_on(run);
  if (segments.size() == 4) return run_text(run, run.status);
  if (segments[4] == "steps") return list_of(step_texts(run));
  if (segments[4] != "cancel" || method != "POST") return not_found("resource", segments[4]);
  if (run.requires_action()) {
    run.status = "cancelled";
  } else if (!run.has_ended()) {
    rest(run, "cancelled", 0);
  }
  return run_text(run, run.status);
}

std::variant<Assistants::Wanted, Refusal> Assistants::want(std::string_view path, const JsonValue& body,
                                                           const std::string& id, std::int64_t created) {
  std::lock_guard lock(mutex_);
  const std::vector<std::string_view> segments = split(path, '/');
  const std::string assistant = text_at(&body, "assistant_id");
  const auto found = assistants_.find(assistant);
  if (assistant.empty()) return missing("assistant_id");
  if (found == assistants_.end()) return not_found("assistant", assistant);
  Wanted wanted;
  Run& run = wanted.run;
  run.makes_thread = segments.size() == 2;
  run.thread = run.makes_thread ? make_thread(body.find("thread"), id, created) : std::string(segments[1]);
  const auto thread = threads_.find(run.thread);
  if (thread == threads_.end()) return not_found("thread", run.thread);
  if (const JsonValue* more = body.find("additional_messages")) {
    for (std::size_t i = 0; i < more->items.size(); ++i)
      add_message(thread->second, more->items[i], id + "_" + std::to_string(i), created);
  }
  run.id = "run_" + id;
  run.assistant = assistant;
  run.instructions = text_at(&body, "instructions");
  if (run.instructions.empty()) run.instructions = found->second.instructions;
  wanted.model = text_at(&body, "model");
  if (wanted.model.empty()) wanted.model = found->second.model;
  if (const JsonValue* most = body.find("max_completion_tokens")) run.bound = most->integer();
  const bool has_tools = body.find("tools") != nullptr && body.find("tools")->is_array();
  run.tools = has_tools ? tools_of(&body, false) : found->second.tools;
  run.functions = has_tools ? tools_of(&body, true) : found->second.functions;
  wanted.prompt = prompt_of(run, thread->second.messages, body.find("tool_choice"));
  return wanted;
}

std::variant<Assistants::Wanted, Refusal> Assistants::submit(std::string_view path, const JsonValue& body) {
  std::lock_guard lock(mutex_);
  const std::vector<std::string_view> segments = split(path, '/');
  const auto thread = threads_.find(segments[1]);
  if (thread == threads_.end()) return not_found("thread", segments[1]);
  const auto found = runs_.find(segments[3]);
  if (found == runs_.end() || found->second.thread != segments[1]) return not_found("run", segments[3]);
  go_on(found->second);
  if (!found->second.requires_action()) {
    return unfitting("Runs in status \"" + std::string(found->second.status) + "\" do not accept tool outputs.");
  }
  Wanted wanted{found->second, {}, std::string(found->second.deployment->name())};
  Run& run = wanted.run;
  const JsonValue* outputs = body.find("tool_outputs");
  if (outputs == nullptr || !outputs->is_array()) return missing("tool_outputs");
  for (const ToolCall& call : run.answer.calls) {
    const auto given = std::find_if(outputs->items.begin(), outputs->items.end(), [&](const JsonValue& output) {
      return text_at(&output, "tool_call_id") == call.id;
    });
    if (given == outputs->items.end()) return unfitting("Expected tool outputs for call_ids ['" + call.id + "'].");
    run.outputs.push_back(text_at(&*given, "output"));
  }
  run.makes_thread = false;
  run.called = std::move(run.answer);
  run.status = "queued";
  wanted.prompt = prompt_of(run, thread->second.messages, nullptr);
  return wanted;
}

void Assistants::begin(const Run& run) {
  std::lock_guard lock(mutex_);
  runs_.insert_or_assign(run.id, run);
  bound(runs_, max_kept);
}

void Assistants::streamed(const std::string& run, std::int64_t tokens, bool has_failed) {
  std::lock_guard lock(mutex_);
  const auto found = runs_.find(run);
  if (found == runs_.end() || found->second.has_ended()) return;
  rest(found->second, has_failed ? "failed" : status_after(found->second.answer), tokens);
}

void Assistants::go_on(Run& run) {
  if (run.has_ended() || run.requires_action() || run.is_streamed) return;
  const auto passed = clock_.steady_now() - run.begun;
  if (passed >= time_for(run.settings, 0)) run.status = "in_progress";
  if (passed < time_for(run.settings, run.answer.completion)) return;
  rest(run, status_after(run.answer), run.answer.completion);
}

void Assistants::rest(Run& run, std::string_view status, std::int64_t completion) {
  run.status = status;
  run.answer.completion = completion;
  run.deployment->finish(run.estimated, run.answer.prompt, completion, true, clock_.steady_now());
  const auto thread = threads_.find(run.thread);
  const bool has_spoken = completion > 0 && run.answer.calls.empty();
  if (thread != threads_.end() && has_spoken) thread->second.messages.push_back(message_of(run));
}

}  // namespace sluice::simulated
