// SPDX-License-Identifier: Apache-2.0
// <proxy>: sends what is forwarded through an HTTP proxy.   Sections: inbound. All scopes.
// It goes before the proxy of a backend entity. The proxy is spoken to without TLS; what goes to https goes through a
// tunnel. The addresses of names are then the proxy's business: only literal ones are held against the rules (S2).
// Source: API Management policy reference, proxy.
#include <sluice/policy.hpp>

#include "base/forwarding_state.hpp"
#include "base/identity_parts.hpp"

namespace sluice::policies {
namespace {

class SetProxy final : public Step {
 public:
  explicit SetProxy(parts::ProxyPart part) : part_(std::move(part)) {}

  Outcome run(RequestContext& context) const override {
    auto proxy = parts::proxy_of(part_, context);
    if (!proxy) return Outcome::fail(std::move(proxy.error()));
    context.state<ForwardingState>().choose(context.arena).proxy = *proxy;
    return Outcome::next();
  }

 private:
  parts::ProxyPart part_;
};

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  return make_step<SetProxy>(parts::compile_proxy(element, context));
}

}  // namespace

SLUICE_POLICY(proxy){.elements = "proxy",
                     .sections = Sections::inbound,
                     .attributes = parts::proxy_attributes,
                     .compile = compile,
                     .summary = "Sends what is forwarded through an HTTP proxy.",
                     .differs =
                         "Credentials are sent as Basic; a proxy that wants NTLM is refused by name when it says so. "
                         "The scheme of url may be left out."};

}  // namespace sluice::policies
