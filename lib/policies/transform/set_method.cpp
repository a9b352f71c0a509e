// SPDX-License-Identifier: Apache-2.0
// <set-method>: changes the method of the request on its way to the backend.
// Sections: inbound, on-error; backend and outbound as the policy toolkit has it. All scopes.
// Source: API Management policy reference, set-method.
#include <sluice/policy.hpp>

#include "base/message_parts.hpp"

namespace sluice::policies {
namespace {

class SetMethod final : public Step {
 public:
  explicit SetMethod(Template method) : method_(std::move(method)) {}

  Outcome run(RequestContext& context) const override {
    auto method = parts::method_text(method_, context);
    if (!method) return Outcome::fail(std::move(method.error()));
    context.request.method = *method;
    return Outcome::next();
  }

 private:
  Template method_;
};

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  return make_step<SetMethod>(parts::compile_method(element, context));
}

}  // namespace

SLUICE_POLICY(set_method){.elements = "set-method",
                          .sections = Sections::all,
                          .scopes = Scopes::all | Scopes::resolver,
                          .text = TextRule::expression,
                          .compile = compile,
                          .summary = "Changes the method of the request on its way to the backend."};

}  // namespace sluice::policies
