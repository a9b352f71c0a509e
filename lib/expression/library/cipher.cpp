// SPDX-License-Identifier: Apache-2.0
// Encrypt and Decrypt of byte[], and SymmetricAlgorithm. CBC with PKCS #7 padding.
#include "expression/objects.hpp"

#include "base/crypto_cipher.hpp"

namespace sluice::expression {
namespace {

constexpr TypeRow types[] = {
    {"SymmetricAlgorithm", "System.Security.Cryptography.SymmetricAlgorithm", TypeKind::reference, "IDisposable"},
    {"Aes", "System.Security.Cryptography.Aes", TypeKind::reference, "SymmetricAlgorithm"},
    {"AesManaged", "System.Security.Cryptography.AesManaged", TypeKind::reference, "Aes"},
    {"AesCryptoServiceProvider", "System.Security.Cryptography.AesCryptoServiceProvider", TypeKind::reference, "Aes"},
    {"Rijndael", "System.Security.Cryptography.Rijndael", TypeKind::reference, "SymmetricAlgorithm"},
    {"RijndaelManaged", "System.Security.Cryptography.RijndaelManaged", TypeKind::reference, "Rijndael"},
    {"TripleDES", "System.Security.Cryptography.TripleDES", TypeKind::reference, "SymmetricAlgorithm"},
    {"ICryptoTransform", "System.Security.Cryptography.ICryptoTransform", TypeKind::reference, "IDisposable"},
    {"RandomNumberGenerator", "System.Security.Cryptography.RandomNumberGenerator", TypeKind::reference, "IDisposable"},
    {"RNGCryptoServiceProvider", "System.Security.Cryptography.RNGCryptoServiceProvider", TypeKind::reference,
     "RandomNumberGenerator"},
};
constexpr EnumRow enums[] = {
    {"CipherMode", "System.Security.Cryptography.CipherMode", "CBC=1 ECB=2 OFB=3 CFB=4 CTS=5"},
    {"PaddingMode", "System.Security.Cryptography.PaddingMode", "None=1 PKCS7=2 Zeros=3 ANSIX923=4 ISO10126=5"},
};

struct CipherObject : Object {
  Cipher cipher;
  std::string_view key, iv;
  bool encrypts;  ///< Of transforms.
};

std::string_view bytes_of(const Value& value) { return static_cast<const BytesObject*>(value.as_object())->view(); }

Value transform(Call& call, Cipher cipher, std::string_view key, std::string_view iv, std::string_view data,
                bool encrypting) {
  if (!call.run.charge(data.size() / 64 + 16)) return {};
  const auto made = encrypting ? encrypt(cipher, key, iv, data) : decrypt(cipher, key, iv, data);
  return made ? make_bytes(call.run, made->data(), made->size()) : call.raise(Fault::cryptographic, made.error());
}

/// Encrypt(data, name or algorithm [, key, iv]).
Value apply(Call& call, bool encrypting) {
  if (call.is_null(0)) return call.null_argument("input");
  if (call.is_null(1)) return call.null_argument("alg");
  const bool named = call[1].is_string();
  const auto cipher = named ? find_cipher(call.text(1)) : std::optional(call.object<CipherObject>(1).cipher);
  if (!cipher)
    return call.raise(Fault::cryptographic,
                      "'" + std::string(call.text(1)) + "' is no known algorithm; use 'Aes' or 'TripleDES'.");
  if (call.count == 2) {
    const auto& algorithm = call.object<CipherObject>(1);
    return transform(call, *cipher, algorithm.key, algorithm.iv, bytes_of(call[0]), encrypting);
  }
  if (call.is_null(2)) return call.null_argument("key");
  if (call.is_null(3)) return call.null_argument("iv");
  return transform(call, *cipher, bytes_of(call[2]), bytes_of(call[3]), bytes_of(call[0]), encrypting);
}
Value encrypt_call(Call& call) { return apply(call, true); }
Value decrypt_call(Call& call) { return apply(call, false); }

CipherObject& self(Call& call) { return call.object<CipherObject>(0); }

std::string_view random_bytes(Call& call, std::size_t count) {
  auto* data = call.run.make_array<std::uint8_t>(count);
  if (data == nullptr) return {};
  for (std::size_t i = 0; i < count; ++i) data[i] = static_cast<std::uint8_t>(call.run.context->services.random.bits());
  return {reinterpret_cast<const char*>(data), count};
}
Value make(Call& call, Cipher cipher, const Type* type) {
  auto* made = call.run.make<CipherObject>();
  if (made == nullptr) return {};
  made->type = type;
  made->cipher = cipher;
  made->key = random_bytes(call, cipher == Cipher::aes ? 32 : 24);
  made->iv = random_bytes(call, block_size(cipher));
  return Value::object(made);
}
Value create(Call& call) {
  const auto cipher = find_cipher(call.result()->full);
  return make(call, cipher.value_or(Cipher::aes), call.result());
}
Value create_named(Call& call) {
  if (call.is_null(0)) return call.null_argument("algName");
  static const Type* aes = read_type("Aes");
  static const Type* triple = read_type("TripleDES");
  const auto cipher = find_cipher(call.text(0));
  // .NET gives null for names it does not know.
  return cipher ? make(call, *cipher, *cipher == Cipher::aes ? aes : triple) : Value();
}
Value get_key(Call& call) { return make_bytes(call.run, self(call).key.data(), self(call).key.size()); }
Value get_iv(Call& call) { return make_bytes(call.run, self(call).iv.data(), self(call).iv.size()); }
Value set_key(Call& call) {
  if (call.is_null(1)) return call.null_argument("value");
  if (!is_key_size(self(call).cipher, bytes_of(call[1]).size()))
    return call.raise(Fault::cryptographic, "Specified key is not a valid size for this algorithm.");
  self(call).key = bytes_of(call[1]);
  return {};
}
Value set_iv(Call& call) {
  if (call.is_null(1)) return call.null_argument("value");
  if (bytes_of(call[1]).size() != block_size(self(call).cipher))
    return call.raise(Fault::cryptographic,
                      "Specified initialization vector (IV) does not match the block size for "
                      "this algorithm.");
  self(call).iv = bytes_of(call[1]);
  return {};
}
Value key_size(Call& call) { return Value::int32(static_cast<std::int32_t>(self(call).key.size() * 8)); }
Value set_key_size(Call& call) {
  const auto size = static_cast<std::size_t>(std::max<std::int64_t>(0, call.integer(1))) / 8;
  if (!is_key_size(self(call).cipher, size))
    return call.raise(Fault::cryptographic, "Specified key is not a valid size for this algorithm.");
  self(call).key = random_bytes(call, size);
  return {};
}
Value bits_of_block(Call& call) { return Value::int32(static_cast<std::int32_t>(block_size(self(call).cipher) * 8)); }
Value mode(Call& call) { return Value::enumeration(*call.result(), 1); }
Value padding(Call& call) { return Value::enumeration(*call.result(), 2); }
Value set_mode(Call& call) {
  return call[1].enum_value() == 1 ? Value() : call.raise(Fault::not_supported, "Only CipherMode.CBC is supported.");
}
Value set_padding(Call& call) {
  return call[1].enum_value() == 2 ? Value() : call.raise(Fault::not_supported, "Only PaddingMode.PKCS7 is supported.");
}
template <bool encrypts>
Value create_transform(Call& call) {
  auto* made = call.run.make<CipherObject>();
  if (made == nullptr) return {};
  *made = self(call);
  made->type = call.result();
  made->encrypts = encrypts;
  if (call.count == 3) {
    if (call.is_null(1) || call.is_null(2)) return call.null_argument("rgbKey");
    made->key = bytes_of(call[1]);
    made->iv = bytes_of(call[2]);
  }
  return Value::object(made);
}
Value transform_final(Call& call) {
  if (call.is_null(1)) return call.null_argument("inputBuffer");
  const std::string_view data = bytes_of(call[1]);
  if (call.integer(2) < 0 || call.integer(3) < 0 ||
      call.integer(2) + call.integer(3) > static_cast<std::int64_t>(data.size()))
    return call.raise(Fault::argument, "Offset and length were out of bounds for the array.");
  const CipherObject& by = self(call);
  return transform(call, by.cipher, by.key, by.iv,
                   data.substr(static_cast<std::size_t>(call.integer(2)), static_cast<std::size_t>(call.integer(3))),
                   by.encrypts);
}
Value random_new(Call& call) { return make_handle(call.run, call.result(), nullptr); }
Value random_fill(Call& call) {
  if (call.is_null(1)) return call.null_argument("data");
  auto& bytes = call.object<BytesObject>(1);
  for (std::uint32_t i = 0; i < bytes.count; ++i)
    bytes.data[i] = static_cast<std::uint8_t>(call.run.context->services.random.bits());
  call.run.charge(bytes.count / 8);
  return {};
}

constexpr Trait changes = Trait::impure;
#define SLUICE_CRYPT(name, function, doc)                                                                              \
  {"static byte[]", name, "(this byte[] input, string alg, byte[] key, byte[] iv)", "byte[]", function, doc, changes}, \
      {"static byte[]", name,     "(this byte[] input, SymmetricAlgorithm alg, byte[] key, byte[] iv)",                \
       "byte[]",        function, doc,                                                                                 \
       changes},                                                                                                       \
  {                                                                                                                    \
    "static byte[]", name, "(this byte[] input, SymmetricAlgorithm alg)", "byte[]", function, doc, changes             \
  }

constexpr MemberRow members[] = {
    SLUICE_CRYPT("Encrypt", encrypt_call, "CBC with PKCS #7 padding; CryptographicException for wrong sizes."),
    SLUICE_CRYPT("Decrypt", decrypt_call, "CBC with PKCS #7 padding; CryptographicException for wrong data."),
    {"static Aes", "Create", "()", "Aes", create, "With a random key.", changes},
    {"static Rijndael", "Create", "()", "Rijndael", create, "With a random key.", changes},
    {"static TripleDES", "Create", "()", "TripleDES", create, "With a random key.", changes},
    {"static SymmetricAlgorithm", "Create", "(string algName)", "SymmetricAlgorithm", create_named,
     "`Aes`, `Rijndael`, `TripleDES`; null for others.", changes},
    {"AesManaged", "new", "()", "AesManaged", create, "With a random key.", changes},
    {"AesCryptoServiceProvider", "new", "()", "AesCryptoServiceProvider", create, "With a random key.", changes},
    {"RijndaelManaged", "new", "()", "RijndaelManaged", create, "With a random key.", changes},
    {"SymmetricAlgorithm", "Key", "", "byte[]", get_key, "The secret key.", changes},
    {"SymmetricAlgorithm", "Key=", "(byte[] value)", "void", set_key, "CryptographicException for a wrong size.",
     changes},
    {"SymmetricAlgorithm", "IV", "", "byte[]", get_iv, "The initialization vector.", changes},
    {"SymmetricAlgorithm", "IV=", "(byte[] value)", "void", set_iv, "CryptographicException for a wrong size.",
     changes},
    {"SymmetricAlgorithm", "KeySize", "", "int", key_size, "In bits.", changes},
    {"SymmetricAlgorithm", "KeySize=", "(int value)", "void", set_key_size, "Makes a new key of so many bits.",
     changes},
    {"SymmetricAlgorithm", "BlockSize", "", "int", bits_of_block, "In bits.", changes},
    {"SymmetricAlgorithm", "Mode", "", "CipherMode", mode, "CBC.", changes},
    {"SymmetricAlgorithm", "Mode=", "(CipherMode value)", "void", set_mode, "CBC only.", changes},
    {"SymmetricAlgorithm", "Padding", "", "PaddingMode", padding, "PKCS7.", changes},
    {"SymmetricAlgorithm", "Padding=", "(PaddingMode value)", "void", set_padding, "PKCS7 only.", changes},
    {"SymmetricAlgorithm", "CreateEncryptor", "()", "ICryptoTransform", create_transform<true>, "", changes},
    {"SymmetricAlgorithm", "CreateEncryptor", "(byte[] rgbKey, byte[] rgbIV)", "ICryptoTransform",
     create_transform<true>, "", changes},
    {"SymmetricAlgorithm", "CreateDecryptor", "()", "ICryptoTransform", create_transform<false>, "", changes},
    {"SymmetricAlgorithm", "CreateDecryptor", "(byte[] rgbKey, byte[] rgbIV)", "ICryptoTransform",
     create_transform<false>, "", changes},
    {"ICryptoTransform", "TransformFinalBlock", "(byte[] inputBuffer, int inputOffset, int inputCount)", "byte[]",
     transform_final, "The whole at once.", changes},
    {"RNGCryptoServiceProvider", "new", "()", "RNGCryptoServiceProvider", random_new, "", changes},
    {"static RandomNumberGenerator", "Create", "()", "RandomNumberGenerator", random_new, "", changes},
    {"RandomNumberGenerator", "GetBytes", "(byte[] data)", "void", random_fill, "Fills the array.", changes},
};
#undef SLUICE_CRYPT

}  // namespace

extern const Family cipher_family{"cipher", "Symmetric encryption.", "System.Security.Cryptography", types, enums,
                                  members};

}  // namespace sluice::expression
