// SPDX-License-Identifier: Apache-2.0
// OpenSSL's certificates, owned; for lib/base/crypto* alone.
#pragma once

#include "base/crypto_handle.hpp"

#include <openssl/bio.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#include <string>
#include <string_view>

namespace sluice::x509 {

using crypto::bytes;
using crypto::encoded;
using crypto::ErrorsStayHere;
template <class T, auto release>
using Held = crypto::Handle<T, release>;
using Certificate = Held<X509, X509_free>;
using RevocationList = Held<X509_CRL, X509_CRL_free>;
using Store = Held<X509_STORE, X509_STORE_free>;
using Verification = Held<X509_STORE_CTX, X509_STORE_CTX_free>;
using Memory = Held<BIO, BIO_free_all>;

/// Null when it is none.
inline Certificate read_der(std::string_view der) {
  const unsigned char* at = bytes(der);
  return Certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
}

inline std::string der_of(X509* certificate) { return encoded(certificate, i2d_X509); }

}  // namespace sluice::x509
