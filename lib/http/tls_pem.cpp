// SPDX-License-Identifier: Apache-2.0
#include "http/tls_pem.hpp"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace sluice::http {
namespace {

constexpr std::size_t most_file_bytes = 4u << 20;  // the authorities of whole operating systems take a tenth of that
constexpr std::size_t most_certificates = 4'096;

TlsOwned<BIO> over(std::string_view text) {
  return TlsOwned<BIO>(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

/// In place of OpenSSL's own, which would ask at the terminal.
int no_passphrase(char*, int, int, void*) { return -1; }

tl::unexpected<Error> unusable(const std::string& file, const std::string& why) {
  return fail(ErrorCode::internal, "The file '" + file + "' " + why + ".");
}

/// Whether reading stopped because there was no further certificate.
bool has_reached_end() {
  const unsigned long error = ERR_peek_last_error();
  return ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
}

}  // namespace

CertificateChain read_pem_certificates(std::string_view text) {
  CertificateChain chain;
  if (text.size() > most_file_bytes) return chain;
  const TlsOwned<BIO> bio = over(text);
  ERR_clear_error();
  while (chain.size() < most_certificates) {
    TlsOwned<X509> certificate(PEM_read_bio_X509(bio.get(), nullptr, no_passphrase, nullptr));
    if (certificate == nullptr) {
      if (!has_reached_end()) chain.clear();
      break;
    }
    chain.push_back(std::move(certificate));
  }
  ERR_clear_error();
  return chain;
}

TlsOwned<EVP_PKEY> read_pem_key(std::string_view text) {
  if (text.size() > most_file_bytes) return nullptr;
  const TlsOwned<BIO> bio = over(text);
  TlsOwned<EVP_PKEY> key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr));
  ERR_clear_error();
  return key;
}

bool use_identity(SSL_CTX* context, const CertificateChain& chain, EVP_PKEY* key) {
  bool good = SSL_CTX_use_certificate(context, chain.front().get()) == 1 && SSL_CTX_use_PrivateKey(context, key) == 1 &&
              SSL_CTX_check_private_key(context) == 1;
  for (std::size_t i = 1; good && i < chain.size(); ++i) {
    good = SSL_CTX_add1_chain_cert(context, chain[i].get()) == 1;
  }
  ERR_clear_error();
  return good;
}

Result<std::string> read_pem_file(const std::string& file) {
  struct Close {
    void operator()(std::FILE* stream) const { std::fclose(stream); }
  };
  const std::unique_ptr<std::FILE, Close> stream(std::fopen(file.c_str(), "rbe"));
  if (stream == nullptr) return unusable(file, "cannot be read: " + std::string(std::strerror(errno)));
  std::string text(most_file_bytes + 1, '\0');
  errno = 0;
  text.resize(std::fread(text.data(), 1, text.size(), stream.get()));
  if (std::ferror(stream.get()) != 0) return unusable(file, "cannot be read: " + std::string(std::strerror(errno)));
  if (text.size() > most_file_bytes) return unusable(file, "is too large for certificates and keys");
  return text;
}

Result<CertificateChain> read_certificate_file(const std::string& file) {
  const auto text = read_pem_file(file);
  if (!text) return fail(text.error());
  CertificateChain chain = read_pem_certificates(*text);
  if (chain.empty()) return unusable(file, "holds no certificate in PEM, or a malformed one");
  return chain;
}

Result<TlsOwned<EVP_PKEY>> read_key_file(const std::string& file) {
  auto text = read_pem_file(file);
  if (!text) return fail(std::move(text.error()));
  TlsOwned<EVP_PKEY> key = read_pem_key(*text);
  const bool is_locked = text->find("ENCRYPTED") != std::string::npos;
  OPENSSL_cleanse(text->data(), text->size());  // K2
  if (key == nullptr && is_locked) return unusable(file, "holds a key with a passphrase, which nobody can enter here");
  if (key == nullptr) return unusable(file, "holds no private key in PEM");
  return key;
}

}  // namespace sluice::http
