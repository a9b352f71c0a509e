// SPDX-License-Identifier: Apache-2.0
// <authentication-certificate>: chooses the certificate that backends are shown in the TLS handshake.
// Sections: inbound. All scopes.
// It goes before the certificate of a backend entity. A redirect to another origin leaves it behind. Calls over plain
// http show nothing.
// Source: API Management policy reference, authentication-certificate.
#include <sluice/policy.hpp>

#include "base/forwarding_state.hpp"
#include "base/identity_parts.hpp"

namespace sluice::policies {
namespace {

class AuthenticationCertificate final : public Step {
 public:
  explicit AuthenticationCertificate(parts::CertificatePart part) : part_(std::move(part)) {}

  Outcome run(RequestContext& context) const override {
    auto identity = parts::identity_of(part_, context);
    if (!identity) return Outcome::fail(std::move(identity.error()));
    context.state<ForwardingState>().choose(context.arena).identity = *identity;
    return Outcome::next();
  }

 private:
  parts::CertificatePart part_;
};

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  parts::CertificatePart part = parts::compile_certificate(element, context);
  if (!part.is_set()) return {};
  return make_step<AuthenticationCertificate>(std::move(part));
}

}  // namespace

SLUICE_POLICY(authentication_certificate){
    .elements = "authentication-certificate",
    .sections = Sections::inbound,
    .scopes = Scopes::all | Scopes::resolver,
    .attributes = parts::certificate_attributes,
    .compile = compile,
    .summary = "Chooses the client certificate that backends are shown.",
    .differs =
        "A certificate that the host does not have is warned of when the document is compiled, because folders of a "
        "service hold none; requests that reach the policy fail. body also takes the file as Base64 text."};

}  // namespace sluice::policies
