// SPDX-License-Identifier: Apache-2.0
// What the TLS connections of one listener have in common: its certificates by name, whom it asks for certificates,
// and the tickets by which sessions are resumed. Immutable but for the ticket keys; workers share it. A reload makes
// another one, and connections keep theirs.
#pragma once

#include "http/server_names.hpp"
#include "http/ticket_keys.hpp"
#include "http/tls_pem.hpp"
#include "http/tls_stream.hpp"

#include <sluice/listener_tls.hpp>

#include <array>
#include <memory>
#include <string_view>
#include <vector>

namespace sluice::http {

class TlsServerContext : public std::enable_shared_from_this<TlsServerContext> {
 public:
  /// `protocols`: for ALPN, the preferred first, each led by its length; they outlive the context. `keys` are the same
  /// before and after a reload. **Errors**: internal, naming the file that cannot be used and why.
  static Result<std::shared_ptr<const TlsServerContext>> make(const ListenerTls& settings, std::string_view protocols,
                                                              std::shared_ptr<TicketKeys> keys);

  /// A stream that will shake hands over `wire`; null when there is no memory.
  std::unique_ptr<TlsStream> accept(Wire& wire) const;

 private:
  using Binding = std::array<unsigned char, 32>;
  struct Callbacks;

  explicit TlsServerContext(std::string_view protocols, std::shared_ptr<TicketKeys> keys)
      : protocols_(protocols), keys_(std::move(keys)) {}
  Result<void> read_client_settings(const ListenerTls& settings);
  Result<void> add(const ListenerCertificate& files);
  Result<TlsOwned<SSL_CTX>> make_context() const;
  SSL_CTX* context_for(std::string_view host) const;
  Binding binding_of(std::string_view host) const;

  /// A context with its certificates: one for each kind of key.
  struct Identity {
    TlsOwned<SSL_CTX> context;
    std::vector<std::string> names;
    std::vector<int> key_kinds;
  };
  std::string_view protocols_;
  std::shared_ptr<TicketKeys> keys_;
  std::vector<Identity> identities_;  // the first is the default
  ServerNames names_;
  int verify_mode_ = SSL_VERIFY_NONE;
  CertificateChain client_authorities_;
  Binding client_settings_{};  // what callers must show, as a hash
};

}  // namespace sluice::http
