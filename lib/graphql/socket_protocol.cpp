// SPDX-License-Identifier: Apache-2.0
#include "graphql/socket_protocol.hpp"

#include "graphql/coercion.hpp"
#include "graphql/request.hpp"

#include <utility>

namespace sluice::graphql {
namespace {

SocketAction close_with(std::uint16_t code, std::string reason) {
  return {.kind = SocketAction::Kind::close, .text = std::move(reason), .code = code};
}
SocketAction bad_request(std::string reason) { return close_with(SocketCode::bad_request, std::move(reason)); }

/// The member is not there, or is of that kind.
bool is_optional(const JsonValue* value, JsonKind kind) {
  return value == nullptr || value->is_null() || value->kind == kind;
}

std::string message_of(std::string_view type, std::string_view id, std::string_view payload) {
  std::string text = "{";
  if (!id.empty()) {
    text += "\"id\":";
    append_json_string(text, id);
    text += ',';
  }
  text.append("\"type\":\"").append(type) += '"';
  if (!payload.empty()) text.append(",\"payload\":").append(payload);
  return text += '}';
}

SocketAction pong(const JsonValue* payload) {
  std::string json;
  if (payload != nullptr && payload->is_object()) append_json(json, *payload);
  return {.kind = SocketAction::Kind::send, .text = message_of("pong", {}, json)};
}

}  // namespace

SocketAction SocketProtocol::receive(std::string_view message, Arena& arena, const JsonLimits& limits) {
  const auto read = parse_json(message, arena, limits);
  if (!read || !(*read)->is_object()) return bad_request("Invalid message: it is no JSON object.");
  const JsonValue& root = **read;
  const JsonValue* type = root.find("type");
  if (type == nullptr || !type->is_string()) return bad_request("Invalid message: it has no type.");
  const std::string_view name = type->text;
  const JsonValue* payload = root.find("payload");
  if (name == "subscribe") return subscribe(root);
  if (name == "complete") {
    const JsonValue* id = root.find("id");
    if (id == nullptr || !id->is_string() || id->text.empty()) return bad_request("Invalid message: it has no id.");
    const bool is_known = ids_.find(id->text) != ids_.end();
    if (!is_known) return {};  // It has ended meanwhile.
    end(id->text);
    return {.kind = SocketAction::Kind::complete, .id = id->text};
  }
  if (name != "connection_init" && name != "ping" && name != "pong")
    return bad_request("Unexpected message of type " + std::string(name.substr(0, 50)) + ".");
  if (!is_optional(payload, JsonKind::object)) return bad_request("Invalid message: its payload is no object.");
  if (name == "connection_init") return begin();
  return name == "ping" ? pong(payload) : SocketAction{};
}

SocketAction SocketProtocol::begin() {
  if (std::exchange(has_begun_, true))
    return close_with(SocketCode::too_many_inits, "Too many initialisation requests");
  return {.kind = SocketAction::Kind::send, .text = message_of("connection_ack", {}, {})};
}

SocketAction SocketProtocol::subscribe(const JsonValue& message) {
  const JsonValue* id = message.find("id");
  const JsonValue* payload = message.find("payload");
  if (id == nullptr || !id->is_string() || id->text.empty()) return bad_request("Invalid message: it has no id.");
  if (payload == nullptr || !payload->is_object()) return bad_request("Invalid message: its payload is no object.");
  const JsonValue* query = payload->find("query");
  const JsonValue* operation = payload->find("operationName");
  const JsonValue* variables = payload->find("variables");
  if (query == nullptr || !query->is_string()) return bad_request("Invalid message: it has no query.");
  if (!is_optional(operation, JsonKind::string)) return bad_request("Invalid message: its operationName is no text.");
  if (!is_optional(variables, JsonKind::object)) return bad_request("Invalid message: its variables are no object.");
  if (!is_optional(payload->find("extensions"), JsonKind::object))
    return bad_request("Invalid message: its extensions are no object.");
  if (!has_begun_) return close_with(SocketCode::unauthorized, "Unauthorized");
  if (ids_.find(id->text) != ids_.end())
    return close_with(SocketCode::already_subscribed, "Subscriber for " + std::string(id->text) + " already exists");
  if (ids_.size() >= most_operations_) {
    const std::string error =
        error_json({}, {0, "More than " + std::to_string(most_operations_) + " operations at a time."});
    return {.kind = SocketAction::Kind::send, .text = error_message(id->text, errors_json({error}))};
  }
  ids_.emplace(id->text);
  return {.kind = SocketAction::Kind::subscribe,
          .id = id->text,
          .query = query->text,
          .operation_name = operation == nullptr ? std::string_view() : operation->text,
          .variables = variables == nullptr || variables->is_null() ? nullptr : variables};
}

void SocketProtocol::end(std::string_view id) {
  const auto known = ids_.find(id);
  if (known != ids_.end()) ids_.erase(known);
}

std::string next_message(std::string_view id, std::string_view answer) { return message_of("next", id, answer); }
std::string error_message(std::string_view id, std::string_view errors) { return message_of("error", id, errors); }
std::string complete_message(std::string_view id) { return message_of("complete", id, {}); }

}  // namespace sluice::graphql
