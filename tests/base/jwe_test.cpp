// SPDX-License-Identifier: Apache-2.0
// Vectors: RFC 7516 appendix A.3, RFC 7518 appendix B, RFC 3394 section 4.
#include "base/jwe.hpp"

#include "base/base64url.hpp"
#include "base/crypto_cipher.hpp"
#include "base/crypto_content.hpp"
#include "support/test_keys.hpp"

#include <catch2/catch.hpp>

using namespace sluice;

namespace {

constexpr std::size_t enough = 64 * 1024;

std::string hex(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2)
    bytes += static_cast<char>(std::stoi(std::string(text.substr(i, 2)), nullptr, 16));
  return bytes;
}

std::string opened(std::string_view token, std::vector<DecryptionKey> keys, std::size_t most = enough) {
  Arena arena;
  const auto content = decrypt_token(token, keys, arena, most);
  return content ? std::string(*content) : "refused";
}

/// A128CBC-HS256 with a key that the recipient has (`dir`).
std::string direct_token(std::string_view key, std::string_view content,
                         std::string_view header = R"({"alg":"dir","enc":"A128CBC-HS256"})") {
  const std::string head = encode_base64url(header), iv(16, 'i');
  const std::string data = encrypt(Cipher::aes, key.substr(16), iv, content).value();
  std::string length(8, '\0');
  length[6] = static_cast<char>(head.size() * 8 >> 8), length[7] = static_cast<char>(head.size() * 8 & 0xFF);
  const Digest code = hmac(HashAlgorithm::sha256, key.substr(0, 16), head + iv + data + length);
  return head + ".." + encode_base64url(iv) + "." + encode_base64url(data) + "." +
         encode_base64url(code.view().substr(0, 16));
}

const std::string rfc7516_a3 =
    "eyJhbGciOiJBMTI4S1ciLCJlbmMiOiJBMTI4Q0JDLUhTMjU2In0.6KB707dM9YTIgHtLvtgWQ8mKwboJW3of9locizkDTHzBC2IlrT1oOQ."
    "AxY8DCtDaGlsbGljb3RoZQ.KDlTtXchhZTGufMYmOYGS4HffxPSUrfmqCHXaI9wOGY.U0m_YmjN04DJvceFICbCVQ";
DecryptionKey rfc7516_key() { return {"7", secret_key(decode_base64url("GawgguFyGrWKav7AX4VKUg").value())}; }

}  // namespace

TEST_CASE("the token of RFC 7516 A.3 opens", "[base][jwe]") {
  CHECK(opened(rfc7516_a3, {rfc7516_key()}) == "Live long and prosper.");
  CHECK(opened(rfc7516_a3, {{"x", secret_key(std::string(16, 'x'))}, rfc7516_key()}) == "Live long and prosper.");
  CHECK(opened(rfc7516_a3, {{"x", secret_key(std::string(16, 'x'))}}) == "refused");
  CHECK(opened(rfc7516_a3, {}) == "refused");
}

TEST_CASE("keys wrap as RFC 3394 says", "[base][jwe]") {
  const std::string wrapped = hex("1FA68B0A8112B447AEF34BD8FB5A7B829D3E862371D2CFE5");
  CHECK(unwrap_key(hex("000102030405060708090A0B0C0D0E0F"), wrapped) == hex("00112233445566778899AABBCCDDEEFF"));
  CHECK_FALSE(unwrap_key(hex("000102030405060708090A0B0C0D0E0E"), wrapped));
  CHECK_FALSE(unwrap_key("short", wrapped));
  CHECK_FALSE(unwrap_key(hex("000102030405060708090A0B0C0D0E0F"), wrapped.substr(1)));
}

TEST_CASE("every changed part of an encrypted token is found out", "[base][jwe]") {
  const std::string key(32, 'k');
  const std::string token = direct_token(key, "content");
  REQUIRE(opened(token, {{"", secret_key(key)}}) == "content");
  for (std::size_t i = 0; i < token.size(); ++i) {
    if (token[i] == '.') continue;
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    CHECK(opened(changed, {{"", secret_key(key)}}) == "refused");
  }
}

TEST_CASE("an encrypted token that is compressed, critical, too long or of an unknown kind is refused (J3)",
          "[base][jwe]") {
  const std::string key(32, 'k');
  const std::vector<DecryptionKey> keys{{"", secret_key(key)}};
  for (const char* const header :
       {R"({"alg":"dir","enc":"A128CBC-HS256","zip":"DEF"})", R"({"alg":"dir","enc":"A128CBC-HS256","crit":["exp"]})",
        R"({"alg":"dir"})", R"({"alg":"dir","enc":"A128CBC"})", R"({"alg":"RSA1_5","enc":"A128CBC-HS256"})",
        R"({"alg":"none","enc":"A128CBC-HS256"})", R"({"alg":"dir","alg":"dir","enc":"A128CBC-HS256"})"}) {
    CHECK(opened(direct_token(key, "content", header), keys) == "refused");
  }
  const std::string token = direct_token(key, "content");
  CHECK(opened(token, keys, token.size()) == "content");
  CHECK(opened(token, keys, token.size() - 1) == "refused");
  CHECK(opened(token + ".", keys) == "refused");
  CHECK(opened(direct_token(key, "content", R"({"alg":"dir","enc":"A256CBC-HS512"})"), keys) == "refused");
}

TEST_CASE("keys with the token's id are tried first, others too", "[base][jwe]") {
  const std::string key(32, 'k');
  const std::string token = direct_token(key, "content", R"({"alg":"dir","enc":"A128CBC-HS256","kid":"b"})");
  CHECK(opened(token, {{"a", secret_key(std::string(32, 'x'))}, {"b", secret_key(key)}}) == "content");
  CHECK(opened(token, {{"b", secret_key(std::string(32, 'x'))}, {"a", secret_key(key)}}) == "content");
}

TEST_CASE("a private RSA key opens what was encrypted for it, with the hash that the header names", "[base][jwe]") {
  const test::RsaKey rsa;
  const DecryptionKey key{"", private_key_of_der(rsa.private_der()).value()};
  const std::string content_key(32, 'k');
  const std::pair<const char*, EncryptionPadding> rows[] = {{"RSA-OAEP", EncryptionPadding::oaep_sha1},
                                                            {"RSA-OAEP-256", EncryptionPadding::oaep_sha256},
                                                            {"RSA-OAEP-512", EncryptionPadding::oaep_sha512}};
  for (const auto& [name, padding] : rows) {
    const std::string carried = rsa_encrypt(rsa.public_der(), padding, content_key).value();
    std::string token =
        direct_token(content_key, "content", "{\"alg\":\"" + std::string(name) + "\",\"enc\":\"A128CBC-HS256\"}");
    token.insert(token.find('.') + 1, encode_base64url(carried));
    CHECK(opened(token, {key}) == "content");
    CHECK(opened(token, {{"", public_key_of_der(rsa.public_der()).value()}}) == "refused");
    CHECK(opened(token, {{"", private_key_of_der(test::RsaKey().private_der()).value()}}) == "refused");
  }
}

TEST_CASE("contents in GCM open when they are authentic", "[base][jwe]") {
  // NIST GCM test case 4, with a key of 16 bytes.
  const std::string key = hex("feffe9928665731c6d6a8f9467308308"), iv = hex("cafebabefacedbaddecaf888");
  const std::string data = hex(
      "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac97"
      "3d58e091");
  const std::string tag = hex("5bc94fbc3221a5db94fae95ae7121a47"),
                    associated = hex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
  const auto plain = open_gcm(key, {iv, data, tag, associated});
  REQUIRE(plain);
  CHECK(plain->substr(0, 4) == hex("d9313225"));
  CHECK_FALSE(open_gcm(key, {iv, data, tag, "other"}));
  CHECK_FALSE(open_gcm(key, {iv, data, tag.substr(0, 12), associated}));
  CHECK_FALSE(open_gcm(key, {iv.substr(1), data, tag, associated}));
}
