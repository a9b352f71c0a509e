// SPDX-License-Identifier: Apache-2.0
// The helpers themselves; compiled as a test file because the build gathers those.
#include "http/tls_support.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include <atomic>
#include <csignal>
#include <fstream>

namespace sluice::http::test {
namespace {

void add_extension(X509* certificate, int kind, const std::string& value) {
  X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str());
  REQUIRE(extension != nullptr);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

template <class Write>
std::string written(Write write) {
  BIO* const bio = BIO_new(BIO_s_mem());
  write(bio);
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string text(data, static_cast<std::size_t>(size));
  BIO_free(bio);
  return text;
}

}  // namespace

Identity::Identity(const IdentityOptions& options)
    : key_(options.is_rsa ? EVP_RSA_gen(static_cast<unsigned>(options.rsa_bits)) : EVP_EC_gen("P-256")),
      certificate_(X509_new()) {
  static std::atomic<long> serial{1};
  X509* const x = certificate_.get();
  X509_set_version(x, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(x), serial.fetch_add(1));
  X509_gmtime_adj(X509_getm_notBefore(x), options.begins);
  X509_gmtime_adj(X509_getm_notAfter(x), options.ends);
  X509_set_pubkey(x, key_.get());
  X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(options.common_name.c_str()), -1, -1, 0);
  const Identity* const issuer = options.issuer;
  X509_set_issuer_name(x, X509_get_subject_name(issuer != nullptr ? issuer->certificate() : x));
  if (options.is_authority) add_extension(x, NID_basic_constraints, "critical,CA:TRUE");
  if (!options.names.empty()) add_extension(x, NID_subject_alt_name, options.names);
  X509_sign(x, issuer != nullptr ? issuer->key() : key_.get(), EVP_sha256());
}

std::string Identity::certificate_pem() const {
  return written([&](BIO* bio) { PEM_write_bio_X509(bio, certificate()); });
}

std::string Identity::key_pem(const char* passphrase) const {
  return written([&](BIO* bio) {
    PEM_write_bio_PKCS8PrivateKey(bio, key(), passphrase != nullptr ? EVP_aes_128_cbc() : nullptr, passphrase,
                                  passphrase != nullptr ? static_cast<int>(std::string_view(passphrase).size()) : 0,
                                  nullptr, nullptr);
  });
}

std::string Identity::der() const {
  return written([&](BIO* bio) { i2d_X509_bio(bio, certificate()); });
}

TemporaryFolder::TemporaryFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "sluice_tls_XXXXXX").string();
  REQUIRE(::mkdtemp(name.data()) != nullptr);
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() { std::filesystem::remove_all(path_); }

std::string TemporaryFolder::write(const std::string& name, const std::string& content) const {
  std::ofstream(path_ / name, std::ios::binary | std::ios::trunc) << content;
  return path(name);
}

ListenerCertificate TemporaryFolder::write_identity(const std::string& name, const Identity& identity) const {
  return {write(name + ".pem", identity.certificate_pem()), write(name + ".key", identity.key_pem())};
}

TlsEnd::TlsEnd(const SSL_METHOD* method) : context_(SSL_CTX_new(method)) {
  std::signal(SIGPIPE, SIG_IGN);                  // OpenSSL writes without MSG_NOSIGNAL
  SSL_CTX_set_security_level(context_.get(), 0);  // to be able to offer what must be refused
}

void TlsEnd::shaken(int result) {
  connected_ = result == 1;
  if (!connected_) note_refusal();
}

void TlsEnd::write(std::string_view bytes) {
  if (!bytes.empty()) SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()));
}

bool TlsEnd::fill() {
  char bytes[65536];
  ERR_clear_error();
  const int count = SSL_read(ssl_.get(), bytes, sizeof bytes);
  if (count > 0) {
    buffer_.append(bytes, static_cast<std::size_t>(count));
    return true;
  }
  if (connected_) note_refusal();
  ended_properly_ = SSL_get_error(ssl_.get(), count) == SSL_ERROR_ZERO_RETURN;
  return false;
}

void TlsEnd::note_refusal() {
  char text[256] = {};
  ERR_error_string_n(ERR_peek_last_error(), text, sizeof text);
  refusal_ = text;
}

std::string TlsEnd::read_message() {
  std::size_t head = 0;
  while ((head = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (!fill()) return std::exchange(buffer_, {});
  }
  head += 4;
  const std::string length = header_of(buffer_.substr(0, head), "Content-Length");
  return read_bytes(head + (length.empty() ? 0 : std::stoul(length)));
}

std::string TlsEnd::read_some() {
  if (buffer_.empty()) fill();
  return std::exchange(buffer_, {});
}

std::string TlsEnd::read_bytes(std::size_t count) {
  while (buffer_.size() < count && fill()) {
  }
  std::string bytes = buffer_.substr(0, count);
  buffer_.erase(0, bytes.size());
  return bytes;
}

std::string TlsEnd::read_to_end() {
  while (fill()) {
  }
  return std::exchange(buffer_, {});
}

std::string TlsEnd::protocol() const {
  const unsigned char* chosen = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl_.get(), &chosen, &size);
  return {reinterpret_cast<const char*>(chosen), size};
}

TlsClient::TlsClient(std::uint16_t port, const TlsClientOptions& options) : TlsEnd(TLS_client_method()), raw_(port) {
  const timeval limit{std::chrono::seconds(patience).count(), 0};
  ::setsockopt(raw_.descriptor(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  SSL_CTX_set_min_proto_version(context_.get(), options.least_version);
  SSL_CTX_set_max_proto_version(context_.get(), options.most_version);
  if (!options.suites.empty()) SSL_CTX_set_cipher_list(context_.get(), options.suites.c_str());
  if (options.identity != nullptr) {
    SSL_CTX_use_certificate(context_.get(), options.identity->certificate());
    SSL_CTX_use_PrivateKey(context_.get(), options.identity->key());
  }
  ssl_.reset(SSL_new(context_.get()));
  SSL_set_fd(ssl_.get(), raw_.descriptor());
  if (!options.server_name.empty()) SSL_set_tlsext_host_name(ssl_.get(), options.server_name.c_str());
  if (!options.protocols.empty()) {
    SSL_set_alpn_protos(ssl_.get(), reinterpret_cast<const unsigned char*>(options.protocols.data()),
                        static_cast<unsigned>(options.protocols.size()));
  }
  if (options.session != nullptr) SSL_set_session(ssl_.get(), options.session);
  ERR_clear_error();
  shaken(SSL_connect(ssl_.get()));
}

TlsClient::~TlsClient() {
  // Else OpenSSL would not resume the session: it takes the connection for cut.
  if (ssl_ != nullptr) SSL_set_shutdown(ssl_.get(), SSL_SENT_SHUTDOWN);
}

std::string TlsClient::get(std::string_view path, std::string_view host) {
  send("GET " + std::string(path) + " HTTP/1.1\r\nHost: " + std::string(host) + "\r\n\r\n");
  return read_message();
}

std::string TlsClient::shown_name() const {
  X509* const certificate = SSL_get0_peer_certificate(ssl_.get());
  char name[256] = {};
  if (certificate != nullptr)
    X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name, sizeof name);
  return name;
}

TlsPeer::TlsPeer(RawClient& connection, const Identity& identity, const TlsPeerOptions& options)
    : TlsEnd(TLS_server_method()), protocols_(options.protocols) {
  SSL_CTX_set_min_proto_version(context_.get(), TLS1_VERSION);
  SSL_CTX_set_max_proto_version(context_.get(), options.most_version);
  SSL_CTX_use_certificate(context_.get(), identity.certificate());
  SSL_CTX_use_PrivateKey(context_.get(), identity.key());
  SSL_CTX_set_alpn_select_cb(context_.get(), choose, this);
  ssl_.reset(SSL_new(context_.get()));
  SSL_set_fd(ssl_.get(), connection.descriptor());
  ERR_clear_error();
  shaken(SSL_accept(ssl_.get()));
}

int TlsPeer::choose(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* offered,
                    unsigned offered_size, void* self) {
  auto& own = *static_cast<TlsPeer*>(self);
  own.offered_.assign(reinterpret_cast<const char*>(offered), offered_size);
  const auto* supported = reinterpret_cast<const unsigned char*>(own.protocols_.data());
  const int result = SSL_select_next_proto(const_cast<unsigned char**>(chosen), size, supported,
                                           static_cast<unsigned>(own.protocols_.size()), offered, offered_size);
  return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

}  // namespace sluice::http::test
