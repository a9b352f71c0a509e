// SPDX-License-Identifier: Apache-2.0
// <set-body>: replaces the body of the request (inbound, backend) or of the answer (outbound, on-error).
// Sections: all but on-error; there as the policy toolkit has it. All scopes.
// Source: API Management policy reference, set-body.
#include <sluice/policy.hpp>

#include "base/message_parts.hpp"

namespace sluice::policies {
namespace {

class SetBody final : public Step {
 public:
  SetBody(Template content, bool on_request) : content_(std::move(content)), on_request_(on_request) {}

  Outcome run(RequestContext& context) const override {
    const ErrorCode too_large = on_request_ ? ErrorCode::request_body_too_large : ErrorCode::response_body_too_large;
    auto bytes = parts::body_bytes(content_, context, too_large);
    if (!bytes) return Outcome::fail(std::move(bytes.error()));
    if (on_request_) {
      parts::replace_body(context.request.headers, context.request.body, *bytes);
    } else {
      // What still arrives from the backend is of no use any more.
      if (context.response.body.is_stream()) context.response.body.stream()->cancel();
      parts::replace_body(context.response.headers, context.response.body, *bytes);
    }
    return Outcome::next();
  }

 private:
  Template content_;
  bool on_request_;
};

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  return make_step<SetBody>(parts::compile_body(element, context), parts::works_on_request(context.section()));
}

}  // namespace

SLUICE_POLICY(set_body){
    .elements = "set-body",
    .sections = Sections::all,
    .scopes = Scopes::all | Scopes::resolver,
    .text = TextRule::markup,
    .attributes = parts::body_attributes,
    .compile = compile,
    .summary = "Replaces the body of the request or the answer.",
    .differs =
        "Of Liquid there are the documented filters and the tags if, unless, case, for, JSONArrayFor, break, continue, "
        "cycle, assign, capture, increment, decrement, comment and raw; others are refused by name. A <value> child, "
        "which the policy toolkit writes round the content, is content."};

}  // namespace sluice::policies
