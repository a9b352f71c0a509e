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

TlsClient::TlsClient(std::uint16_t port, const TlsClientOptions& options)
    : raw_(port), context_(SSL_CTX_new(TLS_client_method())) {
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL
  const timeval limit{std::chrono::seconds(patience).count(), 0};
  ::setsockopt(raw_.descriptor(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  SSL_CTX_set_security_level(context_.get(), 0);  // to be able to offer what must be refused
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
  connected_ = SSL_connect(ssl_.get()) == 1;
  if (!connected_) note_refusal();
}

TlsClient::~TlsClient() {
  // Else OpenSSL would not resume the session: it takes the connection for cut.
  if (ssl_ != nullptr) SSL_set_shutdown(ssl_.get(), SSL_SENT_SHUTDOWN);
}

TlsClient& TlsClient::send(std::string_view bytes) {
  if (!bytes.empty()) SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()));
  return *this;
}

bool TlsClient::fill() {
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

void TlsClient::note_refusal() {
  char text[256] = {};
  ERR_error_string_n(ERR_peek_last_error(), text, sizeof text);
  refusal_ = text;
}

std::string TlsClient::read_message() {
  std::size_t head = 0;
  while ((head = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (!fill()) return std::exchange(buffer_, {});
  }
  head += 4;
  const std::string length = header_of(buffer_.substr(0, head), "Content-Length");
  const std::size_t size = head + (length.empty() ? 0 : std::stoul(length));
  while (buffer_.size() < size && fill()) {
  }
  std::string message = buffer_.substr(0, size);
  buffer_.erase(0, message.size());
  return message;
}

std::string TlsClient::get(std::string_view path, std::string_view host) {
  send("GET " + std::string(path) + " HTTP/1.1\r\nHost: " + std::string(host) + "\r\n\r\n");
  return read_message();
}

std::string TlsClient::read_to_end() {
  while (fill()) {
  }
  return std::exchange(buffer_, {});
}

std::string TlsClient::shown_name() const {
  X509* const certificate = SSL_get0_peer_certificate(ssl_.get());
  char name[256] = {};
  if (certificate != nullptr)
    X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name, sizeof name);
  return name;
}

std::string TlsClient::protocol() const {
  const unsigned char* chosen = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl_.get(), &chosen, &size);
  return {reinterpret_cast<const char*>(chosen), size};
}

}  // namespace sluice::http::test
