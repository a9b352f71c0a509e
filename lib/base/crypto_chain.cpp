// SPDX-License-Identifier: Apache-2.0
#include "base/crypto_chain.hpp"

#include "base/crypto_x509.hpp"

#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <ctime>

namespace sluice {
namespace {

using namespace x509;

constexpr std::size_t most_certificates = 4'096;  // the authorities of whole operating systems are some hundreds

/// In place of OpenSSL's own, which would ask at the terminal.
int no_passphrase(char*, int, int, void*) { return -1; }

template <class Use>
void for_each_certificate(std::string_view pem, Use use) {
  const Memory memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  for (std::size_t i = 0; i < most_certificates; ++i) {
    const Certificate one(PEM_read_bio_X509(memory.get(), nullptr, no_passphrase, nullptr));
    if (one == nullptr) return;
    use(one.get());
  }
}

/// The time of the leaf is somebody else's question.
int judge(int good, X509_STORE_CTX* verification) {
  const int error = X509_STORE_CTX_get_error(verification);
  const bool is_time = error == X509_V_ERR_CERT_HAS_EXPIRED || error == X509_V_ERR_CERT_NOT_YET_VALID;
  return good == 1 || (is_time && X509_STORE_CTX_get_error_depth(verification) == 0) ? 1 : 0;
}

}  // namespace

tl::expected<std::vector<std::string>, std::string> trusted_chain(std::string_view leaf, std::string_view authorities,
                                                                  std::int64_t now) {
  const ErrorsStayHere guard;
  const Certificate certificate = read_der(leaf);
  const Store store(X509_STORE_new());
  const Verification verification(X509_STORE_CTX_new());
  if (certificate == nullptr || store == nullptr || verification == nullptr)
    return tl::unexpected<std::string>("cannot be read");
  X509_STORE_set_default_paths(store.get());
  for_each_certificate(authorities, [&](X509* one) { X509_STORE_add_cert(store.get(), one); });
  if (X509_STORE_CTX_init(verification.get(), store.get(), certificate.get(), nullptr) != 1)
    return tl::unexpected<std::string>("cannot be verified");
  X509_STORE_CTX_set_time(verification.get(), 0, static_cast<std::time_t>(now));
  X509_STORE_CTX_set_verify_cb(verification.get(), judge);
  if (X509_verify_cert(verification.get()) != 1) {
    return tl::unexpected<std::string>(std::string("is not trusted: ") +
                                       X509_verify_cert_error_string(X509_STORE_CTX_get_error(verification.get())));
  }
  std::vector<std::string> chain;
  STACK_OF(X509)* const found = X509_STORE_CTX_get0_chain(verification.get());
  for (int i = 0; i < sk_X509_num(found); ++i) chain.push_back(der_of(sk_X509_value(found, i)));
  return chain;
}

bool is_issued_by(std::string_view certificate, std::string_view issuer) {
  const ErrorsStayHere guard;
  const Certificate below = read_der(certificate);
  const Certificate above = read_der(issuer);
  if (below == nullptr || above == nullptr || X509_check_issued(above.get(), below.get()) != X509_V_OK) return false;
  EVP_PKEY* const key = X509_get0_pubkey(above.get());
  return key != nullptr && X509_verify(below.get(), key) == 1;
}

std::vector<std::string> read_certificates(std::string_view pem) {
  const ErrorsStayHere guard;
  std::vector<std::string> all;
  for_each_certificate(pem, [&](X509* one) { all.push_back(der_of(one)); });
  return all;
}

}  // namespace sluice
