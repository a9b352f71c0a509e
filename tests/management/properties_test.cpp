// SPDX-License-Identifier: Apache-2.0
#include "management/properties.hpp"

#include <catch2/catch.hpp>

using namespace sluice;
using management::Properties;

TEST_CASE("Merging follows RFC 7396", "[management][properties]") {
  const auto merged = [](const char* base, const char* patch) {
    return Properties(base).merged(Properties(patch).value()).text();
  };
  CHECK(merged(R"({"a":1,"b":{"c":2,"d":3}})", R"({"b":{"c":4},"e":[1]})") == R"({"a":1,"b":{"c":4,"d":3},"e":[1]})");
  CHECK(merged(R"({"a":1,"b":{"c":2}})", R"({"a":null,"b":{"c":null}})") == R"({"b":{}})");
  CHECK(merged(R"({"a":{"b":1}})", R"({"a":[1]})") == R"({"a":[1]})");
  CHECK(merged(R"({"a":[1]})", R"({"a":{"b":null,"c":1}})") == R"({"a":{"c":1}})");
}

TEST_CASE("M3: of a name that stands twice the last counts, and is written once", "[management][properties][threats]") {
  CHECK(Properties(R"({"a":1,"a":2})").merged(Properties("{}").value()).text() == R"({"a":2})");
  CHECK(Properties("{}").merged(Properties(R"({"a":1,"a":2})").value()).text() == R"({"a":2})");
  const std::string_view hidden[] = {"a"};
  CHECK(Properties(R"({"a":"x","a":"y","b":1})").hiding(hidden).text() == R"({"b":1})");
}

TEST_CASE("What is no object counts as an empty one", "[management][properties]") {
  for (const char* text : {"", "x", "[]", "1", "{"}) CHECK(Properties(text).text() == "{}");
}

TEST_CASE("Secrets are hidden at their paths, references to named values are not", "[management][properties]") {
  const std::string_view hidden[] = {"a", "b.c"};
  CHECK(Properties(R"({"a":"s","b":{"c":"s","d":"s"},"c":"s"})").hiding(hidden).text() == R"({"b":{"d":"s"},"c":"s"})");
  CHECK(Properties(R"({"a":"{{n}}","b":{"c":"x{{n}}"}})").hiding(hidden).text() == R"({"a":"{{n}}","b":{}})");
  CHECK(Properties(R"({"a":{"x":"s"}})").hiding(hidden).text() == R"({})");
}

TEST_CASE("Information files hold properties, indented, and are read with or without them",
          "[management][properties]") {
  CHECK(management::information_text(Properties(R"({"a":1})")) == "{\n  \"properties\": {\n    \"a\": 1\n  }\n}\n");
  CHECK(management::read_properties_of(R"({"name":"n","properties":{"a":1}})", "f")->text() == R"({"a":1})");
  CHECK(management::read_properties_of(R"({"backends":[]})", "f")->text() == R"({"backends":[]})");
  CHECK(management::read_properties_of("[", "f").error().status == 500);
}
