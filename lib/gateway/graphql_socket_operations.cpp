// SPDX-License-Identifier: Apache-2.0
// What is carried out on a GraphqlSocket: queries, mutations, and an execution for each event of a subscription.
// Source: GraphQL specification, October 2021, sections 6.2.3 and 6.3.
#include "gateway/graphql_socket.hpp"

#include "gateway/graphql_operation.hpp"
#include "gateway/graphql_subscriptions.hpp"
#include "gateway/inner_request.hpp"

#include <utility>

namespace sluice {
namespace {

/// Executions of one WebSocket at a time; others wait.
constexpr std::size_t most_executions = 8;
/// Tasks of a WebSocket beside its operations: reading, and time.
constexpr std::size_t own_tasks = 2;

constexpr std::uint16_t service_restart = 1012;
constexpr std::uint16_t try_again_later = 1013;

/// The one root field of a subscription; empty when directives leave none.
std::string_view subscribed_field(const GraphqlOperation& prepared, const graphql::Schema& schema, std::size_t steps) {
  graphql::Collection collection(prepared.document, schema, prepared.variables, steps);
  const auto& groups = collection.fields(*prepared.operation, *schema.root(graphql::OperationKind::subscription));
  return groups.empty() ? std::string_view() : groups.front().field_name();
}

bool is_of_handshake(const Header& line) {
  constexpr std::string_view prefix = "Sec-WebSocket-";
  return equal_ignoring_case(line.name.substr(0, prefix.size()), prefix);
}

std::string errors_of(std::string message) { return graphql::errors_json(graphql_refusal(std::move(message)).errors); }

}  // namespace

/// Errors that keep the operation from beginning, as JSON; nothing when it may begin.
std::optional<std::string> GraphqlSocket::prepare(Operation& operation, const JsonValue* variables) const {
  auto prepared = prepare_graphql(api_, limits_, operation.query, operation.name, variables);
  if (!prepared) return graphql::errors_json(prepared.error().errors);
  if (prepared->operation->kind == graphql::OperationKind::subscription) {
    operation.field = subscribed_field(*prepared, *api_.schema, limits_.graphql.values);
    if (operation.field.empty()) return errors_of("The subscription asks for no field.");
    if (!api_.subscriptions->join({api_.key, operation.field}, mailbox_, operation.number))
      return errors_of("The gateway has no room for more subscriptions.");
  }
  operation.variables = std::move(prepared->variables);
  return std::nullopt;
}

void GraphqlSocket::subscribe(const graphql::SocketAction& wanted) {
  const auto operation = std::make_shared<Operation>();
  operation->id = wanted.id;
  operation->query = wanted.query;
  operation->name = wanted.operation_name;
  operation->number = ++last_number_;
  // Operations that nobody wants any more may not have ended yet.
  const bool is_busy = tasks_ >= limits_.graphql_sockets.operations + own_tasks;
  const auto errors = is_busy ? errors_of("Too many operations at a time.") : prepare(*operation, wanted.variables);
  if (errors) {
    protocol_.end(wanted.id);
    return send(graphql::error_message(wanted.id, *errors));
  }
  operations_.emplace(operation->number, operation);
  launch(run(operation));
}

void GraphqlSocket::complete(std::string_view id) {
  for (auto each = operations_.begin(); each != operations_.end(); ++each) {
    if (each->second->id != id) continue;
    const OperationRef operation = std::move(each->second);
    operations_.erase(each);
    return drop(*operation);
  }
}

/// It is not one of `operations_` any more.
void GraphqlSocket::drop(Operation& operation) {
  operation.is_done = true;
  if (!operation.field.empty()) api_.subscriptions->leave({api_.key, operation.field}, *mailbox_, operation.number);
  for (const GraphqlMailbox::Letter& letter : std::exchange(operation.letters, {})) mailbox_->finish(letter);
  operation.changed.wake(home_);
  turns_.wake(home_);
  room_.wake(home_);
  operation.cancellation.request();
}

void GraphqlSocket::take_mail() {
  const GraphqlMailbox::Mail mail = mailbox_->take();
  for (const GraphqlMailbox::Letter& letter : mail.letters) {
    const auto operation = operations_.find(letter.subscription);
    if (operation == operations_.end()) {
      mailbox_->finish(letter);
      continue;
    }
    operation->second->letters.push_back(letter);
    operation->second->changed.wake(home_);
  }
  if (mail.is_outdated) return say_goodbye(service_restart, "The API has changed.");
  if (mail.is_overfull) say_goodbye(try_again_later, "Events were not taken in time.");
}

Task<void> GraphqlSocket::run(OperationRef operation) {
  Operation& its = *operation;
  if (its.field.empty()) {
    co_await answer(its, nullptr);
    if (its.is_done) co_return;
    send(graphql::complete_message(its.id));
    protocol_.end(its.id);
    operations_.erase(its.number);
    co_return;
  }
  while (!its.is_done) {
    if (its.letters.empty()) {
      co_await its.changed.change();
      continue;
    }
    const GraphqlMailbox::Letter letter = std::move(its.letters.front());
    its.letters.pop_front();
    co_await answer(its, &letter.event->value());
    mailbox_->finish(letter);
  }
}

/// Executes and sends, each when there is room for it.
Task<void> GraphqlSocket::answer(Operation& operation, const JsonValue* event) {
  while (executions_ >= most_executions && !operation.is_done) co_await turns_.change();
  if (operation.is_done) co_return;
  ++executions_;
  Task<std::string> executing = execute(operation, event);
  const std::string text = co_await executing;
  co_await home_.next_turn();
  --executions_;
  turns_.wake(home_);
  while (!has_room() && !operation.is_done) co_await room_.change();
  if (!operation.is_done) send(graphql::next_message(operation.id, text));
}

/// With a context of its own: what an execution makes ends with it.
Task<std::string> GraphqlSocket::execute(Operation& operation, const JsonValue* event) {
  InnerRequest inner(context_);
  inner.context.request.headers.remove_if(is_of_handshake);
  inner.context.target = context_.target;
  inner.context.timestamp = context_.services.clock.now();
  inner.context.started = context_.services.clock.steady_now();
  const GraphqlOperation again = repeat_graphql(limits_, operation.query, operation.name, operation.variables);
  Task<std::string> executing = execute_graphql(api_, again, inner.context, options_, event, operation.cancellation);
  std::string answer = co_await executing;
  co_return answer;
}

}  // namespace sluice
