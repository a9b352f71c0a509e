// SPDX-License-Identifier: Apache-2.0
#include "base/crypto_certificate.hpp"

#include "base/crypto_digest.hpp"
#include "base/crypto_pkcs12.hpp"
#include "base/crypto_x509.hpp"
#include "base/hexadecimal.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <ctime>
#include <memory>

namespace sluice {
namespace {

using Failure = tl::unexpected<std::string>;

using namespace x509;
using Key = Held<EVP_PKEY, EVP_PKEY_free>;
using KeyContext = Held<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using DigestContext = Held<EVP_MD_CTX, EVP_MD_CTX_free>;
using Pkcs12 = Held<PKCS12, PKCS12_free>;

/// Abbreviations of .NET where they are not OpenSSL's.
std::string name_of(const ASN1_OBJECT* object) {
  switch (OBJ_obj2nid(object)) {
    case NID_stateOrProvinceName: return "S";
    case NID_pkcs9_emailAddress: return "E";
    case NID_streetAddress: return "STREET";
    case NID_givenName: return "G";
    case NID_title: return "T";
    case NID_serialNumber: return "SERIALNUMBER";
    case NID_commonName:
    case NID_organizationName:
    case NID_organizationalUnitName:
    case NID_countryName:
    case NID_localityName:
    case NID_surname:
    case NID_domainComponent:
    case NID_initials: return OBJ_nid2sn(OBJ_obj2nid(object));
    default: break;
  }
  char number[128];
  OBJ_obj2txt(number, sizeof number, object, 1);
  return std::string("OID.") + number;
}
std::string text_of(const ASN1_STRING* text) {
  unsigned char* data = nullptr;
  const int size = ASN1_STRING_to_UTF8(&data, text);
  std::string made = size > 0 ? std::string(reinterpret_cast<char*>(data), static_cast<std::size_t>(size)) : "";
  OPENSSL_free(data);
  return made;
}
std::string quoted(const std::string& value) {
  const bool plain = value.find_first_of(",+=\"\n<>#;") == std::string::npos && !value.empty() &&
                     value.front() != ' ' && value.back() != ' ';
  if (plain) return value;
  std::string made = "\"";
  for (const char c : value) made += c == '"' ? std::string("\"\"") : std::string(1, c);
  return made + "\"";
}
std::string name_text(const X509_NAME* name) {
  std::string made;
  for (int i = X509_NAME_entry_count(name) - 1; i >= 0; --i) {
    const X509_NAME_ENTRY* entry = X509_NAME_get_entry(name, i);
    if (!made.empty()) made += ", ";
    made += name_of(X509_NAME_ENTRY_get_object(entry)) + "=" + quoted(text_of(X509_NAME_ENTRY_get_data(entry)));
  }
  return made;
}
std::string common_name(const X509_NAME* name) {
  const int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
  return at < 0 ? std::string() : text_of(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
}
std::vector<std::string> alternative_names(const X509* certificate) {
  auto* names = static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  std::vector<std::string> found;
  for (int i = 0; names != nullptr && i < sk_GENERAL_NAME_num(names); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names, i);
    if (name->type == GEN_DNS) found.push_back(text_of(name->d.dNSName));
  }
  GENERAL_NAMES_free(names);
  return found;
}
std::int64_t seconds_of(const ASN1_TIME* time) {
  std::tm parts{};
  return ASN1_TIME_to_tm(time, &parts) == 1 ? static_cast<std::int64_t>(timegm(&parts)) : 0;
}

CertificateInfo describe(X509* certificate, EVP_PKEY* key) {
  CertificateInfo info;
  info.der = encoded(certificate, i2d_X509);
  if (key != nullptr) info.private_key = encoded(key, i2d_PrivateKey);
  info.subject = name_text(X509_get_subject_name(certificate));
  info.issuer = name_text(X509_get_issuer_name(certificate));
  info.thumbprint = to_hexadecimal(digest(HashAlgorithm::sha1, info.der).view());
  const ASN1_INTEGER* serial = X509_get0_serialNumber(certificate);
  info.serial_number = to_hexadecimal({reinterpret_cast<const char*>(ASN1_STRING_get0_data(serial)),
                                       static_cast<std::size_t>(ASN1_STRING_length(serial))});
  info.not_before = seconds_of(X509_get0_notBefore(certificate));
  info.not_after = seconds_of(X509_get0_notAfter(certificate));
  info.version = static_cast<int>(X509_get_version(certificate)) + 1;
  const X509_ALGOR* algorithm = X509_get0_tbs_sigalg(certificate);
  char number[128];
  OBJ_obj2txt(number, sizeof number, algorithm->algorithm, 1);
  info.signature_algorithm = number;
  if (const EVP_PKEY* public_key = X509_get0_pubkey(certificate))
    info.public_key = encoded(public_key, [](const EVP_PKEY* of, unsigned char** to) { return i2d_PUBKEY(of, to); });
  if (const ASN1_BIT_STRING* raw = X509_get0_pubkey_bitstr(certificate))
    info.public_key_bytes.assign(reinterpret_cast<const char*>(ASN1_STRING_get0_data(raw)),
                                 static_cast<std::size_t>(ASN1_STRING_length(raw)));
  info.simple_name = common_name(X509_get_subject_name(certificate));
  info.dns_names = alternative_names(certificate);
  info.dns_name = info.dns_names.empty() ? info.simple_name : info.dns_names.front();
  return info;
}

Key private_key_of(std::string_view der) {
  const unsigned char* at = bytes(der);
  return Key(d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(der.size())));
}
Key public_key_of(std::string_view der) {
  const unsigned char* at = bytes(der);
  return Key(d2i_PUBKEY(nullptr, &at, static_cast<long>(der.size())));
}

bool set_padding(EVP_PKEY_CTX* context, SignaturePadding padding) {
  if (padding == SignaturePadding::pkcs1) return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1;
  return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
}
bool set_padding(EVP_PKEY_CTX* context, EncryptionPadding padding) {
  if (padding == EncryptionPadding::pkcs1) return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1;
  static constexpr HashAlgorithm hashes[] = {HashAlgorithm::sha1, HashAlgorithm::sha1, HashAlgorithm::sha256,
                                             HashAlgorithm::sha384, HashAlgorithm::sha512};
  return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) == 1 &&
         EVP_PKEY_CTX_set_rsa_oaep_md(context, digest_of(hashes[static_cast<std::size_t>(padding)])) == 1;
}

using Start = int (*)(EVP_PKEY_CTX*);
using Transform = int (*)(EVP_PKEY_CTX*, unsigned char*, std::size_t*, const unsigned char*, std::size_t);
tl::expected<std::string, std::string> transform(const Key& key, EncryptionPadding padding, std::string_view data,
                                                 Start start, Transform step) {
  const ErrorsStayHere guard;
  const KeyContext context(key == nullptr ? nullptr : EVP_PKEY_CTX_new(key.get(), nullptr));
  std::size_t size = 0;
  if (context == nullptr || start(context.get()) != 1 || !set_padding(context.get(), padding) ||
      step(context.get(), nullptr, &size, bytes(data), data.size()) != 1) {
    return Failure("The key or the data does not fit the padding.");
  }
  std::string made(size, '\0');
  if (step(context.get(), reinterpret_cast<unsigned char*>(made.data()), &size, bytes(data), data.size()) != 1)
    return Failure("The parameter is incorrect.");
  made.resize(size);
  return made;
}

}  // namespace

tl::expected<CertificateInfo, std::string> read_certificate(std::string_view given, std::string_view password) {
  const ErrorsStayHere guard;
  const unsigned char* at = bytes(given);
  const auto size = static_cast<long>(given.size());
  if (const Certificate der(d2i_X509(nullptr, &at, size)); der != nullptr) return describe(der.get(), nullptr);
  const Memory memory(BIO_new_mem_buf(given.data(), static_cast<int>(given.size())));
  if (given.find("-----BEGIN CERTIFICATE") != std::string_view::npos) {
    const Certificate pem(PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr));
    if (pem != nullptr) return describe(pem.get(), nullptr);
  }
  at = bytes(given);
  const Pkcs12 store(d2i_PKCS12(nullptr, &at, size));
  if (store == nullptr) return Failure("Cannot find the requested object.");
  if (!is_worth_opening(*store, std::string(password))) return Failure("The file takes too much work to open.");
  EVP_PKEY* key = nullptr;
  X509* certificate = nullptr;
  if (PKCS12_parse(store.get(), std::string(password).c_str(), &key, &certificate, nullptr) != 1)
    return Failure("The specified network password is not correct.");
  const Key held_key(key);
  const Certificate held(certificate);
  if (held == nullptr) return Failure("Cannot find the requested object.");
  return describe(held.get(), held_key.get());
}

tl::expected<CertificatePem, std::string> certificate_pem(std::string_view given, std::string_view password) {
  const ErrorsStayHere guard;
  if (given.find("-----BEGIN CERTIFICATE") != std::string_view::npos) {
    if (given.find("PRIVATE KEY-----") == std::string_view::npos) return Failure("has no private key");
    return CertificatePem{std::string(given), std::string(given)};
  }
  const unsigned char* at = bytes(given);
  const auto size = static_cast<long>(given.size());
  const Pkcs12 store(d2i_PKCS12(nullptr, &at, size));
  EVP_PKEY* key = nullptr;
  X509* certificate = nullptr;
  STACK_OF(X509)* issuers = nullptr;
  if (store == nullptr) return Failure("cannot be read");
  if (!is_worth_opening(*store, std::string(password))) return Failure("takes too much work to open");
  if (PKCS12_parse(store.get(), std::string(password).c_str(), &key, &certificate, &issuers) != 1)
    return Failure("cannot be read");
  const Key held_key(key);
  const Certificate held(certificate);
  const Memory chain(BIO_new(BIO_s_mem())), secret(BIO_new(BIO_s_secmem()));
  bool good = held != nullptr && held_key != nullptr && PEM_write_bio_X509(chain.get(), certificate) == 1 &&
              PEM_write_bio_PKCS8PrivateKey(secret.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1;
  for (int i = 0; good && i < sk_X509_num(issuers); ++i)
    good = PEM_write_bio_X509(chain.get(), sk_X509_value(issuers, i)) == 1;
  sk_X509_pop_free(issuers, X509_free);
  if (!good) return Failure("has no private key");
  const auto text_in = [](BIO* memory) {
    char* data = nullptr;
    const long count = BIO_get_mem_data(memory, &data);
    return std::string(data, static_cast<std::size_t>(count));
  };
  return CertificatePem{text_in(chain.get()), text_in(secret.get())};
}

bool verify_certificate(const CertificateInfo& certificate, std::int64_t now) {
  const ErrorsStayHere guard;
  const Certificate leaf = read_der(certificate.der);
  const Store store(X509_STORE_new());
  const Verification context(X509_STORE_CTX_new());
  if (leaf == nullptr || store == nullptr || context == nullptr) return false;
  X509_STORE_set_default_paths(store.get());
  if (X509_STORE_CTX_init(context.get(), store.get(), leaf.get(), nullptr) != 1) return false;
  X509_STORE_CTX_set_time(context.get(), 0, static_cast<std::time_t>(now));
  return X509_verify_cert(context.get()) == 1;
}

tl::expected<std::string, std::string> rsa_sign(std::string_view private_key, HashAlgorithm hash,
                                                SignaturePadding padding, std::string_view data) {
  const ErrorsStayHere guard;
  const Key key = private_key_of(private_key);
  const DigestContext context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* settings = nullptr;
  std::size_t size = 0;
  if (key == nullptr || EVP_PKEY_base_id(key.get()) != EVP_PKEY_RSA) return Failure("There is no private RSA key.");
  if (EVP_DigestSignInit(context.get(), &settings, digest_of(hash), nullptr, key.get()) != 1 ||
      !set_padding(settings, padding) || EVP_DigestSign(context.get(), nullptr, &size, bytes(data), data.size()) != 1) {
    return Failure("The data cannot be signed with this key.");
  }
  std::string made(size, '\0');
  if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(made.data()), &size, bytes(data), data.size()) !=
      1)
    return Failure("The data cannot be signed with this key.");
  made.resize(size);
  return made;
}

bool rsa_verify(std::string_view public_key, HashAlgorithm hash, SignaturePadding padding, std::string_view data,
                std::string_view signature) {
  const ErrorsStayHere guard;
  const Key key = public_key_of(public_key);
  const DigestContext context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* settings = nullptr;
  return key != nullptr && EVP_DigestVerifyInit(context.get(), &settings, digest_of(hash), nullptr, key.get()) == 1 &&
         set_padding(settings, padding) &&
         EVP_DigestVerify(context.get(), bytes(signature), signature.size(), bytes(data), data.size()) == 1;
}

tl::expected<std::string, std::string> rsa_encrypt(std::string_view public_key, EncryptionPadding padding,
                                                   std::string_view data) {
  return transform(public_key_of(public_key), padding, data, EVP_PKEY_encrypt_init, EVP_PKEY_encrypt);
}
tl::expected<std::string, std::string> rsa_decrypt(std::string_view private_key, EncryptionPadding padding,
                                                   std::string_view data) {
  return transform(private_key_of(private_key), padding, data, EVP_PKEY_decrypt_init, EVP_PKEY_decrypt);
}

int rsa_key_bits(std::string_view public_key) {
  const ErrorsStayHere guard;
  const Key key = public_key_of(public_key);
  return key == nullptr || EVP_PKEY_base_id(key.get()) != EVP_PKEY_RSA ? 0 : EVP_PKEY_bits(key.get());
}

}  // namespace sluice
