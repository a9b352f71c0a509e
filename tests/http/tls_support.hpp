// SPDX-License-Identifier: Apache-2.0
// Certificates made when a test runs, and both ends of TLS, blocking, whose every setting the test decides.
#pragma once

#include "http/support.hpp"

#include <sluice/listener_tls.hpp>

#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace sluice::http::test {

struct FreeOpenSsl {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL* ssl) const { SSL_free(ssl); }
  void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
};
template <class T>
using Owned = std::unique_ptr<T, FreeOpenSsl>;

class Identity;

struct IdentityOptions {
  std::string names = "IP:127.0.0.1,DNS:localhost";  ///< subjectAltName; empty: none.
  std::string common_name = "test";
  long begins = -7200;  ///< Seconds from now.
  long ends = 3600;
  const Identity* issuer = nullptr;  ///< Null: signed by itself.
  bool is_authority = false;
  bool is_rsa = false;
  int rsa_bits = 2048;
};

/// A key and its certificate.
class Identity {
 public:
  explicit Identity(const IdentityOptions& options = {});
  explicit Identity(const char* names) : Identity(IdentityOptions{.names = names}) {}
  X509* certificate() const { return certificate_.get(); }
  EVP_PKEY* key() const { return key_.get(); }
  std::string certificate_pem() const;
  std::string key_pem(const char* passphrase = nullptr) const;
  std::string der() const;

 private:
  Owned<EVP_PKEY> key_;
  Owned<X509> certificate_;
};

/// A folder that is removed with its files.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  /// Writes (over) a file; its path.
  std::string write(const std::string& name, const std::string& content) const;
  std::string path(const std::string& name) const { return (path_ / name).string(); }
  /// Writes `NAME.pem` and `NAME.key`.
  ListenerCertificate write_identity(const std::string& name, const Identity& identity) const;

 private:
  std::filesystem::path path_;
};

struct TlsClientOptions {
  std::string server_name;  ///< Empty: no SNI.
  int least_version = TLS1_2_VERSION;
  int most_version = TLS1_3_VERSION;
  std::string suites;     ///< Of TLS 1.2; empty: OpenSSL's.
  std::string protocols;  ///< ALPN, each led by its length.
  const Identity* identity = nullptr;
  SSL_SESSION* session = nullptr;  ///< To be resumed.
};

/// What both ends can do once they have agreed.
class TlsEnd {
 public:
  /// Whether the handshake was agreed on, as far as this end sees it.
  bool is_connected() const { return connected_; }
  /// The next message with its Content-Length; what has come when the connection ends before.
  std::string read_message();
  /// What comes next, as it comes; empty at the end.
  std::string read_some();
  /// Exactly `count` bytes; fewer at the end.
  std::string read_bytes(std::size_t count);
  /// Reads until the other end closes. `has_ended_properly` tells how.
  std::string read_to_end();
  bool has_ended_properly() const { return ended_properly_; }
  /// What OpenSSL says of the failed handshake or the last failed read.
  const std::string& refusal() const { return refusal_; }
  /// Agreed by ALPN.
  std::string protocol() const;
  std::string version() const { return SSL_get_version(ssl_.get()); }
  SSL* ssl() { return ssl_.get(); }
  /// Nothing more comes from this end.
  void finish_sending() { SSL_shutdown(ssl_.get()); }

 protected:
  explicit TlsEnd(const SSL_METHOD* method);
  void write(std::string_view bytes);
  /// The result of the handshake is in.
  void shaken(int result);
  bool fill();
  Owned<SSL_CTX> context_;
  Owned<SSL> ssl_;

 private:
  void note_refusal();
  std::string buffer_;
  std::string refusal_;
  bool connected_ = false;
  bool ended_properly_ = false;
};

/// Verifies nothing: what the server shows is there to be looked at.
class TlsClient final : public TlsEnd {
 public:
  explicit TlsClient(std::uint16_t port, const TlsClientOptions& options = {});
  TlsClient(TlsClient&&) = default;
  ~TlsClient();

  TlsClient& send(std::string_view bytes) { return write(bytes), *this; }
  std::string get(std::string_view path = "/", std::string_view host = "localhost");
  std::string shown_name() const;  ///< Common name of the server's certificate.
  bool is_resumed() const { return SSL_session_reused(ssl_.get()) == 1; }
  /// A session that can be resumed; after TLS 1.3's tickets have been read.
  Owned<SSL_SESSION> session() const { return Owned<SSL_SESSION>(SSL_get1_session(ssl_.get())); }
  RawClient& raw() { return raw_; }

 private:
  RawClient raw_;
};

struct TlsPeerOptions {
  int most_version = TLS1_3_VERSION;
  std::string protocols;  ///< That it agrees to by ALPN, each led by its length; empty: it does not.
};

/// The server's end on a connection that a test has accepted.
class TlsPeer final : public TlsEnd {
 public:
  TlsPeer(RawClient& connection, const Identity& identity, const TlsPeerOptions& options = {});
  TlsPeer(const TlsPeer&) = delete;

  TlsPeer& send(std::string_view bytes) { return write(bytes), *this; }
  /// By ALPN, in the same form as what it agrees to.
  const std::string& offered() const { return offered_; }

 private:
  static int choose(SSL* ssl, const unsigned char** chosen, unsigned char* size, const unsigned char* offered,
                    unsigned offered_size, void* self);
  const std::string protocols_;
  std::string offered_;
};

}  // namespace sluice::http::test
