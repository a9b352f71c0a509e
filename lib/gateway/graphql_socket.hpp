// SPDX-License-Identifier: Apache-2.0
// GraphqlSocket: a WebSocket on which a caller subscribes to a GraphQL API, answered by the gateway itself. It is the
// body of the answer to the handshake; the body of the request is what the caller sends.
//
//   caller ─▶ frames ─▶ messages ─▶ operations ─▶ executions ─▶ frames ─▶ caller
//                                        ▲ events: from the mailbox, into which publish-event puts them
//
// All of it runs on the event loop that the handshake came on. Nothing here is touched by other threads: what they
// publish goes through the mailbox. Coroutines wake one another in a later turn of the loop, never at once.
#pragma once

#include "gateway/graphql_api.hpp"
#include "gateway/graphql_mailbox.hpp"
#include "graphql/socket_protocol.hpp"

#include "base/home_thread.hpp"
#include "base/websocket_messages.hpp"

#include <sluice/context.hpp>
#include <sluice/outcome.hpp>
#include <sluice/services.hpp>

#include <coroutine>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sluice {

/// Coroutines of one loop that wait for something to change: woken, each looks whether it has.
class WaitingCoroutines {
 public:
  struct Wait {
    WaitingCoroutines& line;
    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> waiting) const { line.waiting_.push_back(waiting); }
    void await_resume() const {}
  };
  Wait change() { return {*this}; }
  void wake(const HomeThread& home) {
    for (const std::coroutine_handle<> each : std::exchange(waiting_, {})) home.run([each] { each.resume(); });
  }

 private:
  std::vector<std::coroutine_handle<>> waiting_;
};

class GraphqlSocket final : public BodyStream {
 public:
  /// All that is given outlives it. Nothing happens before the first read.
  GraphqlSocket(const GraphqlApi& api, RequestContext& context, const ForwardOptions& options, const HomeThread& home);
  ~GraphqlSocket() override;

  Task<BodyChunk> read() override;
  void cancel() override;
  Task<void> close() override;

 private:
  /// What the caller has asked for under an id: one answer, or one for each event.
  struct Operation {
    std::string id, query, name;
    graphql::VariableValues variables;  ///< Their names are views of `query`.
    std::uint64_t number = 0;           ///< Ids are used again, numbers are not.
    std::string field;                  ///< That it is subscribed to; empty: it is no subscription.
    std::deque<GraphqlMailbox::Letter> letters;
    Cancellation cancellation;
    WaitingCoroutines changed;
    bool is_done = false;  ///< Nobody wants to hear of it any more.
  };
  using OperationRef = std::shared_ptr<Operation>;
  struct GiveUp {
    GraphqlSocket* socket;
    void operator()() const { socket->cancel(); }
  };

  // The connection:
  void start();
  void launch(Task<void> task);
  Task<void> read_caller();
  Task<void> keep_time();
  Task<void> pause(std::chrono::milliseconds time);
  void end_pause();
  void take(const WebSocketItem& item);
  void take_message(std::string_view text);
  void send(WebSocketOpcode opcode, std::string_view payload);
  void send(std::string_view message) { send(WebSocketOpcode::text, message); }
  bool has_room() const;
  void say_goodbye(std::uint16_t code, std::string_view reason);
  void begin_closing();
  void finish();

  // Operations:
  void subscribe(const graphql::SocketAction& wanted);
  std::optional<std::string> prepare(Operation& operation, const JsonValue* variables) const;
  void complete(std::string_view id);
  void drop(Operation& operation);
  void take_mail();
  Task<void> run(OperationRef operation);
  Task<void> answer(Operation& operation, const JsonValue* event);
  Task<std::string> execute(Operation& operation, const JsonValue* event);

  const GraphqlApi& api_;
  RequestContext& context_;
  const ForwardOptions options_;
  const HomeThread home_;
  const Limits& limits_;
  Body caller_;
  WebSocketReceiver receiver_;
  graphql::SocketProtocol protocol_;
  std::shared_ptr<GraphqlMailbox> mailbox_;
  std::optional<Cancellation::Registration<GiveUp>> on_gone_;
  std::map<std::uint64_t, OperationRef> operations_;
  std::uint64_t last_number_ = 0;

  std::string outgoing_, current_;  ///< Whole frames: not read yet; being read.
  WaitingCoroutines output_;        ///< For something to read, or the end of a task.
  WaitingCoroutines room_;          ///< In `outgoing_`.
  WaitingCoroutines turns_;         ///< To execute something.
  std::optional<Cancellation> pause_;
  std::size_t tasks_ = 0;       ///< Coroutines that have not ended.
  std::size_t executions_ = 0;  ///< Under way.
  bool is_started_ = false;
  bool is_closing_ = false;  ///< A Close frame is under way in either direction, or the end without one.
  bool is_cancelled_ = false;
  bool is_finished_ = false;
  bool is_heard_ = false;  ///< Something has come since the last Ping.
  bool caller_has_ended_ = false;
};

/// Agrees to the handshake in `context.response`, or says there why not.
Outcome agree_to_graphql_socket(const GraphqlApi& api, RequestContext& context, const ForwardOptions& options);

}  // namespace sluice
