// SPDX-License-Identifier: Apache-2.0
// Assistants: what a simulated service keeps of assistants, threads, their messages and runs. A run works by itself: it
// is as far as its time says whenever it is looked at, and its message is in the thread once it is done. One that calls
// functions waits for what they give before it says anything. Any thread may call it. Source: OpenAI and Azure OpenAI
// API references, assistants, version 2.
#pragma once

#include "answer.hpp"
#include "deployment.hpp"
#include "event_stream.hpp"
#include "service_head.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace sluice::simulated {

struct ThreadPart {
  std::string type, value;  ///< A text, or where an image is.
};

struct ThreadMessage {
  std::string id, role, run;  ///< The run that said it; empty: its caller did.
  std::int64_t created = 0;
  std::vector<ThreadPart> parts;
};

struct Run {
  std::string id, thread, assistant, instructions;
  std::string tools, functions;  ///< JSON; those of the tools that are functions.
  std::optional<std::int64_t> bound;
  bool makes_thread = false;
  Answer answer;
  std::optional<Answer> called;      ///< What was said before `answer`: calls of functions,
  std::vector<std::string> outputs;  ///< and what these gave.
  Deployment* deployment = nullptr;
  DeploymentSettings settings;
  std::int64_t estimated = 0;
  SteadyTime begun{};
  bool is_streamed = false;
  std::string_view status = "queued";
  bool requires_action() const { return status == "requires_action"; }
  bool has_ended() const { return status != "queued" && status != "in_progress" && !requires_action(); }
};

/// A run as JSON; with `status` in place of its own.
std::string run_text(const Run& run, std::string_view status);
std::string message_text(const std::string& thread, const ThreadMessage& message);
/// The steps of a run, the last first.
std::vector<std::string> step_texts(const Run& run);
/// The message that a run makes.
ThreadMessage message_of(const Run& run);
std::unique_ptr<Script> run_script(const Run& run);

class Assistants {
 public:
  explicit Assistants(Clock& clock) : clock_(clock) {}

  /// Answers what begins no run; `path` from `threads` or `assistants` on. `id`: for what is made.
  std::variant<std::string, Refusal> answer(std::string_view method, std::string_view path, const JsonValue* body,
                                            const std::string& id, std::int64_t created);
  static bool begins_run(std::string_view method, std::string_view path);
  static bool goes_on_with_run(std::string_view method, std::string_view path);

  /// A run that is asked for, and its prompt in the form of a chat.
  struct Wanted {
    Run run;
    std::string prompt, model;
  };
  std::variant<Wanted, Refusal> want(std::string_view path, const JsonValue& body, const std::string& id,
                                     std::int64_t created);
  /// A run that goes on with what its functions gave.
  std::variant<Wanted, Refusal> submit(std::string_view path, const JsonValue& body);
  /// Lets it begin, or go on.
  void begin(const Run& run);
  /// A streamed run is over: so many tokens went out. One whose caller left goes on; it only does so at once here.
  void streamed(const std::string& run, std::int64_t tokens, bool has_failed);

 private:
  static constexpr std::size_t max_kept = 1'000;  ///< Of each sort, and messages of a thread. The oldest leave.

  struct Assistant {
    std::string model, instructions, name;
    std::int64_t created = 0;
    std::string tools, functions;  ///< JSON; those of the tools that are functions.
  };
  struct Thread {
    std::int64_t created = 0;
    std::vector<ThreadMessage> messages;
  };

  std::variant<std::string, Refusal> answer_assistant(std::string_view method, std::string_view wanted,
                                                      const JsonValue* body, const std::string& id,
                                                      std::int64_t created);
  std::variant<std::string, Refusal> answer_thread(std::string_view method, std::string_view wanted,
                                                   const JsonValue* body, const std::string& id, std::int64_t created);
  std::variant<std::string, Refusal> answer_messages(std::string_view method, const std::string& thread,
                                                     std::string_view wanted, const JsonValue* body,
                                                     const std::string& id, std::int64_t created);
  std::variant<std::string, Refusal> answer_run(std::string_view method, const std::string& thread,
                                                const std::vector<std::string_view>& segments);
  void add_message(Thread& thread, const JsonValue& body, const std::string& id, std::int64_t created);
  std::string make_thread(const JsonValue* body, const std::string& id, std::int64_t created);
  /// As far as time is.
  void go_on(Run& run);
  /// What it is at work on is done, or given up.
  void rest(Run& run, std::string_view status, std::int64_t completion);

  Clock& clock_;
  std::mutex mutex_;
  std::map<std::string, Assistant, std::less<>> assistants_;
  std::map<std::string, Thread, std::less<>> threads_;
  std::map<std::string, Run, std::less<>> runs_;
};

}  // namespace sluice::simulated
