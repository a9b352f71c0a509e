// SPDX-License-Identifier: Apache-2.0
// TLS over a Wire, for both sides. It reads as much as the socket has in one call, and asks it only when there is
// something to be had, so that TLS takes no more system calls than plain text does.
#pragma once

#include "http/tls_context.hpp"
#include "http/wire.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace sluice::http {

/// What a backend's certificate must fulfil.
struct TlsDemands {
  bool chain = true;  ///< Signed by a trusted authority, in its time of validity.
  bool name = true;   ///< Issued for the host that was asked for.
};

/// Where a backend's last session is kept for the next connection. Of one worker.
struct TlsSessionSlot {
  TlsOwned<SSL_SESSION> session;
};

/// Whom a client's stream expects at the other end.
struct TlsBackend {
  std::string host;  ///< A name, or an IP address.
  TlsDemands demands;
  std::string_view protocols;               ///< Offered by ALPN, each led by its length: `\x08http/1.1`. Empty: none.
  std::shared_ptr<TlsSessionSlot> session;  ///< Of connections with the same context, host and demands. Null: none.
};

class TlsStream {
 public:
  /// A client's stream over the connected `wire`, which will hold it. Null when OpenSSL cannot.
  static std::unique_ptr<TlsStream> connect(const TlsContext& context, Wire& wire, TlsBackend backend);
  /// A server's. `owner` is kept as long as the stream: what the callbacks of `context` use.
  static std::unique_ptr<TlsStream> accept(SSL_CTX* context, Wire& wire, std::shared_ptr<const void> owner);
  /// Makes a client's context tell of sessions that can be resumed.
  static void keep_sessions_of(SSL_CTX* context);

  ~TlsStream();

  /// Goes on with the handshake. `blocked`: wait for the wire to have something to read and call again.
  IoOutcome handshake();
  /// True when the handshake failed because the certificate does not fulfil the demands.
  bool certificate_refused() const { return certificate_refused_; }
  /// After the handshake: whether it went on with an earlier session.
  bool is_resumed() const { return SSL_session_reused(ssl_.get()) == 1; }
  /// The host that the caller has named (a server's); in lower case.
  const std::string& server_name() const { return server_name_; }
  void set_server_name(std::string name) { server_name_ = std::move(name); }
  /// What ALPN has chosen; empty: nothing.
  std::string_view protocol() const;
  /// What the peer has shown, in DER; empty: nothing.
  std::string_view peer_certificate() const { return peer_certificate_; }

  IoResult read(char* to, std::size_t most);
  IoResult write(Gather& pieces);
  /// What a read would find, without taking it.
  IoOutcome peek();
  /// Tells the peer that nothing more will be sent.
  void shutdown();

  /// The last read has left something that needs no further bytes of the socket.
  bool has_more() const { return has_more_; }
  /// The last read could not go on before a write, or the last write before a read (a change of keys).
  bool is_crossed() const { return read_waits_for_room_ || write_waits_for_bytes_; }

 private:
  friend struct WireBio;
  TlsStream(TlsOwned<SSL> ssl, Wire& wire) : ssl_(std::move(ssl)), wire_(wire) {}
  static std::unique_ptr<TlsStream> make(SSL_CTX* context, Wire& wire);
  void begin_reading();
  IoOutcome judge(int result);
  bool is_for_host(const std::string& host) const;
  void note_peer();

  TlsOwned<SSL> ssl_;
  Wire& wire_;
  std::shared_ptr<const void> owner_;
  std::shared_ptr<TlsSessionSlot> session_;
  std::string name_to_check_;  // where the name counts but the chain does not
  std::string server_name_;    // a server's, as the next one
  std::string peer_certificate_;
  std::size_t quiet_bytes_ = 0;  // received since the last that had content
  unsigned receives_left_ = 0;   // of this call
  IoOutcome end_ = IoOutcome::done;
  bool is_server_ = false;
  bool established_ = false;
  bool has_more_ = false;
  bool read_waits_for_room_ = false;
  bool write_waits_for_bytes_ = false;
  bool certificate_refused_ = false;
};

}  // namespace sluice::http
