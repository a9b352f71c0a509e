// SPDX-License-Identifier: Apache-2.0
#include "base/jwk.hpp"

#include "support/test_keys.hpp"

#include <catch2/catch.hpp>

using namespace sluice;

namespace {

std::string refusal(std::string_view json) {
  Arena arena;
  const auto parsed = parse_json(json, arena);
  REQUIRE(parsed);
  const auto key = read_jwk(**parsed);
  return key ? "accepted" : key.error();
}

const std::string p256_x = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                  p256_y = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";
std::string ec(std::string_view curve, std::string_view x, std::string_view y, std::string_view more = {}) {
  return "{\"kty\":\"EC\",\"crv\":\"" + std::string(curve) + "\",\"x\":\"" + std::string(x) + "\",\"y\":\"" +
         std::string(y) + "\"" + std::string(more) + "}";
}

}  // namespace

TEST_CASE("RSA keys below 2048 bits are refused (J4)", "[base][jwk]") {
  CHECK(refusal(test::RsaKey(1024).jwk("a")) == "has 1024 bits, where 2048 to 16384 are wanted");
  CHECK(refusal(test::RsaKey(2047).jwk("a")) == "has 2047 bits, where 2048 to 16384 are wanted");
  CHECK(refusal(test::RsaKey(2048).jwk("a")) == "accepted");
}

TEST_CASE("an exponent of one or an even one is refused", "[base][jwk]") {
  const std::string modulus = encode_base64url(test::RsaKey(2048).modulus());
  for (const char* const exponent : {"AQ", "Ag", "AQAA"})
    CHECK(refusal("{\"kty\":\"RSA\",\"n\":\"" + modulus + "\",\"e\":\"" + exponent + "\"}") ==
          "has an exponent that protects nothing");
  CHECK(refusal("{\"kty\":\"RSA\",\"n\":\"" + modulus + "\"}") != "accepted");
  CHECK(refusal("{\"kty\":\"RSA\",\"n\":\"" + modulus + "=\",\"e\":\"AQAB\"}") != "accepted");
}

TEST_CASE("points lie on their curve and have its length (J4)", "[base][jwk]") {
  CHECK(refusal(ec("P-256", p256_x, p256_y)) == "accepted");
  CHECK(refusal(ec("P-256", p256_y, p256_x)) != "accepted");
  CHECK(refusal(ec("P-384", p256_x, p256_y)) != "accepted");
  CHECK(refusal(ec("P-256", p256_x.substr(0, 42), p256_y)) != "accepted");
  const std::string zero = encode_base64url(std::string(32, '\0'));
  CHECK(refusal(ec("P-256", zero, zero)) != "accepted");
  CHECK(refusal(ec("secp256k1", p256_x, p256_y)) == "is of a curve that is not known");
  CHECK(refusal(R"({"kty":"OKP","crv":"Ed25519","x":"AAAA"})") != "accepted");
  CHECK(refusal(R"({"kty":"OKP","crv":"X25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})") != "accepted");
}

TEST_CASE("a key verifies only when it is meant to", "[base][jwk]") {
  CHECK(refusal(ec("P-256", p256_x, p256_y, R"(,"use":"sig","alg":"ES256","key_ops":["sign","verify"])")) ==
        "accepted");
  CHECK(refusal(ec("P-256", p256_x, p256_y, R"(,"use":"enc")")) == "is not meant for verifying");
  CHECK(refusal(ec("P-256", p256_x, p256_y, R"(,"key_ops":["encrypt"])")) == "is not meant for verifying");
  CHECK(refusal(ec("P-256", p256_x, p256_y, R"(,"alg":"RS256")")) == "is for an algorithm that does not fit it");
  CHECK(refusal(ec("P-256", p256_x, p256_y, R"(,"alg":"ES384")")) == "is for an algorithm that does not fit it");
  CHECK(refusal(ec("P-256", p256_x, p256_y, R"(,"alg":"none")")) == "is for an algorithm that does not fit it");
}

TEST_CASE("a key with an algorithm fits that one alone (J1)", "[base][jwk]") {
  Arena arena;
  const std::string json = test::RsaKey().jwk("a", R"(,"alg":"RS256")");
  const auto key = read_jwk(**parse_json(json, arena));
  REQUIRE(key);
  CHECK(fits(*key, JwsAlgorithm::rs256));
  CHECK_FALSE(fits(*key, JwsAlgorithm::rs512));
  CHECK_FALSE(fits(*key, JwsAlgorithm::ps256));
}

TEST_CASE("of a set the usable public keys are read", "[base][jwk]") {
  const std::string good = ec("P-256", p256_x, p256_y, R"(,"kid":"good")");
  const auto set = read_jwk_set(R"({"keys":[{"kty":"oct","kid":"secret","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ"},)"
                                R"({"kty":"new"},7,)" +
                                ec("P-256", p256_y, p256_x) + "," + good + "]}");
  REQUIRE(set);
  REQUIRE(set->size() == 1);
  CHECK(set->front().id == "good");
  CHECK(read_jwk_set(R"({"keys":[]})")->empty());
  for (const char* const text : {"", "[]", "{}", R"({"keys":{}})", R"({"keys":[],"keys":[]})", "not JSON"})
    CHECK_FALSE(read_jwk_set(text));
}

TEST_CASE("a set has at most a hundred keys that are looked at (L16)", "[base][jwk]") {
  std::string keys = "{\"keys\":[{}";
  for (int i = 0; i < 98; ++i) keys += ",{}";
  const std::string good = "," + ec("P-256", p256_x, p256_y, R"(,"kid":"good")");
  CHECK(read_jwk_set(keys + good + "]}")->size() == 1);
  CHECK(read_jwk_set(keys + ",{}" + good + "]}")->empty());
}
