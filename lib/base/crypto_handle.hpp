// SPDX-License-Identifier: Apache-2.0
// OpenSSL's objects, owned; for lib/base/crypto* alone.
#pragma once

#include <openssl/crypto.h>
#include <openssl/err.h>

#include <memory>
#include <string>
#include <string_view>

namespace sluice::crypto {

/// What went wrong here must not be found later by those who ask OpenSSL for the errors of their connection.
struct ErrorsStayHere {
  ~ErrorsStayHere() { ERR_clear_error(); }
};

template <auto release>
struct Release {
  template <class T>
  void operator()(T* object) const {
    release(object);
  }
};
template <class T, auto release>
using Handle = std::unique_ptr<T, Release<release>>;

inline const unsigned char* bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

/// What an `i2d` function writes.
template <class T, class Encode>
std::string encoded(T* object, Encode encode) {
  unsigned char* data = nullptr;
  const int size = encode(object, &data);
  std::string made = size > 0 ? std::string(reinterpret_cast<char*>(data), static_cast<std::size_t>(size)) : "";
  OPENSSL_free(data);
  return made;
}

}  // namespace sluice::crypto
