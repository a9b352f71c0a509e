// SPDX-License-Identifier: Apache-2.0
#include "base/schema_sample.hpp"

#include <catch2/catch.hpp>

using namespace sluice;

TEST_CASE("A sample has the properties of its schema with plain values", "[base][schema_sample]") {
  const auto sample =
      sample_of_schema(R"({"type":"object","properties":{"id":{"type":"integer"},"name":{"type":"string"},
    "ok":{"type":"boolean"},"tags":{"type":"array","items":{"type":"string"}},"at":{"type":"string","format":"date-time"}}})");
  CHECK(sample == R"({"id":0,"name":"string","ok":true,"tags":["string"],"at":"2024-01-01T00:00:00Z"})");
}

TEST_CASE("Examples, defaults and the first of an enumeration go before the type", "[base][schema_sample]") {
  CHECK(sample_of_schema(R"({"type":"string","example":"e","default":"d"})") == R"("e")");
  CHECK(sample_of_schema(R"({"type":"number","default":1.5})") == "1.5");
  CHECK(sample_of_schema(R"({"enum":["a","b"]})") == R"("a")");
  CHECK(sample_of_schema(R"({"example":{"a":[1,null,true]}})") == R"({"a":[1,null,true]})");
}

TEST_CASE("allOf joins properties and oneOf takes its first", "[base][schema_sample]") {
  CHECK(sample_of_schema(
            R"({"allOf":[{"properties":{"a":{"type":"integer"}}},{"properties":{"b":{"type":"string"}}}]})") ==
        R"({"a":0,"b":"string"})");
  CHECK(sample_of_schema(R"({"oneOf":[{"type":"integer"},{"type":"string"}]})") == "0");
}

TEST_CASE("References within the schema are followed", "[base][schema_sample]") {
  CHECK(sample_of_schema(
            R"({"type":"array","items":{"$ref":"#/definitions/n"},"definitions":{"n":{"type":"integer"}}})") == "[0]");
  CHECK(sample_of_schema(R"({"$ref":"#/definitions/missing"})") == "null");
}

TEST_CASE("A schema that refers to itself is an empty object the second time", "[base][schema_sample]") {
  CHECK(sample_of_schema(R"({"type":"object","properties":{"next":{"$ref":"#"}}})") == R"({"next":{"next":{}}})");
  CHECK(
      sample_of_schema(R"({"$ref":"#/definitions/a","definitions":{"a":{"properties":{"b":{"$ref":"#/definitions/b"}}},
      "b":{"properties":{"a":{"$ref":"#/definitions/a"}}}}})") == R"({"b":{"a":{}}})");
}

TEST_CASE("A sample ends at the depth bound", "[base][schema_sample]") {
  CHECK(sample_of_schema(R"({"properties":{"a":{"properties":{"b":{"properties":{"c":{}}}}}}})", {.depth = 2}) ==
        R"({"a":{"b":{"c":null}}})");
}

TEST_CASE("The number of values is bounded", "[base][schema_sample]") {
  const auto sample =
      sample_of_schema(R"({"properties":{"a":{"type":"integer"},"b":{"type":"integer"}}})", {.values = 2});
  CHECK(sample == R"({"a":0,"b":null})");
}

TEST_CASE("What is no schema gives no sample", "[base][schema_sample]") {
  CHECK_FALSE(sample_of_schema(""));
  CHECK_FALSE(sample_of_schema("[1]"));
  CHECK_FALSE(sample_of_schema("{"));
}
