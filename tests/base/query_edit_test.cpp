// SPDX-License-Identifier: Apache-2.0
#include "base/query_edit.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace sluice;

namespace {
std::string edited(std::string_view query, std::string_view name, ExistsAction action,
                   const std::vector<std::string_view>& values = {}) {
  Arena arena;
  return std::string(edit_query(query, name, action, values, arena));
}
}  // namespace

TEST_CASE("A replaced parameter keeps its place and the others their bytes", "[base][query_edit]") {
  CHECK(edited("a=1&b=%7e&c", "b", ExistsAction::replace, {"x y"}) == "a=1&b=x%20y&c");
  CHECK(edited("a=1&b=2&a=3", "a", ExistsAction::replace, {"9"}) == "a=9&b=2");
}

TEST_CASE("A parameter that is absent is added at the end", "[base][query_edit]") {
  CHECK(edited("", "a", ExistsAction::replace, {"1"}) == "a=1");
  CHECK(edited("b=2", "a", ExistsAction::append, {"1"}) == "b=2&a=1");
  CHECK(edited("b=2", "a", ExistsAction::skip, {"1"}) == "b=2&a=1");
}

TEST_CASE("Several values repeat the parameter", "[base][query_edit]") {
  CHECK(edited("", "a", ExistsAction::replace, {"1", "2"}) == "a=1&a=2");
  CHECK(edited("a=0&b=1", "a", ExistsAction::append, {"2"}) == "a=0&b=1&a=2");
}

TEST_CASE("skip keeps and delete removes what is there", "[base][query_edit]") {
  CHECK(edited("a=1", "a", ExistsAction::skip, {"2"}) == "a=1");
  CHECK(edited("a=1&b=2&a=3", "a", ExistsAction::remove) == "b=2");
  CHECK(edited("b=2", "a", ExistsAction::remove) == "b=2");
}

TEST_CASE("Names are compared decoded and with case", "[base][query_edit]") {
  CHECK(edited("%61=1&A=2", "a", ExistsAction::replace, {"9"}) == "a=9&A=2");
}

TEST_CASE("Values cannot add parameters or leave the query", "[base][query_edit]") {
  CHECK(edited("", "a", ExistsAction::replace, {"1&b=2#x\r\n"}) == "a=1%26b%3D2%23x%0D%0A");
  CHECK(edited("", "a&b", ExistsAction::replace, {"1"}) == "a%26b=1");
}

TEST_CASE("Two queries are joined by one ampersand", "[base][query_edit]") {
  Arena arena;
  CHECK(join_queries("", "", arena) == "");
  CHECK(join_queries("a", "", arena) == "a");
  CHECK(join_queries("", "b", arena) == "b");
  CHECK(join_queries("a", "b", arena) == "a&b");
}
