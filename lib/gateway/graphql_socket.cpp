// SPDX-License-Identifier: Apache-2.0
// The connection: its handshake, its frames, its end. Sources: RFC 6455; the protocol of graphql/socket_protocol.
#include "gateway/graphql_socket.hpp"

#include "base/field_role.hpp"
#include "base/forwarding_state.hpp"
#include "base/json_limits.hpp"
#include "base/websocket_accept.hpp"
#include "gateway/graphql_operation.hpp"
#include "gateway/graphql_subscriptions.hpp"
#include "graphql/http_request.hpp"

#include <cassert>
#include <utility>

namespace sluice {
namespace {

constexpr std::string_view protocol_field = "Sec-WebSocket-Protocol";

Outcome refuse(RequestContext& context, int status, std::string why) {
  const GraphqlRefusal refused = graphql_refusal(std::move(why));
  Response& response = context.replace_response();
  response.status = status;
  response.headers.append_view("Content-Type", graphql::answer_type(false));
  response.body.set_bytes(context.arena.concat({"{\"errors\":", graphql::errors_json(refused.errors), "}"}));
  context.answered_by_backend = true;
  return Outcome::next();
}

/// Names of protocols are told apart by their case.
bool offers_protocol(const Headers& headers) {
  const auto offered = headers.joined(protocol_field);
  TokenReader names(offered.value_or(std::string_view()));
  for (std::string_view name = names.next(); !name.empty(); name = names.next()) {
    if (name == graphql::socket_protocol_name) return true;
  }
  return false;
}

}  // namespace

Outcome agree_to_graphql_socket(const GraphqlApi& api, RequestContext& context, const ForwardOptions& options) {
  constexpr int switching_protocols = 101, bad_request = 400, not_implemented = 501;
  const HomeThread home = home_thread();
  auto& state = context.state<ForwardingState>();
  if (home.post == nullptr || !state.caller_bytes.is_stream())
    return refuse(context, not_implemented, "This server does not carry subscriptions.");
  if (!offers_protocol(context.request.headers))
    return refuse(context, bad_request, "A WebSocket of this API speaks graphql-transport-ws.");
  const std::string_view key = context.request.headers.get("Sec-WebSocket-Key");
  if (key.empty()) return refuse(context, bad_request, "The handshake has no key.");
  Response& response = context.replace_response();
  response.status = switching_protocols;
  response.headers.append("Sec-WebSocket-Accept", websocket_accept(key));
  response.headers.append_view(protocol_field, graphql::socket_protocol_name);
  state.backend_bytes = Body::stream(std::make_unique<GraphqlSocket>(api, context, options, home));
  context.answered_by_backend = true;
  return Outcome::next();
}

GraphqlSocket::GraphqlSocket(const GraphqlApi& api, RequestContext& context, const ForwardOptions& options,
                             const HomeThread& home)
    : api_(api),
      context_(context),
      options_(options),
      home_(home),
      limits_(context.services.limits),
      receiver_(WebSocketEnd::client, limits_.graphql_sockets.message_bytes),
      protocol_(limits_.graphql_sockets.operations) {}

GraphqlSocket::~GraphqlSocket() { assert(tasks_ == 0 && "a stream that was read is read to its end, or closed"); }

// ---- As a body ----

Task<BodyChunk> GraphqlSocket::read() {
  std::string().swap(current_);
  if (!is_started_ && !is_cancelled_) start();
  for (;;) {
    if (!outgoing_.empty() && !is_cancelled_) {
      current_ = std::exchange(outgoing_, {});
      room_.wake(home_);
      co_return std::string_view(current_);
    }
    if (tasks_ == 0) break;
    co_await output_.change();
  }
  finish();
  if (is_cancelled_) co_return fail(ErrorCode::cancelled);
  co_return std::string_view();
}

void GraphqlSocket::cancel() {
  if (std::exchange(is_cancelled_, true) || !is_started_) return;
  begin_closing();
  if (!caller_has_ended_) caller_.stream()->cancel();
}

Task<void> GraphqlSocket::close() {
  cancel();
  while (tasks_ != 0) co_await output_.change();
  finish();
}

void GraphqlSocket::start() {
  is_started_ = true;
  caller_ = std::move(context_.state<ForwardingState>().caller_bytes);
  mailbox_ = std::make_shared<GraphqlMailbox>(home_, limits_.graphql_sockets, [this] { take_mail(); });
  api_.subscriptions->open(mailbox_, api_.key, api_.version);
  on_gone_.emplace(context_.request.cancellation, GiveUp{this});
  launch(read_caller());
  launch(keep_time());
  if (context_.request.cancellation.requested()) cancel();
}

void GraphqlSocket::launch(Task<void> task) {
  ++tasks_;
  spawn(std::move(task), [this] {
    --tasks_;
    output_.wake(home_);
  });
}

/// Nothing uses the request any more.
void GraphqlSocket::finish() {
  if (!is_started_ || std::exchange(is_finished_, true)) return;
  mailbox_->close();
  api_.subscriptions->close(*mailbox_);
  on_gone_.reset();
  caller_ = Body();
}

// ---- What comes ----

/// One piece a turn: a caller who never stops does not keep others of the loop from theirs.
Task<void> GraphqlSocket::read_caller() {
  while (!caller_has_ended_) {
    Task<BodyChunk> reading = caller_.stream()->read();
    const BodyChunk chunk = co_await reading;
    co_await home_.next_turn();
    if (!chunk || chunk->empty()) break;
    is_heard_ = true;
    for (std::string_view bytes = *chunk; !caller_has_ended_;) {
      const auto item = receiver_.read(bytes);
      if (!item) break;
      take(*item);
      while (!has_room() && !is_closing_) co_await room_.change();
    }
  }
  caller_has_ended_ = true;
  begin_closing();
}

void GraphqlSocket::take(const WebSocketItem& item) {
  using Kind = WebSocketItem::Kind;
  if (item.kind == Kind::close) {
    caller_has_ended_ = true;
    if (is_closing_) return end_pause();
    const bool has_code = item.code != 1005;
    if (has_code) return say_goodbye(item.code, {});
    append_frame(outgoing_, WebSocketOpcode::close, {});
    return begin_closing();
  }
  if (is_closing_) return;
  if (item.kind == Kind::fault) return say_goodbye(item.code, item.payload);
  if (item.kind == Kind::binary) return say_goodbye(graphql::SocketCode::bad_request, "Messages are texts.");
  if (item.kind == Kind::ping) return send(WebSocketOpcode::pong, item.payload);
  if (item.kind == Kind::text) take_message(item.payload);
}

void GraphqlSocket::take_message(std::string_view text) {
  using Kind = graphql::SocketAction::Kind;
  Arena arena;
  const auto action = protocol_.receive(text, arena, json_limits(limits_.content));
  switch (action.kind) {
    case Kind::nothing: return;
    case Kind::send: return send(action.text);
    case Kind::subscribe: return subscribe(action);
    case Kind::complete: return complete(action.id);
    case Kind::close: return say_goodbye(action.code, action.text);
  }
}

// ---- What goes ----

bool GraphqlSocket::has_room() const { return outgoing_.size() < limits_.http.buffered_bytes_per_direction; }

void GraphqlSocket::send(WebSocketOpcode opcode, std::string_view payload) {
  if (is_closing_) return;
  append_frame(outgoing_, opcode, payload);
  output_.wake(home_);
}

void GraphqlSocket::say_goodbye(std::uint16_t code, std::string_view reason) {
  if (is_closing_) return;
  append_close_frame(outgoing_, code, reason);
  begin_closing();
}

void GraphqlSocket::begin_closing() {
  if (!std::exchange(is_closing_, true)) {
    for (const auto& [number, operation] : std::exchange(operations_, {})) drop(*operation);
    turns_.wake(home_);
  }
  room_.wake(home_);
  output_.wake(home_);
  end_pause();
}

// ---- Time ----

/// The time to the first message, Pings, and the wait for the caller's Close frame.
Task<void> GraphqlSocket::keep_time() {
  const GraphqlSocketLimits& limits = limits_.graphql_sockets;
  co_await pause(limits.init_timeout);
  if (!protocol_.has_begun()) say_goodbye(graphql::SocketCode::init_timeout, "Connection initialisation timeout");
  while (!is_closing_) {
    is_heard_ = false;
    send(WebSocketOpcode::ping, {});
    co_await pause(limits.ping_interval);
    if (!is_closing_ && !is_heard_) cancel();
  }
  if (caller_has_ended_ || is_cancelled_) co_return;
  co_await pause(limits_.http.lingering_close);
  if (!caller_has_ended_) caller_.stream()->cancel();
}

Task<void> GraphqlSocket::pause(std::chrono::milliseconds time) {
  pause_.emplace();
  Task<bool> waiting = context_.services.clock.wait_for(time, *pause_);
  co_await waiting;
  co_await home_.next_turn();
}

void GraphqlSocket::end_pause() {
  if (pause_) pause_->request();
}

}  // namespace sluice
