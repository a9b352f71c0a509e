// SPDX-License-Identifier: Apache-2.0
#include "ai/request_prompt.hpp"

#include "ai/token_encoding.hpp"
#include "base/json_limits.hpp"

#include <string>

namespace sluice::ai {
namespace {

struct ReadPrompt {
  explicit ReadPrompt(Arena&) {}
  bool read = false;
  std::uint32_t version = 0;
  Prompt prompt;
};

}  // namespace

Result<const Prompt*> prompt_of(RequestContext& context) {
  auto& kept = context.state<ReadPrompt>();
  const Body& body = context.request.body;
  if (!kept.read || kept.version != body.version()) {
    kept.prompt = read_prompt(body.is_stream() ? std::string_view() : body.data(), context.arena, json_limits(context));
    if (kept.prompt.encoding.is_guess) kept.prompt.encoding = encoding_of_deployment(context);
    kept.read = true;
    kept.version = body.version();
  }
  if (!kept.prompt.doubled_field.empty()) {
    return fail(ErrorCode::bad_request,
                "The field '" + std::string(kept.prompt.doubled_field) + "' of the body stands twice.");
  }
  if (!kept.prompt.disguised_field.empty()) {
    return fail(ErrorCode::bad_request,
                "The field '" + std::string(kept.prompt.disguised_field) + "' of the body is written with escapes.");
  }
  return &kept.prompt;
}

void set_body_of_same_prompt(RequestContext& context, std::string_view bytes) {
  auto& kept = context.state<ReadPrompt>();
  Body& body = context.request.body;
  const bool is_known = kept.read && kept.version == body.version();
  body.set_bytes(bytes);
  if (is_known) kept.version = body.version();
}

}  // namespace sluice::ai
