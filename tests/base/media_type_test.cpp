// SPDX-License-Identifier: Apache-2.0
#include "base/media_type.hpp"

#include <catch2/catch.hpp>

using namespace sluice;

TEST_CASE("a media type is what stands before the parameters", "[base][media_type]") {
  CHECK(media_type("text/xml; charset=utf-8") == "text/xml");
  CHECK(media_type(" text/xml ;x") == "text/xml");
  CHECK(media_type("").empty());
}

TEST_CASE("types of JSON and XML are told by subtype or suffix, without case", "[base][media_type]") {
  for (const char* type : {"application/json", "text/json", "Application/JSON; charset=utf-8", "application/hal+json"})
    CHECK(is_json_type(type));
  for (const char* type : {"application/xml", "text/xml", "image/svg+xml", "application/soap+XML;action=x"})
    CHECK(is_xml_type(type));
  for (const char* type : {"", "json", "application/jsonp", "image/json", "application/json2", "+json", "text/plain"}) {
    CHECK_FALSE(is_json_type(type));
    CHECK_FALSE(is_xml_type(type));
  }
}

TEST_CASE("Accept must name a type and not exclude it", "[base][media_type]") {
  Arena arena;
  Headers headers(arena);
  CHECK_FALSE(accepts(headers, &is_json_type));
  headers.append("Accept", "text/html, */*;q=0.1");
  CHECK_FALSE(accepts(headers, &is_json_type));
  headers.append("Accept", "text/plain;q=0.5,application/json;q=0.2");
  CHECK(accepts(headers, &is_json_type));
  CHECK_FALSE(accepts(headers, &is_xml_type));
  headers.set("Accept", "application/json;q=0.00, application/xml; q=0.001");
  CHECK_FALSE(accepts(headers, &is_json_type));
  CHECK(accepts(headers, &is_xml_type));
}
