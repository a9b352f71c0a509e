// SPDX-License-Identifier: Apache-2.0
// HostSettings: what the operator of a gateway decides, as opposed to what its artifacts say. One JSON file, every
// field with a default (docs/settings.md). What it says about entities is laid over a model by `apply_settings`.
#pragma once

#include <sluice/diagnostic.hpp>
#include <sluice/identity.hpp>
#include <sluice/limits.hpp>
#include <sluice/listener_tls.hpp>
#include <sluice/model.hpp>
#include <sluice/services.hpp>

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// The two keys of a subscription, either of which opens it. Secret.
struct SubscriptionKeys {
  std::string primary_key;
  std::string secondary_key;  ///< Empty: the subscription has one key.
};

/// Which stores a host uses.
struct StoreSettings {
  std::string counters = "memory";               ///< `memory` is what this version has.
  std::string cache = "memory";                  ///< `memory` is what this version has.
  std::size_t cache_capacity_bytes = 64u << 20;  ///< Of the memory cache.
};

/// What the gateway trusts when it calls a backend over TLS.
struct TlsSettings {
  std::string ca_file;           ///< PEM file of certificate authorities; empty: none beyond the system's.
  bool use_system_store = true;  ///< Trust what the operating system trusts.
  /// By backend id: PEM file of the authorities that are trusted instead for that backend.
  std::map<std::string, std::string> backend_ca_files;
  std::map<std::string, std::string> backend_authorities;  ///< The content of these files.
};

/// A certificate of the service: what `context.Deployment.Certificates` holds, and backends may be shown.
struct CertificateSettings {
  std::string id;
  std::string certificate_file;  ///< PEM, with its chain.
  std::string key_file;          ///< PEM, without a passphrase; empty: no key.
};

/// The listener for the management interface: entities as ARM resources, read and changed while the gateway runs.
struct ManagementSettings {
  std::string listen;                     ///< `HOST:PORT`; empty: no such listener.
  std::optional<ListenerTls> listen_tls;  ///< Nothing: plain HTTP.
  bool allow_plain_http = false;          ///< Plain HTTP may be spoken beyond this machine too.
  std::string token;                      ///< Secret. What a caller must show as bearer token.
  std::string token_file;                 ///< Where the token was read from; empty: it stands in the settings.
  bool write_back = false;                ///< Changes are written to the folder as well.
};

/// The settings of one host process.
struct HostSettings {
  std::string listen = "127.0.0.1:8080";     ///< `HOST:PORT`, `[V6]:PORT`; port 0 picks one.
  std::optional<ListenerTls> listen_tls;     ///< `listen` speaks TLS; nothing: plain HTTP.
  std::string admin;                         ///< Listener for metrics and health; empty: none.
  ManagementSettings management;             ///< `management`.
  unsigned workers = 0;                      ///< Threads; 0: one per processor.
  std::chrono::microseconds poll_time{200};  ///< `pollMicroseconds`: RuntimeOptions::poll_time.
  bool io_uring = true;                      ///< `ioUring`: RuntimeOptions::io_uring.
  Deployment deployment;                     ///< `region`, and the ids in `deployment`.
  Limits limits;
  Behaviour behaviour;
  AiSettings ai;  ///< `ai`.
  StoreSettings stores;
  TlsSettings tls;
  IdentitySettings identity;                                  ///< `identity`: tokens of the gateway's own.
  bool identity_by_environment = true;                        ///< Without a source in `identity`, ask the environment.
  std::vector<CertificateSettings> certificates;              ///< `deployment.certificates` gets their content.
  std::map<std::string, std::string> named_values;            ///< By display name.
  std::map<std::string, SubscriptionKeys> subscription_keys;  ///< By subscription id (or display name).
  std::map<std::string, std::string> origins;                 ///< `https://host[:port]` to the origin called instead.
  std::vector<std::string> trusted_proxies;                   ///< Addresses and ranges whose X-Forwarded-* count.
  std::vector<std::string> identity_headers;                  ///< Fields that only the gateway may set.
  bool allow_encoded_slash = false;                           ///< Keep `%2F` in paths instead of refusing it.
  bool merge_slashes = false;                                 ///< `//` in paths becomes `/`.
  bool adaptive_concurrency = false;                          ///< `overload.adaptiveConcurrency`.
  bool http2_prior_knowledge = false;                         ///< HTTP/2 without TLS, beside HTTP/1.1.
  std::string file;                                           ///< Where they were read from; empty: defaults.
};

/// What a settings file was read into (nothing after an error) and what was found on the way.
struct LoadedSettings {
  std::optional<HostSettings> settings;
  Diagnostics diagnostics;
};

/// Reads a settings file. Unknown fields are errors: a misspelt limit must not count as set.
LoadedSettings load_host_settings(const std::filesystem::path& file);
/// The same from text; `file` names it in diagnostics.
LoadedSettings parse_host_settings(std::string_view text, const std::string& file);

/// The value of an environment variable, or nothing when it is not set.
using EnvironmentLookup = std::function<std::optional<std::string>(std::string_view name)>;

/// Lays the settings over a model. Named values: a value of the settings replaces the folder's, one of the
/// environment (`SLUICE_NAMED_VALUE_<NAME>`, upper case, `-` and `.` as `_`) replaces both; names that only a policy
/// mentions are looked up too. Subscription keys: those of the folder stay, the settings fill in what is missing.
/// Reports (as warnings) keys for subscriptions that the model does not have.
Diagnostics apply_settings(ServiceModel& model, const HostSettings& settings, const EnvironmentLookup& environment);

/// The name of the environment variable that sets a named value.
std::string named_value_variable(std::string_view display_name);

}  // namespace sluice
