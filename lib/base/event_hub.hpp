// SPDX-License-Identifier: Apache-2.0
// Event hubs over HTTPS: where messages go and what opens the door.
// Source: Event Hubs REST, Send event; Event Hubs, shared access signatures.
#pragma once

#include <sluice/clock.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace sluice {

/// A hub as a logger's credentials describe it.
struct EventHub {
  std::string host;  ///< `<namespace>.servicebus.windows.net`
  std::string name;
  std::string key_name, key;  ///< Of a shared access policy. Empty: a token of the gateway's identity is shown.
};

/// Reads `Endpoint=sb://host/;SharedAccessKeyName=n;SharedAccessKey=k[;EntityPath=hub]`. `name`: of the hub, where the
/// text does not say. Nothing when a part is missing.
std::optional<EventHub> read_connection_string(std::string_view text, std::string_view name);

/// `SharedAccessSignature sr=…&sig=…&se=…&skn=…` for that resource, good until `expires`.
std::string shared_access_signature(const EventHub& hub, std::string_view resource, WallTime expires);

}  // namespace sluice
