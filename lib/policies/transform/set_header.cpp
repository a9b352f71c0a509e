// SPDX-License-Identifier: Apache-2.0
// <set-header>: sets, adds or removes a header of the request (inbound, backend) or of the answer (outbound, on-error).
// Sections and scopes: all.
// Source: API Management policy reference, set-header.
#include <sluice/policy.hpp>

#include "base/message_parts.hpp"

namespace sluice::policies {
namespace {

class SetHeader final : public Step {
 public:
  SetHeader(parts::HeaderPart part, bool on_request) : part_(std::move(part)), on_request_(on_request) {}

  Outcome run(RequestContext& context) const override {
    Headers& headers = on_request_ ? context.request.headers : context.response.headers;
    auto done = parts::apply(part_, context, headers);
    return done ? Outcome::next() : Outcome::fail(std::move(done.error()));
  }

 private:
  parts::HeaderPart part_;
  bool on_request_;
};

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  return make_step<SetHeader>(parts::compile_header(element, context), parts::works_on_request(context.section()));
}

}  // namespace

SLUICE_POLICY(set_header){
    .elements = "set-header",
    .sections = Sections::all,
    .scopes = Scopes::all | Scopes::resolver,
    .attributes = parts::header_attributes,
    .children = parts::header_children,
    .compile = compile,
    .summary = "Sets, adds or removes a header of the request or the answer.",
    .differs =
        "Fields of the framing (Connection, Content-Length, Keep-Alive, Transfer-Encoding) are left as they are "
        "without a word; a value that could split the head is an error."};

}  // namespace sluice::policies
