// SPDX-License-Identifier: Apache-2.0
// X509Certificate2 and RSA: the caller's certificate, those of the service, and what they sign.
#include "expression/library/certificate.hpp"
#include "expression/temporal.hpp"

#include "base/crypto_certificate.hpp"
#include "base/hexadecimal.hpp"
#include "base/text.hpp"

namespace sluice::expression {
namespace {

constexpr TypeRow types[] = {
    {"X509Certificate", "System.Security.Cryptography.X509Certificates.X509Certificate"},
    {"X509Certificate2", "System.Security.Cryptography.X509Certificates.X509Certificate2", TypeKind::reference,
     "X509Certificate;IDisposable"},
    {"X500DistinguishedName", "System.Security.Cryptography.X509Certificates.X500DistinguishedName"},
    {"Oid", "System.Security.Cryptography.Oid"},
    {"AsymmetricAlgorithm", "System.Security.Cryptography.AsymmetricAlgorithm", TypeKind::reference, "IDisposable"},
    {"RSA", "System.Security.Cryptography.RSA", TypeKind::reference, "AsymmetricAlgorithm"},
    {"HashAlgorithmName", "System.Security.Cryptography.HashAlgorithmName", TypeKind::reference, "", true},
    {"RSASignaturePadding", "System.Security.Cryptography.RSASignaturePadding", TypeKind::reference, "", true},
    {"RSAEncryptionPadding", "System.Security.Cryptography.RSAEncryptionPadding", TypeKind::reference, "", true},
    {"RSACertificateExtensions", "System.Security.Cryptography.X509Certificates.RSACertificateExtensions",
     TypeKind::static_class},
};
constexpr EnumRow enums[] = {
    {"X509NameType", "System.Security.Cryptography.X509Certificates.X509NameType",
     "SimpleName=0 EmailName=1 UpnName=2 DnsName=3 DnsFromAlternativeName=4 UrlName=5"},
    {"X509ContentType", "System.Security.Cryptography.X509Certificates.X509ContentType",
     "Unknown=0 Cert=1 SerializedCert=2 Pfx=3 SerializedStore=4 Pkcs7=5 Authenticode=6"},
};

struct CertificateObject : Object {
  const CertificateInfo* info;
};
struct RsaObject : Object {
  std::string_view public_key, private_key;
};

const CertificateInfo& self(Call& call) { return *call.object<CertificateObject>(0).info; }
Value bytes(Call& call, std::string_view data) { return make_bytes(call.run, data.data(), data.size()); }
Value date(std::int64_t seconds) { return Value::date_time(unix_epoch_ticks + seconds * ticks_per_second, local_kind); }
std::string_view view(Call& call, std::size_t i) { return call.object<BytesObject>(i).view(); }

Value certificate_new(Call& call) {
  if (call.is_null(0)) return call.null_argument("rawData");
  const std::string_view password = call.count > 1 && !call.is_null(1) ? call.text(1) : std::string_view();
  auto info = read_certificate(view(call, 0), password);
  if (!info) return call.raise(Fault::cryptographic, info.error());
  return make_certificate(call.run, std::move(*info));
}
Value subject(Call& call) { return Value::string(self(call).subject); }
Value issuer(Call& call) { return Value::string(self(call).issuer); }
Value thumbprint(Call& call) { return Value::string(self(call).thumbprint); }
Value serial(Call& call) { return Value::string(self(call).serial_number); }
Value version(Call& call) { return Value::int32(self(call).version); }
Value not_before(Call& call) { return date(self(call).not_before); }
Value not_after(Call& call) { return date(self(call).not_after); }
Value date_text(Call& call, std::int64_t seconds) {
  return call.run.text_view(format_value(call.run, date(seconds), "G"));
}
Value effective_text(Call& call) { return date_text(call, self(call).not_before); }
Value expiration_text(Call& call) { return date_text(call, self(call).not_after); }
Value raw(Call& call) { return bytes(call, self(call).der); }
Value public_key(Call& call) { return bytes(call, self(call).public_key_bytes); }
Value hexadecimal(Call& call, std::string_view data) { return call.text_result(to_hexadecimal(data)); }
Value public_key_text(Call& call) { return hexadecimal(call, self(call).public_key_bytes); }
Value raw_text(Call& call) { return hexadecimal(call, self(call).der); }
Value hash_bytes(Call& call) { return bytes(call, digest(HashAlgorithm::sha1, self(call).der).view()); }
Value has_private_key(Call& call) { return Value::boolean(!self(call).private_key.empty()); }
Value friendly_name(Call&) { return Value::string(""); }
Value name_info(Call& call) {
  constexpr std::int32_t dns = 3, alternative_dns = 4, simple = 0;
  const std::int32_t wanted = call[1].enum_value();
  if (call.boolean(2)) return Value::string(self(call).issuer);
  if (wanted == dns || wanted == alternative_dns) return Value::string(self(call).dns_name);
  return Value::string(wanted == simple ? std::string_view(self(call).simple_name) : std::string_view());
}
Value verify(Call& call) {
  const auto now = call.run.context->services.clock.now().time_since_epoch();
  return Value::boolean(verify_certificate(self(call), std::chrono::duration_cast<std::chrono::seconds>(now).count()));
}
Value certificate_text(Call& call) {
  const CertificateInfo& of = self(call);
  return call.text_result(
      "[Subject]\n  " + of.subject + "\n\n[Issuer]\n  " + of.issuer + "\n\n[Serial Number]\n  " + of.serial_number +
      "\n\n[Not Before]\n  " + std::string(format_value(call.run, date(of.not_before), "G")) + "\n\n[Not After]\n  " +
      std::string(format_value(call.run, date(of.not_after), "G")) + "\n\n[Thumbprint]\n  " + of.thumbprint + "\n");
}

/// Names and identifiers: a text, wrapped.
Value wrapped(Call& call, std::string_view text) {
  auto* made = call.run.make<TextObject>();
  if (made == nullptr) return {};
  made->type = call.result();
  made->text = text;
  return Value::object(made);
}
Value subject_name(Call& call) { return wrapped(call, self(call).subject); }
Value issuer_name(Call& call) { return wrapped(call, self(call).issuer); }
Value signature_algorithm(Call& call) { return wrapped(call, self(call).signature_algorithm); }
Value key_algorithm(Call&) { return Value::string("1.2.840.113549.1.1.1"); }
Value wrapped_text(Call& call) { return Value::string(call.object<TextObject>(0).text); }
Value oid_new(Call& call) { return call.is_null(0) ? call.null_argument("oid") : wrapped(call, call.text(0)); }
Value oid_name(Call& call) {
  static constexpr std::pair<std::string_view, std::string_view> names[] = {{"1.2.840.113549.1.1.1", "RSA"},
                                                                            {"1.2.840.113549.1.1.4", "md5RSA"},
                                                                            {"1.2.840.113549.1.1.5", "sha1RSA"},
                                                                            {"1.2.840.113549.1.1.10", "RSASSA-PSS"},
                                                                            {"1.2.840.113549.1.1.11", "sha256RSA"},
                                                                            {"1.2.840.113549.1.1.12", "sha384RSA"},
                                                                            {"1.2.840.113549.1.1.13", "sha512RSA"},
                                                                            {"1.2.840.10045.4.1", "sha1ECDSA"},
                                                                            {"1.2.840.10045.4.3.2", "sha256ECDSA"},
                                                                            {"1.2.840.10045.4.3.3", "sha384ECDSA"},
                                                                            {"1.2.840.10045.4.3.4", "sha512ECDSA"},
                                                                            {"1.3.101.112", "Ed25519"},
                                                                            {"1.3.14.3.2.26", "sha1"},
                                                                            {"2.16.840.1.101.3.4.2.1", "sha256"},
                                                                            {"2.5.4.3", "CN"},
                                                                            {"1.2.840.10045.2.1", "ECC"}};
  for (const auto& [number, name] : names) {
    if (number == call.object<TextObject>(0).text) return Value::string(name);
  }
  return {};
}

// RSA
Value rsa_object(Call& call, bool with_private_key) {
  if (call.is_null(0)) return call.null_argument("certificate");
  if (rsa_key_bits(self(call).public_key) == 0 || (with_private_key && self(call).private_key.empty())) return {};
  auto* made = call.run.make<RsaObject>();
  if (made == nullptr) return {};
  made->type = call.result();
  made->public_key = self(call).public_key;
  if (with_private_key) made->private_key = self(call).private_key;
  return Value::object(made);
}
Value rsa_public(Call& call) { return rsa_object(call, false); }
Value rsa_private(Call& call) { return rsa_object(call, true); }
const RsaObject& rsa(Call& call) { return call.object<RsaObject>(0); }

std::optional<HashAlgorithm> hash_named(std::string_view name) {
  static constexpr std::pair<std::string_view, HashAlgorithm> names[] = {{"MD5", HashAlgorithm::md5},
                                                                         {"SHA1", HashAlgorithm::sha1},
                                                                         {"SHA256", HashAlgorithm::sha256},
                                                                         {"SHA384", HashAlgorithm::sha384},
                                                                         {"SHA512", HashAlgorithm::sha512}};
  for (const auto& [known, algorithm] : names) {
    if (known == name) return algorithm;
  }
  return std::nullopt;
}
Value crypto_result(Call& call, const tl::expected<std::string, std::string>& made) {
  return made ? bytes(call, *made) : call.raise(Fault::cryptographic, made.error());
}
/// Private keys cost a thousand times what other calls do.
constexpr std::uint64_t private_key_steps = 20'000, public_key_steps = 1'000;

/// Hash and padding of SignData and VerifyData: the last two arguments.
bool read_scheme(Call& call, HashAlgorithm& hash, SignaturePadding& padding) {
  for (std::uint32_t i = 1; i < call.count; ++i) {
    if (!call.is_null(i)) continue;
    call.null_argument(call.site->member->parameters[i - 1].name);
    return false;
  }
  const auto found = hash_named(call.object<TextObject>(call.count - 2).text);
  if (!found) {
    call.raise(Fault::cryptographic, "The hash algorithm is not known.");
    return false;
  }
  hash = *found;
  padding = call.object<TextObject>(call.count - 1).text == "Pss" ? SignaturePadding::pss : SignaturePadding::pkcs1;
  return true;
}
Value sign(Call& call) {
  HashAlgorithm hash{};
  SignaturePadding padding{};
  if (!read_scheme(call, hash, padding) || !call.run.charge(private_key_steps)) return {};
  return crypto_result(call, rsa_sign(rsa(call).private_key, hash, padding, view(call, 1)));
}
Value verify_data(Call& call) {
  HashAlgorithm hash{};
  SignaturePadding padding{};
  if (!read_scheme(call, hash, padding) || !call.run.charge(public_key_steps)) return {};
  return Value::boolean(rsa_verify(rsa(call).public_key, hash, padding, view(call, 1), view(call, 2)));
}
EncryptionPadding padding_named(std::string_view name) {
  static constexpr std::string_view names[] = {"Pkcs1", "OaepSHA1", "OaepSHA256", "OaepSHA384", "OaepSHA512"};
  for (std::size_t i = 0; i < std::size(names); ++i) {
    if (names[i] == name) return static_cast<EncryptionPadding>(i);
  }
  return EncryptionPadding::pkcs1;
}
template <bool encrypting>
Value crypt(Call& call) {
  if (call.is_null(1)) return call.null_argument("data");
  if (call.is_null(2)) return call.null_argument("padding");
  if (!call.run.charge(encrypting ? public_key_steps : private_key_steps)) return {};
  const EncryptionPadding padding = padding_named(call.object<TextObject>(2).text);
  return crypto_result(call, encrypting ? rsa_encrypt(rsa(call).public_key, padding, view(call, 1))
                                        : rsa_decrypt(rsa(call).private_key, padding, view(call, 1)));
}
Value rsa_key_size(Call& call) { return Value::int32(rsa_key_bits(rsa(call).public_key)); }
/// A static property whose value is called as the property is.
Value named_constant(Call& call) { return wrapped(call, call.site->member->name); }

constexpr Trait changes = Trait::impure;
constexpr MemberRow members[] = {
    {"X509Certificate2", "new", "(byte[] rawData)", "X509Certificate2", certificate_new, "DER, PEM or PKCS #12.",
     changes},
    {"X509Certificate2", "new", "(byte[] rawData, string password)", "X509Certificate2", certificate_new,
     "PKCS #12 with its password.", changes},
    {"X509Certificate", "Subject", "", "string", subject, "`CN=a, O=b`.", changes},
    {"X509Certificate", "Issuer", "", "string", issuer, "`CN=a, O=b`.", changes},
    {"X509Certificate2", "Thumbprint", "", "string", thumbprint, "SHA-1, in upper case.", changes},
    {"X509Certificate2", "SerialNumber", "", "string", serial, "Hexadecimal, in upper case.", changes},
    {"X509Certificate2", "Version", "", "int", version, "1 to 3.", changes},
    {"X509Certificate2", "NotBefore", "", "DateTime", not_before, "Local time, which is UTC.", changes},
    {"X509Certificate2", "NotAfter", "", "DateTime", not_after, "Local time, which is UTC.", changes},
    {"X509Certificate2", "RawData", "", "byte[]", raw, "DER.", changes},
    {"X509Certificate2", "HasPrivateKey", "", "bool", has_private_key, "Whether it can sign.", changes},
    {"X509Certificate2", "FriendlyName", "", "string", friendly_name, "Empty.", changes},
    {"X509Certificate2", "SubjectName", "", "X500DistinguishedName", subject_name, "The subject.", changes},
    {"X509Certificate2", "IssuerName", "", "X500DistinguishedName", issuer_name, "The issuer.", changes},
    {"X509Certificate2", "SignatureAlgorithm", "", "Oid", signature_algorithm, "How it was signed.", changes},
    {"X509Certificate2", "GetNameInfo", "(X509NameType nameType, bool forIssuer)", "string", name_info,
     "A part of the name.", changes},
    {"X509Certificate2", "Verify", "()", "bool", verify, "Valid now and from a trusted root; no revocation check.",
     changes},
    {"X509Certificate2", "VerifyNoRevocation", "()", "bool", verify, "Valid now and from a trusted root.", changes},
    {"X509Certificate", "GetCertHash", "()", "byte[]", hash_bytes, "SHA-1.", changes},
    {"X509Certificate", "GetCertHashString", "()", "string", thumbprint, "SHA-1, in upper case.", changes},
    {"X509Certificate", "GetSerialNumberString", "()", "string", serial, "Hexadecimal, in upper case.", changes},
    {"X509Certificate", "GetPublicKey", "()", "byte[]", public_key, "The key alone.", changes},
    {"X509Certificate", "GetPublicKeyString", "()", "string", public_key_text, "Hexadecimal.", changes},
    {"X509Certificate", "GetRawCertData", "()", "byte[]", raw, "DER.", changes},
    {"X509Certificate", "GetRawCertDataString", "()", "string", raw_text, "Hexadecimal.", changes},
    {"X509Certificate", "GetEffectiveDateString", "()", "string", effective_text, "NotBefore.", changes},
    {"X509Certificate", "GetExpirationDateString", "()", "string", expiration_text, "NotAfter.", changes},
    {"X509Certificate", "GetKeyAlgorithm", "()", "string", key_algorithm, "An object identifier.", changes},
    {"X509Certificate", "ToString", "()", "string", certificate_text, "Subject, issuer, dates, thumbprint.", changes},
    {"X500DistinguishedName", "Name", "", "string", wrapped_text, "`CN=a, O=b`.", changes},
    {"Oid", "new", "(string oid)", "Oid", oid_new, "", changes},
    {"Oid", "Value", "", "string", wrapped_text, "`1.2.840.113549.1.1.11`.", changes},
    {"Oid", "FriendlyName", "", "string", oid_name, "`sha256RSA`; null when unknown.", changes},
    {"static RSACertificateExtensions", "GetRSAPublicKey", "(this X509Certificate2 certificate)", "RSA", rsa_public,
     "Null for other keys.", changes},
    {"static RSACertificateExtensions", "GetRSAPrivateKey", "(this X509Certificate2 certificate)", "RSA", rsa_private,
     "Null without a private key.", changes},
    {"RSA", "SignData", "(byte[] data, HashAlgorithmName hashAlgorithm, RSASignaturePadding padding)", "byte[]", sign,
     "CryptographicException without a private key.", changes},
    {"RSA", "VerifyData",
     "(byte[] data, byte[] signature, HashAlgorithmName hashAlgorithm, RSASignaturePadding padding)", "bool",
     verify_data, "Whether the signature is of this key.", changes},
    {"RSA", "Encrypt", "(byte[] data, RSAEncryptionPadding padding)", "byte[]", crypt<true>, "", changes},
    {"RSA", "Decrypt", "(byte[] data, RSAEncryptionPadding padding)", "byte[]", crypt<false>,
     "CryptographicException for what the key cannot open.", changes},
    {"RSA", "KeySize", "", "int", rsa_key_size, "In bits.", changes},
    {"static HashAlgorithmName", "MD5", "", "HashAlgorithmName", named_constant},
    {"static HashAlgorithmName", "SHA1", "", "HashAlgorithmName", named_constant},
    {"static HashAlgorithmName", "SHA256", "", "HashAlgorithmName", named_constant},
    {"static HashAlgorithmName", "SHA384", "", "HashAlgorithmName", named_constant},
    {"static HashAlgorithmName", "SHA512", "", "HashAlgorithmName", named_constant},
    {"HashAlgorithmName", "Name", "", "string", wrapped_text},
    {"HashAlgorithmName", "ToString", "()", "string", wrapped_text},
    {"static RSASignaturePadding", "Pkcs1", "", "RSASignaturePadding", named_constant},
    {"static RSASignaturePadding", "Pss", "", "RSASignaturePadding", named_constant},
    {"RSASignaturePadding", "ToString", "()", "string", wrapped_text},
    {"static RSAEncryptionPadding", "Pkcs1", "", "RSAEncryptionPadding", named_constant},
    {"static RSAEncryptionPadding", "OaepSHA1", "", "RSAEncryptionPadding", named_constant},
    {"static RSAEncryptionPadding", "OaepSHA256", "", "RSAEncryptionPadding", named_constant},
    {"static RSAEncryptionPadding", "OaepSHA384", "", "RSAEncryptionPadding", named_constant},
    {"static RSAEncryptionPadding", "OaepSHA512", "", "RSAEncryptionPadding", named_constant},
    {"RSAEncryptionPadding", "ToString", "()", "string", wrapped_text},
};

}  // namespace

Value make_certificate(Evaluation& run, CertificateInfo info) {
  static const Type* type = read_type("X509Certificate2");
  auto* made = run.make<CertificateObject>();
  if (made == nullptr) return {};
  made->type = type;
  made->info = run.arena.make<CertificateInfo>(std::move(info));
  return Value::object(made);
}

extern const Family certificate_family{
    "certificate", "Certificates and RSA.", "System.Security.Cryptography.X509Certificates", types, enums, members};

}  // namespace sluice::expression
