// SPDX-License-Identifier: Apache-2.0
// X.509 certificates and RSA keys. Certificates are DER (or PEM, or PKCS #12 with its password), private keys DER.
#pragma once

#include "base/crypto.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// What a certificate says, as .NET prints it.
struct CertificateInfo {
  std::string der;
  std::string private_key;  ///< DER; empty without one.
  std::string subject;      ///< `CN=a, O=b`: the narrowest part first.
  std::string issuer;
  std::string thumbprint;       ///< SHA-1, hexadecimal in upper case.
  std::string serial_number;    ///< Hexadecimal in upper case.
  std::int64_t not_before = 0;  ///< Seconds since 1970.
  std::int64_t not_after = 0;
  int version = 3;
  std::string signature_algorithm;     ///< An object identifier: `1.2.840.113549.1.1.11`.
  std::string public_key;              ///< DER of SubjectPublicKeyInfo.
  std::string public_key_bytes;        ///< The key alone, as `GetPublicKey` gives it.
  std::string simple_name;             ///< The subject's common name; empty for none.
  std::string dns_name;                ///< The first of the subject's alternative names, else the common name.
  std::vector<std::string> dns_names;  ///< Of the subject's alternative names.
};

/// **Errors**: what is wrong, as a sentence.
tl::expected<CertificateInfo, std::string> read_certificate(std::string_view bytes, std::string_view password = {});
/// A certificate with its chain, and its private key, as PEM texts. Secret.
struct CertificatePem {
  std::string chain;
  std::string private_key;
};
/// From PEM with a key, or PKCS #12 with its password. **Errors**: what is wrong, as the end of a sentence.
tl::expected<CertificatePem, std::string> certificate_pem(std::string_view bytes, std::string_view password = {});
/// Whether the certificate is valid at that time (seconds since 1970) and signed by a root that this machine trusts.
/// Revocation is not looked at.
bool verify_certificate(const CertificateInfo& certificate, std::int64_t now);

enum class SignaturePadding { pkcs1, pss };
enum class EncryptionPadding { pkcs1, oaep_sha1, oaep_sha256, oaep_sha384, oaep_sha512 };

/// With RSA keys in DER. **Errors**: what is wrong, as a sentence.
tl::expected<std::string, std::string> rsa_sign(std::string_view private_key, HashAlgorithm hash,
                                                SignaturePadding padding, std::string_view data);
bool rsa_verify(std::string_view public_key, HashAlgorithm hash, SignaturePadding padding, std::string_view data,
                std::string_view signature);
tl::expected<std::string, std::string> rsa_encrypt(std::string_view public_key, EncryptionPadding padding,
                                                   std::string_view data);
tl::expected<std::string, std::string> rsa_decrypt(std::string_view private_key, EncryptionPadding padding,
                                                   std::string_view data);
/// Bits of the modulus; 0 when the key is no RSA key.
int rsa_key_bits(std::string_view public_key);

}  // namespace sluice
