// SPDX-License-Identifier: Apache-2.0
// The parts of a settings file, each read by a file of its own. Names of limits are the names of the fields in
// limits.hpp; everything else is in camelCase, as ARM writes.
#pragma once

#include "model/object_reader.hpp"

#include <sluice/host_settings.hpp>

namespace sluice::model {

/// `limits`: every field of `Limits` by its name, within its cap.
void read_limits(ObjectReader& settings, Limits& limits);
/// `behaviour` and `deployment`.
void read_behaviour(ObjectReader& settings, Behaviour& behaviour);
void read_deployment(ObjectReader& settings, Deployment& deployment);
/// `namedValues` and `subscriptionKeys`; what stands there is never shown.
void read_secrets(ObjectReader& settings, HostSettings& to);
/// `listen`, `admin`, `origins`, `trustedProxies`, `identityHeaders`, `overload` and how paths are taken.
void read_network(ObjectReader& settings, HostSettings& to);
/// `listenTls`, `tls` and `certificates`. Only their names are read; the files are for whoever uses them.
void read_tls(ObjectReader& settings, HostSettings& to);
/// What a listener shows and wants: `certificates`, `clientCertificates`, `clientCaFile`, `http2`.
void read_listener_tls(ObjectReader& reader, ListenerTls& tls);
/// `HOST:PORT`
void read_endpoint(ObjectReader& settings, std::string_view name, bool may_be_empty, std::string& to);
/// `management`; its token is never shown.
void read_management(ObjectReader& settings, ManagementSettings& to);
/// `ai`: token limits, capacities, prices.
void read_ai(ObjectReader& settings, AiSettings& ai);
void read_stores(ObjectReader& settings, StoreSettings& stores);
/// `identity`: where the gateway's own tokens come from, and connections; what stands there is never shown.
void read_identity(ObjectReader& settings, HostSettings& to);

/// Reads the object `name` of `owner`, when it is there, with `read`; fields it does not ask for are errors.
template <class Read>
void read_section(ObjectReader& owner, std::string_view name, Read read) {
  const JsonValue* value = owner.find(name, JsonKind::object);
  if (value == nullptr) return;
  ObjectReader section(*value, name, owner.report());
  section.ignore({"$comment"});
  read(section);
  section.finish(UnknownFields::error);
}

}  // namespace sluice::model
