// SPDX-License-Identifier: Apache-2.0
// Source: RFC 7518 sections 3 and 6, RFC 8037.
#include "base/crypto_key.hpp"

#include "base/crypto_digest.hpp"
#include "base/crypto_handle.hpp"

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

namespace sluice {

using namespace crypto;

/// Wraps what OpenSSL has made, when it is a kind of key that is strong enough.
class KeyMaker {
 public:
  static KeyResult wrap(Handle<EVP_PKEY, EVP_PKEY_free> key, bool is_private) {
    if (key == nullptr) return tl::unexpected<std::string>("cannot be read");
    CryptoKey made;
    switch (EVP_PKEY_get_base_id(key.get())) {
      case EVP_PKEY_RSA: made.kind_ = KeyKind::rsa; break;
      case EVP_PKEY_ED25519: made.kind_ = KeyKind::ed25519; break;
      case EVP_PKEY_ED448: made.kind_ = KeyKind::ed448; break;
      case EVP_PKEY_EC:
        if (!find_curve(key.get(), made.kind_)) return tl::unexpected<std::string>("is of a curve that is not known");
        break;
      default: return tl::unexpected<std::string>("is of a kind that is not known");
    }
    made.bits_ = static_cast<unsigned>(EVP_PKEY_get_bits(key.get()));
    made.is_private_ = is_private;
    if (made.kind_ == KeyKind::rsa && (made.bits_ < least_rsa_bits || made.bits_ > most_rsa_bits)) {
      return tl::unexpected("has " + std::to_string(made.bits_) + " bits, where " + std::to_string(least_rsa_bits) +
                            " to " + std::to_string(most_rsa_bits) + " are wanted");
    }
    if (made.kind_ == KeyKind::rsa && !has_sound_exponent(key.get()))
      return tl::unexpected<std::string>("has an exponent that protects nothing");
    made.key_ = std::shared_ptr<EVP_PKEY>(key.release(), EVP_PKEY_free);
    return made;
  }

  static CryptoKey wrap_secret(std::string_view bytes) {
    CryptoKey made;
    made.bits_ = static_cast<unsigned>(bytes.size() * 8);
    made.secret_ = std::shared_ptr<const std::string>(new std::string(bytes), [](const std::string* secret) {
      OPENSSL_cleanse(const_cast<char*>(secret->data()), secret->size());
      delete secret;
    });
    return made;
  }

 private:
  static bool find_curve(EVP_PKEY* key, KeyKind& kind) {
    char name[64];
    std::size_t size = 0;
    if (EVP_PKEY_get_group_name(key, name, sizeof name, &size) != 1) return false;
    switch (OBJ_sn2nid(name)) {
      case NID_X9_62_prime256v1: kind = KeyKind::p256; return true;
      case NID_secp384r1: kind = KeyKind::p384; return true;
      case NID_secp521r1: kind = KeyKind::p521; return true;
      default: return false;
    }
  }
  /// Odd and above one: with one, everybody's number is a signature of itself.
  static bool has_sound_exponent(EVP_PKEY* key) {
    BIGNUM* exponent = nullptr;
    const bool is_there = EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &exponent) == 1;
    const Handle<BIGNUM, BN_free> held(exponent);
    return is_there && BN_is_odd(exponent) && !BN_is_one(exponent);
  }
};

namespace {

KeyResult unreadable() { return tl::unexpected<std::string>("cannot be read"); }

Handle<BIGNUM, BN_free> number_of(std::string_view big_endian) {
  return Handle<BIGNUM, BN_free>(BN_bin2bn(bytes(big_endian), static_cast<int>(big_endian.size()), nullptr));
}

/// A public key of type `type` from parameters.
Handle<EVP_PKEY, EVP_PKEY_free> from_parameters(const char* type, OSSL_PARAM_BLD* builder) {
  const Handle<OSSL_PARAM, OSSL_PARAM_free> parameters(OSSL_PARAM_BLD_to_param(builder));
  const Handle<EVP_PKEY_CTX, EVP_PKEY_CTX_free> context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (parameters == nullptr || context == nullptr || EVP_PKEY_fromdata_init(context.get()) != 1) return nullptr;
  if (EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1) return nullptr;
  return Handle<EVP_PKEY, EVP_PKEY_free>(key);
}

struct Curve {
  const char* name;
  std::size_t field_bytes;
};
Curve curve_of(KeyKind kind) {
  return kind == KeyKind::p256 ? Curve{"P-256", 32} : kind == KeyKind::p384 ? Curve{"P-384", 48} : Curve{"P-521", 66};
}
bool is_curve(KeyKind kind) { return kind == KeyKind::p256 || kind == KeyKind::p384 || kind == KeyKind::p521; }

/// The form that OpenSSL reads, of the two numbers of a JSON Web Signature; empty when they are not there.
std::string der_of_numbers(std::string_view signature, std::size_t field_bytes) {
  if (signature.size() != 2 * field_bytes) return {};
  const Handle<ECDSA_SIG, ECDSA_SIG_free> pair(ECDSA_SIG_new());
  auto r = number_of(signature.substr(0, field_bytes)), s = number_of(signature.substr(field_bytes));
  if (pair == nullptr || r == nullptr || s == nullptr || ECDSA_SIG_set0(pair.get(), r.get(), s.get()) != 1) return {};
  (void)r.release(), (void)s.release();  // the pair's now
  return encoded(pair.get(), i2d_ECDSA_SIG);
}

bool verify_by_key(const CryptoKey& key, SignatureScheme scheme, const EVP_MD* hash, std::string_view data,
                   std::string_view signature) {
  const ErrorsStayHere guard;
  const Handle<EVP_MD_CTX, EVP_MD_CTX_free> context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* settings = nullptr;
  if (EVP_DigestVerifyInit(context.get(), &settings, hash, nullptr, key.handle()) != 1) return false;
  if (scheme == SignatureScheme::rsa_pss && (EVP_PKEY_CTX_set_rsa_padding(settings, RSA_PKCS1_PSS_PADDING) != 1 ||
                                             EVP_PKEY_CTX_set_rsa_pss_saltlen(settings, RSA_PSS_SALTLEN_DIGEST) != 1)) {
    return false;
  }
  return EVP_DigestVerify(context.get(), bytes(signature), signature.size(), bytes(data), data.size()) == 1;
}

}  // namespace

KeyResult rsa_public_key(std::string_view modulus, std::string_view exponent) {
  const ErrorsStayHere guard;
  if (modulus.size() > most_rsa_bits / 8 || exponent.size() > most_rsa_bits / 8) return unreadable();
  const auto n = number_of(modulus), e = number_of(exponent);
  const Handle<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free> builder(OSSL_PARAM_BLD_new());
  if (n == nullptr || e == nullptr || OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1) {
    return unreadable();
  }
  return KeyMaker::wrap(from_parameters("RSA", builder.get()), false);
}

KeyResult ec_public_key(KeyKind kind, std::string_view x, std::string_view y) {
  const ErrorsStayHere guard;
  const Curve curve = curve_of(kind);
  if (!is_curve(kind) || x.size() != curve.field_bytes || y.size() != curve.field_bytes) return unreadable();
  const std::string point = "\x04" + std::string(x) + std::string(y);  // uncompressed
  const Handle<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free> builder(OSSL_PARAM_BLD_new());
  if (OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve.name, 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) != 1) {
    return unreadable();
  }
  auto key = from_parameters("EC", builder.get());
  const Handle<EVP_PKEY_CTX, EVP_PKEY_CTX_free> check(key == nullptr ? nullptr : EVP_PKEY_CTX_new(key.get(), nullptr));
  if (check == nullptr || EVP_PKEY_public_check(check.get()) != 1) return unreadable();
  return KeyMaker::wrap(std::move(key), false);
}

KeyResult edwards_public_key(KeyKind kind, std::string_view given) {
  const ErrorsStayHere guard;
  const int type = kind == KeyKind::ed25519 ? EVP_PKEY_ED25519 : EVP_PKEY_ED448;
  return KeyMaker::wrap(
      Handle<EVP_PKEY, EVP_PKEY_free>(EVP_PKEY_new_raw_public_key(type, nullptr, bytes(given), given.size())), false);
}

KeyResult public_key_of_der(std::string_view der) {
  const ErrorsStayHere guard;
  const unsigned char* at = bytes(der);
  return KeyMaker::wrap(Handle<EVP_PKEY, EVP_PKEY_free>(d2i_PUBKEY(nullptr, &at, static_cast<long>(der.size()))),
                        false);
}

KeyResult private_key_of_der(std::string_view der) {
  const ErrorsStayHere guard;
  const unsigned char* at = bytes(der);
  return KeyMaker::wrap(
      Handle<EVP_PKEY, EVP_PKEY_free>(d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(der.size()))), true);
}

KeyResult private_key_of_pem(std::string_view pem) {
  const ErrorsStayHere guard;
  const Handle<BIO, BIO_free_all> memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  const auto no_passphrase = [](char*, int, int, void*) { return -1; };
  return KeyMaker::wrap(
      Handle<EVP_PKEY, EVP_PKEY_free>(PEM_read_bio_PrivateKey(memory.get(), nullptr, no_passphrase, nullptr)), true);
}

CryptoKey secret_key(std::string_view given) { return KeyMaker::wrap_secret(given); }

bool verify_signature(const CryptoKey& key, SignatureScheme scheme, HashAlgorithm hash, std::string_view data,
                      std::string_view signature) {
  switch (scheme) {
    case SignatureScheme::hmac:
      return key.kind() == KeyKind::secret && !signature.empty() &&
             equal_in_constant_time(hmac(hash, key.secret(), data).view(), signature);
    case SignatureScheme::rsa_pkcs1:
    case SignatureScheme::rsa_pss:
      return key.kind() == KeyKind::rsa && signature.size() == (key.bits() + 7) / 8 &&
             verify_by_key(key, scheme, digest_of(hash), data, signature);
    case SignatureScheme::ecdsa: {
      if (!is_curve(key.kind())) return false;
      const std::string der = der_of_numbers(signature, curve_of(key.kind()).field_bytes);
      return !der.empty() && verify_by_key(key, scheme, digest_of(hash), data, der);
    }
    case SignatureScheme::eddsa:
      return (key.kind() == KeyKind::ed25519 || key.kind() == KeyKind::ed448) &&
             verify_by_key(key, scheme, nullptr, data, signature);
  }
  return false;
}

}  // namespace sluice
