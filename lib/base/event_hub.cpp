// SPDX-License-Identifier: Apache-2.0
#include "base/event_hub.hpp"

#include "base/base64.hpp"
#include "base/crypto.hpp"
#include "base/text.hpp"
#include "base/url.hpp"

namespace sluice {

std::optional<EventHub> read_connection_string(std::string_view text, std::string_view name) {
  EventHub hub;
  hub.name = name;
  for (const std::string_view part : split(text, ';')) {
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string_view field = trim(part.substr(0, equals));
    const std::string_view value = trim(part.substr(equals + 1));  // Keys end with signs of their own.
    if (equal_ignoring_case(field, "SharedAccessKeyName")) hub.key_name = value;
    if (equal_ignoring_case(field, "SharedAccessKey")) hub.key = value;
    if (equal_ignoring_case(field, "EntityPath") && hub.name.empty()) hub.name = value;
    if (!equal_ignoring_case(field, "Endpoint")) continue;
    const std::size_t host = value.find("://");
    if (host == std::string_view::npos) return std::nullopt;
    const std::string_view rest = value.substr(host + 3);
    hub.host = rest.substr(0, rest.find('/'));
  }
  const bool is_whole = is_valid_authority(hub.host) && !hub.name.empty() && !hub.key_name.empty() && !hub.key.empty();
  return is_whole ? std::optional(std::move(hub)) : std::nullopt;
}

std::string shared_access_signature(const EventHub& hub, std::string_view resource, WallTime expires) {
  const std::string encoded = percent_encode(resource);
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(expires.time_since_epoch()).count();
  const std::string expiry = std::to_string(seconds);
  const Digest digest = hmac(HashAlgorithm::sha256, hub.key, encoded + "\n" + expiry);
  const std::string signature = percent_encode(base64_encode(digest.view()));
  return "SharedAccessSignature sr=" + encoded + "&sig=" + signature + "&se=" + expiry +
         "&skn=" + percent_encode(hub.key_name);
}

}  // namespace sluice
