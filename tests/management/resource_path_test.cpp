// SPDX-License-Identifier: Apache-2.0
#include "management/resource_path.hpp"

#include "management/bounds.hpp"

#include <catch2/catch.hpp>

using namespace sluice::management;

TEST_CASE("Ids are letters, digits, dashes, underscores and dots", "[management][ids]") {
  for (const char* id : {"a", "A-1_b.c", "0", "x..y", "orders;rev=2", "orders;rev=2.1"}) {
    INFO(id);
    CHECK(is_valid_id(id));
  }
  CHECK(is_valid_id(std::string(id_bytes, 'a')));
}

TEST_CASE("P2: an id that could lead out of its folder, or that hides, is none", "[management][ids][threats]") {
  for (const std::string id : {"",
                               ".",
                               "..",
                               "...",
                               ".hidden",
                               "../x",
                               "a/b",
                               "a\\b",
                               "/",
                               "a/..",
                               "..\\x",
                               "%2e%2e",
                               "a%2fb",
                               "a b",
                               "a\tb",
                               "a\n",
                               "C:",
                               "a:b",
                               "a*",
                               "a?",
                               "~",
                               "$HOME",
                               "a|b",
                               "<a>",
                               "\"",
                               "'",
                               ";",
                               "a;",
                               "a;rev=",
                               ";rev=1",
                               "a;rev=1;rev=2",
                               "a;rev=..",
                               "a;rev=../..",
                               "..;rev=1",
                               "a;x=1",
                               "a;REV=1",
                               "\xC3\xA4",
                               "\xEF\xBC\x8F",
                               "a\xE2\x80\xAE"}) {
    INFO(id);
    CHECK_FALSE(is_valid_id(id));
  }
  CHECK_FALSE(is_valid_id(std::string("a\0b", 3)));
  CHECK_FALSE(is_valid_id(std::string(id_bytes + 1, 'a')));
  CHECK_FALSE(is_valid_id("a;rev=" + std::string(id_bytes, '1')));
}

TEST_CASE("Every byte but the allowed ones makes an id invalid", "[management][ids][threats]") {
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    const bool is_allowed =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    INFO(byte);
    CHECK(is_valid_id(std::string("a") + c + "b") == is_allowed);
  }
}

TEST_CASE("An API's id has a name and perhaps a revision", "[management][ids]") {
  CHECK(parse_api_id("orders")->name == "orders");
  CHECK(parse_api_id("orders")->revision.empty());
  CHECK(parse_api_id("orders;rev=3")->name == "orders");
  CHECK(parse_api_id("orders;rev=3")->revision == "3");
}

TEST_CASE("A path leads to a service, whatever the case of ARM's words", "[management][path]") {
  const auto path = parse_resource_path(
      "/subscriptions/S "
      "1/resourcegroups/g/PROVIDERS/microsoft.apimanagement/service/n/apis/orders%3Brev%3D2/operations");
  REQUIRE(path);
  CHECK(path->service == "/subscriptions/S 1/resourcegroups/g/PROVIDERS/microsoft.apimanagement/service/n");
  CHECK(path->subscription == "S 1");
  CHECK(path->group == "g");
  CHECK(path->service_name == "n");
  CHECK(path->segments == std::vector<std::string>{"apis", "orders;rev=2", "operations"});
}

TEST_CASE("The service itself is a path too, with or without a slash at its end", "[management][path]") {
  const std::string service = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ApiManagement/service/n";
  CHECK(parse_resource_path(service)->segments.empty());
  CHECK(parse_resource_path(service + "/")->segments.empty());
  CHECK(parse_resource_path(service + "/apis/")->segments == std::vector<std::string>{"apis"});
}

TEST_CASE("Other paths lead nowhere", "[management][path]") {
  for (const char* path : {"", "/", "/apis", "/subscriptions/s",
                           "/subscriptions//resourceGroups/g/providers/Microsoft.ApiManagement/service/n",
                           "/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/service/n",
                           "subscriptions/s/resourceGroups/g/providers/Microsoft.ApiManagement/service/n",
                           "/subscriptions/s/resourceGroups/g/providers/Microsoft.ApiManagement/service"}) {
    INFO(path);
    CHECK_FALSE(parse_resource_path(path));
  }
}
