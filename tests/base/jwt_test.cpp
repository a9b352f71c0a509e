// SPDX-License-Identifier: Apache-2.0
#include "base/jwt.hpp"

#include "support/test_keys.hpp"

#include <catch2/catch.hpp>

using namespace sluice;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t enough = 64 * 1024;

std::string refusal(const std::string& text, std::size_t most = enough) {
  Arena arena;
  const auto token = parse_jwt(text, arena, most);
  return token ? "accepted" : std::string(token.error().message());
}
std::string with_payload(std::string_view payload) {
  return test::unsigned_token(R"({"alg":"HS256"})", payload) + ".AAAA";
}
std::string with_header(std::string_view header) { return test::unsigned_token(header, "{}") + ".AAAA"; }

/// What check_times says at `now`, seconds since 1970.
std::string at(std::int64_t now, std::string_view payload, std::chrono::seconds skew = 0s, bool requires_it = true) {
  Arena arena;
  const JsonValue* claims = parse_jwt_json(payload, arena);
  REQUIRE(claims != nullptr);
  const auto result = check_times(*claims, {WallTime(std::chrono::seconds(now)), skew, requires_it});
  return result ? "good" : std::string(result.error().reason());
}

}  // namespace

TEST_CASE("a token is taken apart", "[base][jwt]") {
  Arena arena;
  const std::string text = test::unsigned_token(R"({"alg":"RS256"})", R"({"sub":"a","n":[1,2.50]})") + ".AQID";
  const auto token = parse_jwt(text, arena, enough);
  REQUIRE(token);
  CHECK(token->header->find("alg")->text == "RS256");
  CHECK(token->payload->find("sub")->text == "a");
  CHECK(token->payload->find("n")->items[1].text == "2.50");
  CHECK(token->signed_text == text.substr(0, text.size() - 5));
  CHECK(token->signature == "\x01\x02\x03");
}

TEST_CASE("a token has three parts of strict base64url (J2)", "[base][jwt]") {
  for (const char* const text : {"", "a", "a.b", ".", "..", "...", "a.b.c.d", "e30.e30.AAAA.", ".e30.e30.AAAA"})
    CHECK(refusal(text) != "accepted");
  CHECK(refusal("e30.e30.AAAA") == "accepted");
  CHECK(refusal("e30.e30.") == "accepted");  // not signed
  for (const char* const text : {"e30=.e30.AAAA", "e30.e30.AAA=", "e31.e30.AAAA", "e30.e30.AB", "e30.e30.AA A",
                                 "e30.e30.AAAA\n", " e30.e30.AAAA"}) {
    CHECK(refusal(text) != "accepted");
  }
}

TEST_CASE("header and payload are one JSON object each, without doubled members (J2)", "[base][jwt]") {
  for (const char* const json :
       {"[]", "1", "\"a\"", "null", "", "{", "{}{}", "{} x", "\xEF\xBB\xBF{}", "{\"a\":1,}", "{\"a\":\"\xff\"}",
        "{\"a\":1,\"a\":1}", "{\"b\":{\"a\":1,\"a\":2}}", "{\"b\":[{\"\\u0061\":1,\"a\":2}]}"}) {
    CHECK(refusal(with_payload(json)) != "accepted");
    CHECK(refusal(with_header(json)) != "accepted");
  }
  CHECK(refusal(with_payload(R"({"a":{"x":1},"b":{"x":1}})")) == "accepted");
}

TEST_CASE("a token's length, depth and number of values are bounded (L16)", "[base][jwt]") {
  const std::string small = with_payload("{}");
  CHECK(refusal(small, small.size()) == "accepted");
  CHECK(refusal(small, small.size() - 1) ==
        "The token is not valid: it has more than " + std::to_string(small.size() - 1) + " bytes.");
  const auto nested = [](std::size_t levels) {
    return "{\"a\":" + std::string(levels, '[') + std::string(levels, ']') + "}";
  };
  CHECK(refusal(with_payload(nested(31))) == "accepted");
  CHECK(refusal(with_payload(nested(32))) != "accepted");
  std::string many = "{\"a\":[0";
  for (int i = 0; i < 4'997; ++i) many += ",0";
  CHECK(refusal(with_payload(many + "]}")) == "accepted");
  CHECK(refusal(with_payload(many + ",0]}")) != "accepted");
}

TEST_CASE("a claim's values are texts", "[base][jwt]") {
  Arena arena;
  const JsonValue* claims =
      parse_jwt_json(R"({"t":"x","n":1.50,"b":true,"z":null,"l":["a",2,{"k":"\"é"}],"o":{"k":[1,{}]},"e":[]})", arena);
  REQUIRE(claims != nullptr);
  const auto texts = [&](std::string_view name) {
    std::string joined;
    for (const std::string_view text : claim_texts(*claims->find(name), arena)) joined += std::string(text) + "|";
    return joined;
  };
  CHECK(texts("t") == "x|");
  CHECK(texts("n") == "1.50|");
  CHECK(texts("b") == "true|");
  CHECK(texts("z") == "null|");
  CHECK(texts("l") == "a|2|{\"k\":\"\\\"é\"}|");
  CHECK(texts("o") == "{\"k\":[1,{}]}|");
  CHECK(texts("e").empty());
  CHECK(claim_text(*claims->find("l"), arena) == "a");
  CHECK_FALSE(claim_text(*claims->find("e"), arena));
}

TEST_CASE("a token's times are held against the clock (J5)", "[base][jwt]") {
  CHECK(at(999, R"({"exp":1000})") == "good");
  CHECK(at(1000, R"({"exp":1000})") == "TokenExpired");
  CHECK(at(1000, R"({"exp":1000})", 1s) == "good");
  CHECK(at(1001, R"({"exp":1000})", 1s) == "TokenExpired");
  CHECK(at(1000, R"({"exp":1000.9})") == "TokenExpired");
  CHECK(at(0, R"({"sub":"a"})") == "JwtInvalid");
  CHECK(at(0, R"({"sub":"a"})", 0s, false) == "good");
  CHECK(at(2000, R"({"exp":1000})", 0s, false) == "TokenExpired");
  CHECK(at(999, R"({"exp":2000,"nbf":1000})") == "JwtInvalid");
  CHECK(at(999, R"({"exp":2000,"nbf":1000})", 1s) == "good");
  CHECK(at(1000, R"({"exp":2000,"nbf":1000})") == "good");
}

TEST_CASE("times of the wrong type or beyond all calendars fail (J5)", "[base][jwt]") {
  for (const char* const time : {"\"2000\"", "null", "true", "[2000]", "1e400", "-1e400", "253402300800", "1e300"}) {
    for (const char* const name : {"exp", "nbf", "iat"}) {
      const std::string rest = std::string(name) == "exp" ? "" : ",\"exp\":2000";
      CHECK(at(1000, "{\"" + std::string(name) + "\":" + time + rest + "}") == "JwtInvalid");
    }
  }
}
