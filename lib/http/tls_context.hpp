// SPDX-License-Identifier: Apache-2.0
// What OpenSSL's objects are held by, what every use of TLS here has in common (K1), and the client's settings.
#pragma once

#include <sluice/error.hpp>
#include <sluice/http/client.hpp>
#include <sluice/transport.hpp>

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

namespace sluice::http {

struct FreeTls {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL* ssl) const { SSL_free(ssl); }
  void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(BIO* bio) const { BIO_free(bio); }
};
template <class T>
using TlsOwned = std::unique_ptr<T, FreeTls>;

/// TLS 1.2 and 1.3, AEAD with forward secrecy, no renegotiation, no compression. Null when OpenSSL cannot.
TlsOwned<SSL_CTX> make_tls_context(const SSL_METHOD* method);

/// What connections to backends have in common: whom they trust, and what they show.
class TlsContext {
 public:
  /// **Errors**: internal, when the settings cannot be used.
  static Result<TlsContext> make(const ClientTls& settings);
  /// The same with what one backend has of its own in place of the settings; `backend` outlives the context.
  static Result<TlsContext> make(const ClientTls& settings, const BackendTls& backend);
  SSL_CTX* native() const { return context_.get(); }

 private:
  TlsOwned<SSL_CTX> context_;
};

}  // namespace sluice::http
