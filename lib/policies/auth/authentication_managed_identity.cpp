// SPDX-License-Identifier: Apache-2.0
// <authentication-managed-identity>: shows the backend a token of the gateway's own identity.
// Sections: inbound, outbound. Scopes: global, product, API, operation.
// Source: API Management policy reference, authentication-managed-identity.
#include <sluice/policy.hpp>

#include "base/managed_identity_part.hpp"

namespace sluice::policies {
namespace {

class AuthenticationManagedIdentity final : public WaitingStep {
 public:
  explicit AuthenticationManagedIdentity(parts::ManagedIdentityPart part) : part_(std::move(part)) {}

  Task<Outcome> run(RequestContext& context, Cancellation& cancellation) const override {
    auto shown = co_await parts::show_managed_identity(part_, context, context.request.headers, cancellation);
    if (!shown) co_return Outcome::fail(std::move(shown.error()));
    co_return Outcome::next();
  }

 private:
  parts::ManagedIdentityPart part_;
};

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  return make_step<AuthenticationManagedIdentity>(parts::compile_managed_identity(element, context));
}

}  // namespace

SLUICE_POLICY(authentication_managed_identity){
    .elements = "authentication-managed-identity",
    .sections = Sections::inbound | Sections::outbound,
    .scopes = Scopes::all | Scopes::resolver,
    .attributes = parts::managed_identity_attributes,
    .compile = compile,
    .summary = "Shows the backend a token of the gateway's own identity.",
    .differs =
        "The identity is what the host has: the machine's managed identity, or an application of the settings. With "
        "output-token-variable-name no header is set. A failure is answered 500. It may stand in workspaces and in "
        "outbound too, where it is of use with a variable."};

}  // namespace sluice::policies
