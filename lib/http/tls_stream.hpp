// SPDX-License-Identifier: Apache-2.0
// TLS over a non-blocking socket, and the client's settings for it (K1).
#pragma once

#include "http/wire.hpp"

#include <sluice/error.hpp>
#include <sluice/http/client.hpp>

#include <openssl/ssl.h>

#include <memory>
#include <string>

namespace sluice::http {

/// What a backend's certificate must fulfil.
struct TlsDemands {
  bool chain = true;  ///< Signed by a trusted authority, in its time of validity.
  bool name = true;   ///< Issued for the host that was asked for.
};

class TlsContext {
 public:
  /// **Errors**: internal, when the settings cannot be used.
  static Result<TlsContext> make(const ClientTls& settings);
  SSL_CTX* native() const { return context_.get(); }

 private:
  struct Free {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };
  std::unique_ptr<SSL_CTX, Free> context_;
};

class TlsStream {
 public:
  /// A client's stream on the connected socket `descriptor`. `host` may be an IP address.
  static std::unique_ptr<TlsStream> connect(const TlsContext& context, int descriptor, const std::string& host,
                                            TlsDemands demands);

  /// Goes on with the handshake. `blocked`: wait for `wants_write()` and call again.
  IoOutcome handshake();
  bool wants_write() const { return wants_write_; }
  /// True when the handshake failed because the certificate does not fulfil the demands.
  bool certificate_refused() const { return certificate_refused_; }

  IoResult read(char* to, std::size_t most);
  IoResult write(Gather& pieces);
  void shutdown();
  /// Bytes have been received that `read` has not given yet.
  bool has_pending() const { return SSL_has_pending(ssl_.get()) == 1; }

 private:
  struct Free {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };
  explicit TlsStream(SSL* ssl) : ssl_(ssl) {}
  IoOutcome judge(int result);

  std::unique_ptr<SSL, Free> ssl_;
  bool wants_write_ = false;
  bool certificate_refused_ = false;
  std::string name_to_check_;  // where the name counts but the chain does not
};

}  // namespace sluice::http
