// SPDX-License-Identifier: Apache-2.0
#include "schema/odata_request.hpp"

#include <catch2/catch.hpp>

using namespace sluice;

TEST_CASE("Versions of OData have an order", "[schema][odata]") {
  CHECK(schema::parse_odata_version("4.0") == 400);
  CHECK(schema::parse_odata_version("4.01;x") == 401);
  CHECK(schema::parse_odata_version(" 3.0 ") == 300);
  for (const char* text : {"", "4", "4.", ".0", "4.001", "10.0", "a.b"}) CHECK_FALSE(schema::parse_odata_version(text));
}

TEST_CASE("Metadata name what may be asked for", "[schema][odata]") {
  const auto metadata = schema::ODataMetadata::read(
      R"(<edmx:Edmx xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx" Version="4.0"><edmx:DataServices>
      <Schema xmlns="http://docs.oasis-open.org/odata/ns/edm" Namespace="a"><EntityContainer Name="C">
      <EntitySet Name="People" EntityType="a.P"/><Singleton Name="Me" Type="a.P"/><FunctionImport Name="Nearest"/>
      </EntityContainer></Schema></edmx:DataServices></edmx:Edmx>)");
  REQUIRE(metadata);
  Arena arena;
  for (const char* path : {"", "/", "/People", "/People(1)/Name", "/Me", "/Nearest(lat=1)", "/$metadata", "/$batch"}) {
    CHECK(schema::check_odata_path(path, &*metadata, arena) == "");
  }
  CHECK(schema::check_odata_path("/Persons", &*metadata, arena) ==
        "The resource 'Persons' is not in the service's metadata.");
  CHECK(schema::check_odata_path("/Persons", nullptr, arena) == "");
  CHECK_FALSE(schema::ODataMetadata::read("<a>"));
  CHECK_FALSE(schema::ODataMetadata::read("<!DOCTYPE a [<!ENTITY b 'c'>]><a/>"));
}

TEST_CASE("Brackets in OData's texts have a bound", "[schema][odata][limits]") {
  Arena arena;
  const auto nested = [&](std::size_t depth) {
    return schema::check_odata_query("$filter=" + std::string(depth, '(') + std::string(depth, ')'), arena);
  };
  CHECK_FALSE(nested(100));
  CHECK(nested(101));
}
