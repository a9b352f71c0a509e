// SPDX-License-Identifier: Apache-2.0
// IMessageBody and IResponse: bodies as text, bytes, JSON; answers that variables hold.
#include "expression/entity.hpp"
#include "expression/library/body_text.hpp"
#include "expression/library/body_types.hpp"
#include "expression/library/context_objects.hpp"
#include "expression/objects.hpp"
#include "expression/unicode.hpp"

#include <sluice/response_value.hpp>

#include "base/text.hpp"

namespace sluice::expression {
namespace {

/// Reading a body may use it up, so what the entity points to is not constant.
template <class Message>
Message& message(Call& call) {
  return const_cast<Message&>(target_of<Message>(call));
}
bool is_of_request(Call& call) { return is_entity(call[0], Entity::request_body); }
Body& body(Call& call) { return is_of_request(call) ? message<Request>(call).body : message<Response>(call).body; }
const Headers& headers_of(Call& call) {
  return is_of_request(call) ? message<Request>(call).headers : message<Response>(call).headers;
}

constexpr HeaderName content_type("Content-Type");

bool names_latin1(std::string_view media_type) {
  constexpr std::string_view parameter = "charset=", latin1 = "iso-8859-1";
  for (std::size_t i = 0; i + parameter.size() < media_type.size(); ++i) {
    if (!equal_ignoring_case(media_type.substr(i, parameter.size()), parameter)) continue;
    std::string_view name = media_type.substr(i + parameter.size());
    if (name.starts_with('"')) name.remove_prefix(1);
    return equal_ignoring_case(name.substr(0, latin1.size()), latin1);
  }
  return false;
}

std::string_view decoded(Call& call, std::string_view bytes) {
  return body_text(call.arena(), headers_of(call), bytes);
}

/// Notes that the body was read; false when it may not be read again.
bool may_read(Call& call, bool preserve) {
  Body& from = body(call);
  if (from.is_stream()) {
    call.raise(Fault::body, "The message body is a stream that was not read into memory.");
    return false;
  }
  if (from.consumed() && !call.run.context->services.behaviour.tolerate_consumed_body) {
    call.raise(Fault::body,
               "The message body was read before and not preserved; read it with As<T>(preserveContent: true).");
    return false;
  }
  if (!preserve) from.consume();
  return true;
}

Value as(Call& call) {
  if (!may_read(call, call.boolean(1))) return {};
  const Type* wanted = call.type();
  const std::string_view bytes = body(call).data();
  if (wanted == core().byte_array) return make_bytes(call.run, bytes.data(), bytes.size());
  const std::string_view text = decoded(call, bytes);
  if (wanted->kind == TypeKind::string) return Value::string(text);
  for (const BodyReader* reader : {&json_body_reader, &xml_body_reader}) {
    if (reader->accepts(wanted)) return reader->read(call, text, wanted);
  }
  return call.raise(Fault::not_supported, "A message body cannot be read as '" + wanted->full + "'.");
}

constexpr MemberRow members[] = {
    {"IMessageBody", "As", "(bool preserveContent = false)", "T", as, "As string, byte[], JObject, JArray, JToken.",
     Trait::impure | Trait::typed},
};

}  // namespace

std::string_view body_text(Arena& arena, const Headers& headers, std::string_view bytes) {
  if (names_latin1(headers.get(content_type))) {
    std::string text;
    for (const char c : bytes) append_point(text, static_cast<unsigned char>(c));
    return arena.copy(text);
  }
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  return is_ascii(bytes) || is_valid_utf8(bytes) ? bytes : arena.copy(valid_utf8(bytes));
}

Value read_body_text(Call& call, bool preserve) {
  return may_read(call, preserve) ? Value::string(decoded(call, body(call).data())) : Value();
}

extern const Family body_family{"body", "Message bodies.", "API Management policy expressions: IMessageBody", {}, {},
                                members};

}  // namespace sluice::expression

namespace sluice {

Value make_response_value(RequestContext& context, Response&& response) {
  auto* kept = context.arena.make<Response>(std::move(response));
  return expression::entity_value(expression::Entity::response, kept);
}

Response* response_of(const Value& value) {
  if (!expression::is_entity(value, expression::Entity::response)) return nullptr;
  return static_cast<Response*>(const_cast<void*>(value.data()));
}

}  // namespace sluice
