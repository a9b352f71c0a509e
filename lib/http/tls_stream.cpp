// SPDX-License-Identifier: Apache-2.0
// OpenSSL works on the descriptor itself: no copies through memory BIOs. Small pieces of one message are joined into
// one record, so that a head and its body travel together.
#include "http/tls_stream.hpp"

#include "http/trusted_proxies.hpp"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <cstring>

namespace sluice::http {
namespace {

constexpr std::size_t record_bytes = 16 * 1024;  // the largest TLS record

std::string without_brackets(const std::string& host) {
  return host.size() > 2 && host.front() == '[' ? host.substr(1, host.size() - 2) : host;
}

}  // namespace

Result<TlsContext> TlsContext::make(const ClientTls& settings) {
  TlsContext result;
  result.context_.reset(SSL_CTX_new(TLS_client_method()));
  SSL_CTX* const context = result.context_.get();
  if (context == nullptr) return fail(ErrorCode::internal, "TLS cannot be set up.");
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_RELEASE_BUFFERS | SSL_MODE_AUTO_RETRY);
  if (settings.use_system_store && SSL_CTX_set_default_verify_paths(context) != 1) {
    return fail(ErrorCode::internal, "The system's certificate authorities cannot be read.");
  }
  if (!settings.ca_file.empty() && SSL_CTX_load_verify_locations(context, settings.ca_file.c_str(), nullptr) != 1) {
    return fail(ErrorCode::internal, "The file of certificate authorities cannot be read.");
  }
  return result;
}

std::unique_ptr<TlsStream> TlsStream::connect(const TlsContext& context, int descriptor, const std::string& host,
                                              TlsDemands demands) {
  SSL* const ssl = SSL_new(context.native());
  if (ssl == nullptr) return nullptr;
  std::unique_ptr<TlsStream> stream(new TlsStream(ssl));
  const std::string name = without_brackets(host);
  const bool is_address = read_address(name).has_value();
  if (SSL_set_fd(ssl, descriptor) != 1) return nullptr;
  if (!is_address && SSL_set_tlsext_host_name(ssl, name.c_str()) != 1) return nullptr;
  SSL_set_verify(ssl, demands.chain ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  if (demands.name && demands.chain) {
    X509_VERIFY_PARAM* const parameters = SSL_get0_param(ssl);
    X509_VERIFY_PARAM_set_hostflags(parameters,
                                    X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    const int set = is_address ? X509_VERIFY_PARAM_set1_ip_asc(parameters, name.c_str())
                               : X509_VERIFY_PARAM_set1_host(parameters, name.c_str(), name.size());
    if (set != 1) return nullptr;
  } else if (demands.name) {
    stream->name_to_check_ = name;
  }
  SSL_set_connect_state(ssl);
  return stream;
}

IoOutcome TlsStream::judge(int result) {
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ: wants_write_ = false; return IoOutcome::blocked;
    case SSL_ERROR_WANT_WRITE: wants_write_ = true; return IoOutcome::blocked;
    case SSL_ERROR_ZERO_RETURN: return IoOutcome::ended;
    default: return IoOutcome::failed;
  }
}

IoOutcome TlsStream::handshake() {
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_.get());
  if (result != 1) {
    const IoOutcome outcome = judge(result);
    certificate_refused_ = outcome == IoOutcome::failed && SSL_get_verify_result(ssl_.get()) != X509_V_OK;
    return outcome == IoOutcome::ended ? IoOutcome::failed : outcome;
  }
  if (name_to_check_.empty()) return IoOutcome::done;
  X509* const certificate = SSL_get0_peer_certificate(ssl_.get());
  const bool matches =
      certificate != nullptr &&
      (read_address(name_to_check_) ? X509_check_ip_asc(certificate, name_to_check_.c_str(), 0) == 1
                                    : X509_check_host(certificate, name_to_check_.data(), name_to_check_.size(),
                                                      X509_CHECK_FLAG_NEVER_CHECK_SUBJECT, nullptr) == 1);
  certificate_refused_ = !matches;
  return matches ? IoOutcome::done : IoOutcome::failed;
}

IoResult TlsStream::read(char* to, std::size_t most) {
  ERR_clear_error();
  std::size_t received = 0;
  const int result = SSL_read_ex(ssl_.get(), to, most, &received);
  if (result == 1) return {IoOutcome::done, received};
  return {judge(result)};
}

IoResult TlsStream::write(Gather& pieces) {
  char joined[record_bytes];
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
  ERR_clear_error();
  std::size_t sent = 0;
  const int result = SSL_write_ex(ssl_.get(), from, size, &sent);
  if (result != 1) return {judge(result)};
  pieces.advance(sent);
  return {IoOutcome::done, sent};
}

void TlsStream::shutdown() {
  ERR_clear_error();
  SSL_shutdown(ssl_.get());
}

}  // namespace sluice::http
