// SPDX-License-Identifier: Apache-2.0
// Vectors: RFC 7515 appendix A, RFC 8037 appendix A.
#include "base/jws.hpp"

#include "base/jwk.hpp"
#include "support/test_keys.hpp"

#include <catch2/catch.hpp>

using namespace sluice;

namespace {

struct Vector {
  const char* name;
  const char* key;
  JwsAlgorithm algorithm;
  const char* signed_text;
  const char* signature;
};

const Vector vectors[] = {
    {"RFC 7515 A.1",
     R"({"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"})",
     JwsAlgorithm::hs256,
     "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNv"
     "bS9pc19yb290Ijp0cnVlfQ",
     "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"},
    {"RFC 7515 A.2",
     R"({"kty":"RSA","e":"AQAB","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"})",
     JwsAlgorithm::rs256,
     "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVl"
     "fQ",
     "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_"
     "O8W2Fp5jujGbds9uJdbF9CUAr7t1dn"
     "ZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--"
     "xi12jzDwusC"
     "-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_"
     "IoypGlUPQGe77Rw"},
    {"RFC 7515 A.3",
     R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})",
     JwsAlgorithm::es256,
     "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVl"
     "fQ",
     "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"},
    {"RFC 7515 A.4",
     R"({"kty":"EC","crv":"P-521","x":"AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk","y":"ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2"})",
     JwsAlgorithm::es512, "eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA",
     "AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZqwqT2SI-KGDKB34XO0aw_"
     "7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3"
     "xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn"},
    {"RFC 8037 A.4", R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})",
     JwsAlgorithm::eddsa, "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc",
     "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"}};

VerificationKey key_of(std::string_view json) {
  Arena arena;
  const auto parsed = parse_json(json, arena);
  REQUIRE(parsed);
  auto key = read_jwk(**parsed);
  REQUIRE(key);
  return std::move(*key);
}

bool verifies(const VerificationKey& key, JwsAlgorithm algorithm, std::string_view text, std::string_view signature) {
  Jwt token;
  token.signed_text = text;
  token.signature = signature;
  return verify_jws(key, algorithm, token);
}

std::string header_refusal(std::string_view json) {
  Arena arena;
  const JsonValue* header = parse_jwt_json(json, arena);
  REQUIRE(header != nullptr);
  const auto read = read_jws_header(*header);
  return read ? "accepted" : std::string(read.error().message());
}

constexpr JwsAlgorithm all[] = {JwsAlgorithm::hs256, JwsAlgorithm::hs384, JwsAlgorithm::hs512, JwsAlgorithm::rs256,
                                JwsAlgorithm::rs384, JwsAlgorithm::rs512, JwsAlgorithm::ps256, JwsAlgorithm::ps384,
                                JwsAlgorithm::ps512, JwsAlgorithm::es256, JwsAlgorithm::es384, JwsAlgorithm::es512,
                                JwsAlgorithm::eddsa};

}  // namespace

TEST_CASE("signatures of the RFCs verify", "[base][jws]") {
  for (const Vector& vector : vectors) {
    INFO(vector.name);
    const VerificationKey key = key_of(vector.key);
    const std::string signature = decode_base64url(vector.signature).value();
    CHECK(verifies(key, vector.algorithm, vector.signed_text, signature));
    for (const JwsAlgorithm other : all) {
      if (other != vector.algorithm) CHECK_FALSE(verifies(key, other, vector.signed_text, signature));
    }
  }
}

TEST_CASE("a changed text and every changed byte of a signature fail", "[base][jws]") {
  for (const Vector& vector : vectors) {
    INFO(vector.name);
    const VerificationKey key = key_of(vector.key);
    const std::string signature = decode_base64url(vector.signature).value();
    CHECK_FALSE(verifies(key, vector.algorithm, std::string(vector.signed_text) + "A", signature));
    for (std::size_t i = 0; i < signature.size(); i += 5) {
      std::string changed = signature;
      changed[i] = static_cast<char>(changed[i] ^ 1);
      CHECK_FALSE(verifies(key, vector.algorithm, vector.signed_text, changed));
    }
  }
}

TEST_CASE("signatures have the length of their key (J4)", "[base][jws]") {
  for (const Vector& vector : vectors) {
    INFO(vector.name);
    const VerificationKey key = key_of(vector.key);
    const std::string signature = decode_base64url(vector.signature).value();
    for (const std::string& other : {std::string(), signature + '\0', '\0' + signature, signature.substr(1),
                                     signature.substr(0, signature.size() - 1), signature + signature}) {
      CHECK_FALSE(verifies(key, vector.algorithm, vector.signed_text, other));
    }
  }
}

TEST_CASE("the numbers of an ECDSA signature lie between zero and the order (J4)", "[base][jws]") {
  const VerificationKey key = key_of(vectors[2].key);
  const std::string order = decode_base64url("_____wAAAAD__________7zm-q2nF56E87nKwvxjJVE").value();
  const std::string zero(32, '\0'), one = std::string(31, '\0') + '\x01';
  for (const std::string& r : {zero, one, order}) {
    for (const std::string& s : {zero, one, order})
      CHECK_FALSE(verifies(key, JwsAlgorithm::es256, vectors[2].signed_text, r + s));
  }
}

TEST_CASE("RSA keys verify with both paddings and all hashes, and no other (J1)", "[base][jws]") {
  const test::RsaKey key;
  const VerificationKey verifier = key_of(key.jwk("a"));
  const std::pair<JwsAlgorithm, std::pair<HashAlgorithm, SignaturePadding>> rows[] = {
      {JwsAlgorithm::rs256, {HashAlgorithm::sha256, SignaturePadding::pkcs1}},
      {JwsAlgorithm::rs384, {HashAlgorithm::sha384, SignaturePadding::pkcs1}},
      {JwsAlgorithm::rs512, {HashAlgorithm::sha512, SignaturePadding::pkcs1}},
      {JwsAlgorithm::ps256, {HashAlgorithm::sha256, SignaturePadding::pss}},
      {JwsAlgorithm::ps384, {HashAlgorithm::sha384, SignaturePadding::pss}},
      {JwsAlgorithm::ps512, {HashAlgorithm::sha512, SignaturePadding::pss}}};
  for (const auto& [made_with, how] : rows) {
    const std::string signature = key.sign("text", how.first, how.second);
    for (const JwsAlgorithm algorithm : all)
      CHECK(verifies(verifier, algorithm, "text", signature) == (algorithm == made_with));
  }
}

TEST_CASE("a public key is no secret: an HMAC made with it verifies nothing (J1)", "[base][jws]") {
  const test::RsaKey key;
  const VerificationKey verifier = key_of(key.jwk("a"));
  for (const std::string& secret : {key.public_der(), key.modulus(), key.jwk("a")}) {
    const std::string code(hmac(HashAlgorithm::sha256, secret, "text").view());
    CHECK_FALSE(verifies(verifier, JwsAlgorithm::hs256, "text", code));
  }
}

TEST_CASE("a secret shorter than the hash verifies nothing (J4)", "[base][jws]") {
  for (const std::size_t size : {0u, 1u, 31u, 32u, 47u, 48u, 63u, 64u}) {
    const std::string secret(size, 's');
    const VerificationKey key{{}, secret_key(secret), std::nullopt};
    CHECK(verifies(key, JwsAlgorithm::hs256, "t", hmac(HashAlgorithm::sha256, secret, "t").view()) == (size >= 32));
    CHECK(verifies(key, JwsAlgorithm::hs384, "t", hmac(HashAlgorithm::sha384, secret, "t").view()) == (size >= 48));
    CHECK(verifies(key, JwsAlgorithm::hs512, "t", hmac(HashAlgorithm::sha512, secret, "t").view()) == (size >= 64));
  }
}

TEST_CASE("a header names an algorithm that exists, by its exact name", "[base][jws]") {
  CHECK(header_refusal(R"({"alg":"RS256","kid":"a","typ":"JWT","jku":"https://evil.test","x5c":[]})") == "accepted");
  for (const char* const json :
       {R"({})", R"({"alg":"none"})", R"({"alg":"None"})", R"({"alg":"NONE"})", R"({"alg":""})", R"({"alg":"rs256"})",
        R"({"alg":"RS256 "})", R"({"alg":"RS1"})", R"({"alg":["RS256"]})", R"({"alg":null})", R"({"alg":"HS1"})"}) {
    CHECK(header_refusal(json) == "The token is not valid: its algorithm is not one that is accepted.");
  }
}

TEST_CASE("critical headers, unencoded payloads and compression are refused (J3)", "[base][jws]") {
  CHECK(header_refusal(R"({"alg":"RS256","crit":["exp"]})") == "The token is not valid: its header has 'crit'.");
  CHECK(header_refusal(R"({"alg":"RS256","crit":[]})") != "accepted");
  CHECK(header_refusal(R"({"alg":"RS256","b64":false})") != "accepted");
  CHECK(header_refusal(R"({"alg":"RS256","zip":"DEF"})") != "accepted");
  CHECK(header_refusal(R"({"alg":"RS256","kid":1})") == "The token is not valid: its 'kid' is no text.");
}
