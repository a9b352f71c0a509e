// SPDX-License-Identifier: Apache-2.0
#include "http/tls_context.hpp"

#include "http/tls_pem.hpp"
#include "http/tls_pins.hpp"
#include "http/tls_stream.hpp"

namespace sluice::http {
namespace {

constexpr const char* suites_of_tls_1_2 = "ECDHE+AESGCM:ECDHE+CHACHA20";  // TLS 1.3 has no others
constexpr const char* groups = "X25519:P-256:P-384";

tl::unexpected<Error> unusable(const char* why) { return fail(ErrorCode::internal, why); }

/// Whom the transport itself trusts.
Result<void> trust(SSL_CTX* context, const ClientTls& settings) {
  if (settings.use_system_store && SSL_CTX_set_default_verify_paths(context) != 1) {
    return unusable("The system's certificate authorities cannot be read.");
  }
  if (!settings.ca_file.empty() && SSL_CTX_load_verify_locations(context, settings.ca_file.c_str(), nullptr) != 1) {
    return unusable("The file of certificate authorities cannot be read.");
  }
  return {};
}

Result<void> trust(SSL_CTX* context, const std::string& authorities) {
  const auto certificates = read_pem_certificates(authorities);
  if (certificates.empty()) return unusable("The certificate authorities of the backend cannot be read.");
  for (const auto& certificate : certificates) {
    if (X509_STORE_add_cert(SSL_CTX_get_cert_store(context), certificate.get()) != 1) {
      return unusable("The certificate authorities of the backend cannot be used.");
    }
  }
  return {};
}

Result<void> show(SSL_CTX* context, const BackendTls& backend) {
  const auto chain = read_pem_certificates(backend.certificate);
  if (chain.empty()) return unusable("The client certificate for the backend cannot be read.");
  const TlsOwned<EVP_PKEY> key = read_pem_key(backend.key);
  if (key == nullptr) return unusable("The key of the client certificate for the backend cannot be read.");
  if (!use_identity(context, chain, key.get())) {
    return unusable("The client certificate for the backend and its key do not belong together.");
  }
  return {};
}

}  // namespace

TlsOwned<SSL_CTX> make_tls_context(const SSL_METHOD* method) {
  TlsOwned<SSL_CTX> made(SSL_CTX_new(method));
  SSL_CTX* const context = made.get();
  if (context == nullptr) return nullptr;
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_RELEASE_BUFFERS | SSL_MODE_AUTO_RETRY);
  SSL_CTX_set_read_ahead(context, 1);  // a record's head and content with one call of the system
  if (SSL_CTX_set_cipher_list(context, suites_of_tls_1_2) != 1 || SSL_CTX_set1_groups_list(context, groups) != 1) {
    return nullptr;
  }
  return made;
}

Result<TlsContext> TlsContext::make(const ClientTls& settings) { return make(settings, BackendTls()); }

Result<TlsContext> TlsContext::make(const ClientTls& settings, const BackendTls& backend) {
  TlsContext result;
  result.context_ = make_tls_context(TLS_client_method());
  SSL_CTX* const context = result.context_.get();
  if (context == nullptr) return unusable("TLS cannot be set up.");
  auto trusted = backend.authorities.empty() ? trust(context, settings) : trust(context, backend.authorities);
  if (!trusted) return fail(std::move(trusted.error()));
  if (!backend.certificate.empty()) {
    auto shown = show(context, backend);
    if (!shown) return fail(std::move(shown.error()));
  }
  if (has_pins(backend)) demand_pins(context, backend);
  TlsStream::keep_sessions_of(context);
  return result;
}

}  // namespace sluice::http
