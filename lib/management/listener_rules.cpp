// SPDX-License-Identifier: Apache-2.0
#include "management/listener_rules.hpp"

#include "base/provider_url.hpp"
#include "management/bounds.hpp"

namespace sluice::management {

std::string why_not_listen(const ManagementSettings& settings) {
  if (settings.token.size() < token_bytes) {
    return "the management interface wants a token of at least " + std::to_string(token_bytes) +
           " characters: 'management.token' or 'tokenFile' in the settings, or " + std::string(token_variable) +
           " in the environment";
  }
  std::string_view host = settings.listen;
  host = host.substr(0, host.rfind(':'));
  if (is_loopback_host(host) || settings.listen_tls || settings.allow_plain_http) return {};
  return "the management interface on '" + settings.listen +
         "' can be reached from other machines and wants TLS ('management.listenTls'), or 'allowPlainHttp'";
}

}  // namespace sluice::management
