// SPDX-License-Identifier: Apache-2.0
// OpenSSL reaches the socket through a BIO of ours (WireBio), which knows from the event loop when there is nothing to
// receive. Small pieces of one message are joined into one record, so that a head and its body travel together.
#include "http/tls_stream.hpp"

#include "http/trusted_proxies.hpp"
#include "http/wire_bio.hpp"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <cstring>

namespace sluice::http {
namespace {

constexpr std::size_t record_bytes = 16 * 1024;  // the largest TLS record
constexpr unsigned receives_of_a_call = 8;       // then others get their turn

std::string without_brackets(std::string host) {
  return host.size() > 2 && host.front() == '[' ? host.substr(1, host.size() - 2) : std::move(host);
}

/// Old errors of this thread would be taken for new ones.
void forget_errors() {
  if (ERR_peek_error() != 0) ERR_clear_error();
}

bool demand_name(SSL* ssl, const std::string& name, bool is_address) {
  X509_VERIFY_PARAM* const parameters = SSL_get0_param(ssl);
  X509_VERIFY_PARAM_set_hostflags(parameters,
                                  X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  return (is_address ? X509_VERIFY_PARAM_set1_ip_asc(parameters, name.c_str())
                     : X509_VERIFY_PARAM_set1_host(parameters, name.c_str(), name.size())) == 1;
}

}  // namespace

TlsStream::~TlsStream() {
  // How a connection ends says nothing of its session; OpenSSL would not resume those of connections that were closed
  // without a word.
  SSL_set_shutdown(ssl_.get(), SSL_SENT_SHUTDOWN);
}

std::unique_ptr<TlsStream> TlsStream::make(SSL_CTX* context, Wire& wire) {
  TlsOwned<SSL> ssl(SSL_new(context));
  if (ssl == nullptr) return nullptr;
  std::unique_ptr<TlsStream> stream(new TlsStream(std::move(ssl), wire));
  if (!WireBio::attach(*stream)) return nullptr;
  SSL_set_app_data(stream->ssl_.get(), stream.get());
  return stream;
}

std::unique_ptr<TlsStream> TlsStream::accept(SSL_CTX* context, Wire& wire, std::shared_ptr<const void> owner) {
  auto stream = make(context, wire);
  if (stream == nullptr) return nullptr;
  stream->owner_ = std::move(owner);
  stream->is_server_ = true;
  SSL_set_accept_state(stream->ssl_.get());
  return stream;
}

std::unique_ptr<TlsStream> TlsStream::connect(const TlsContext& context, Wire& wire, TlsBackend backend) {
  auto stream = make(context.native(), wire);
  if (stream == nullptr) return nullptr;
  SSL* const ssl = stream->ssl_.get();
  const std::string name = without_brackets(std::move(backend.host));
  const bool is_address = read_address(name).has_value();
  if (!is_address && SSL_set_tlsext_host_name(ssl, name.c_str()) != 1) return nullptr;
  SSL_set_verify(ssl, backend.demands.chain ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  if (backend.demands.name && backend.demands.chain) {
    if (!demand_name(ssl, name, is_address)) return nullptr;
  } else if (backend.demands.name) {
    stream->name_to_check_ = name;
  }
  const auto* const offered = reinterpret_cast<const unsigned char*>(backend.protocols.data());
  const auto size = static_cast<unsigned>(backend.protocols.size());
  if (size != 0 && SSL_set_alpn_protos(ssl, offered, size) != 0) return nullptr;
  stream->session_ = std::move(backend.session);
  if (stream->session_ != nullptr && stream->session_->session != nullptr) {
    SSL_set_session(ssl, stream->session_->session.get());  // one that is not taken costs a whole handshake, no more
  }
  SSL_set_connect_state(ssl);
  return stream;
}

void TlsStream::keep_sessions_of(SSL_CTX* context) {
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(context, [](SSL* ssl, SSL_SESSION* session) {
    const auto* const stream = static_cast<TlsStream*>(SSL_get_app_data(ssl));
    if (stream->session_ == nullptr || SSL_SESSION_is_resumable(session) != 1) return 0;
    stream->session_->session.reset(session);
    return 1;  // it is ours now
  });
}

void TlsStream::begin_reading() {
  forget_errors();
  receives_left_ = receives_of_a_call;
  read_waits_for_room_ = false;
}

IoOutcome TlsStream::judge(int result) {
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE: return IoOutcome::blocked;
    case SSL_ERROR_ZERO_RETURN: return IoOutcome::ended;
    default: return IoOutcome::failed;  // U5: a connection that ends without a word has been cut
  }
}

IoOutcome TlsStream::handshake() {
  begin_reading();
  const int result = SSL_do_handshake(ssl_.get());
  has_more_ = SSL_has_pending(ssl_.get()) == 1;
  if (result != 1) {
    const IoOutcome outcome = judge(result);
    has_more_ = false;
    read_waits_for_room_ = SSL_want_write(ssl_.get());
    certificate_refused_ = outcome == IoOutcome::failed && SSL_get_verify_mode(ssl_.get()) != SSL_VERIFY_NONE &&
                           SSL_get_verify_result(ssl_.get()) != X509_V_OK;
    return outcome == IoOutcome::ended ? IoOutcome::failed : outcome;
  }
  established_ = true;
  if (is_server_) note_peer();
  certificate_refused_ = !name_to_check_.empty() && !is_for_host(name_to_check_);
  return certificate_refused_ ? IoOutcome::failed : IoOutcome::done;
}

bool TlsStream::is_for_host(const std::string& host) const {
  X509* const certificate = SSL_get0_peer_certificate(ssl_.get());
  if (certificate == nullptr) return false;
  if (read_address(host)) return X509_check_ip_asc(certificate, host.c_str(), 0) == 1;
  constexpr unsigned flags = X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT;
  return X509_check_host(certificate, host.data(), host.size(), flags, nullptr) == 1;
}

void TlsStream::note_peer() {
  X509* const certificate = SSL_get0_peer_certificate(ssl_.get());
  const int size = certificate == nullptr ? 0 : i2d_X509(certificate, nullptr);
  if (size <= 0) return;
  peer_certificate_.resize(static_cast<std::size_t>(size));
  auto* to = reinterpret_cast<unsigned char*>(peer_certificate_.data());
  i2d_X509(certificate, &to);
}

std::string_view TlsStream::protocol() const {
  const unsigned char* chosen = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl_.get(), &chosen, &size);
  return {reinterpret_cast<const char*>(chosen), size};
}

IoResult TlsStream::read(char* to, std::size_t most) {
  begin_reading();
  std::size_t taken = 0;
  bool is_dry = false;
  while (taken < most && !is_dry && end_ == IoOutcome::done) {
    std::size_t part = 0;
    const int result = SSL_read_ex(ssl_.get(), to + taken, most - taken, &part);
    if (result == 1) {
      taken += part;
      quiet_bytes_ = 0;
      is_dry = SSL_has_pending(ssl_.get()) == 0 && !wire_.may_receive();
      continue;
    }
    const IoOutcome outcome = judge(result);
    if (outcome != IoOutcome::blocked) end_ = outcome;
    read_waits_for_room_ = outcome == IoOutcome::blocked && SSL_want_write(ssl_.get());
    is_dry = true;
  }
  has_more_ = end_ != IoOutcome::done || (!is_dry && SSL_has_pending(ssl_.get()) == 1);
  if (taken != 0) return {IoOutcome::done, taken};
  return {end_ == IoOutcome::done ? IoOutcome::blocked : end_};
}

IoOutcome TlsStream::peek() {
  if (end_ != IoOutcome::done) return end_;
  begin_reading();
  char byte;
  std::size_t size = 0;
  const int result = SSL_peek_ex(ssl_.get(), &byte, 1, &size);
  const IoOutcome outcome = result == 1 ? IoOutcome::done : judge(result);
  if (result != 1 && outcome != IoOutcome::blocked) end_ = outcome;
  has_more_ = outcome != IoOutcome::blocked;
  return outcome;
}

IoResult TlsStream::write(Gather& pieces) {
  char joined[record_bytes];
  std::size_t sent = 0;
  forget_errors();
  receives_left_ = receives_of_a_call;
  write_waits_for_bytes_ = false;
  while (!pieces.empty()) {
    const char* from = static_cast<const char*>(pieces.data()->iov_base);
    std::size_t size = pieces.data()->iov_len;
    if (pieces.count() > 1 && size < record_bytes) {
      size = 0;
      for (std::size_t i = 0; i < pieces.count() && size < record_bytes; ++i) {
        const std::size_t part = std::min(pieces.data()[i].iov_len, record_bytes - size);
        std::memcpy(joined + size, pieces.data()[i].iov_base, part);
        size += part;
      }
      from = joined;
    }
    std::size_t part = 0;
    const int result = SSL_write_ex(ssl_.get(), from, size, &part);
    if (result != 1) {
      const IoOutcome outcome = judge(result);
      write_waits_for_bytes_ = outcome == IoOutcome::blocked && SSL_want_read(ssl_.get());
      return {outcome == IoOutcome::blocked && sent != 0 ? IoOutcome::done : outcome, sent};
    }
    pieces.advance(part);
    sent += part;
  }
  return {IoOutcome::done, sent};
}

void TlsStream::shutdown() {
  forget_errors();
  SSL_shutdown(ssl_.get());
}

}  // namespace sluice::http
