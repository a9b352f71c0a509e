// SPDX-License-Identifier: Apache-2.0
// <authentication-basic>: sends user name and password along to the backend.   Sections: inbound. All scopes.
// Source: API Management policy reference, authentication-basic; RFC 7617.
#include <sluice/policy.hpp>

#include "base/identity_parts.hpp"

namespace sluice::policies {
namespace {

class AuthenticationBasic final : public Step {
 public:
  explicit AuthenticationBasic(parts::BasicPart part) : part_(std::move(part)) {}

  Outcome run(RequestContext& context) const override {
    auto done = parts::apply(part_, context, context.request.headers);
    return done ? Outcome::next() : Outcome::fail(std::move(done.error()));
  }

 private:
  parts::BasicPart part_;
};

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  return make_step<AuthenticationBasic>(parts::compile_basic(element, context));
}

}  // namespace

SLUICE_POLICY(authentication_basic){
    .elements = "authentication-basic",
    .sections = Sections::inbound,
    .scopes = Scopes::all | Scopes::resolver,
    .once_per_section = true,
    .attributes = parts::basic_attributes,
    .compile = compile,
    .summary = "Sends user name and password to the backend (Authorization: Basic), whatever the caller sent."};

}  // namespace sluice::policies
