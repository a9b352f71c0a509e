// SPDX-License-Identifier: Apache-2.0
#include "base/url_template.hpp"
#include "base/url.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <string>

using namespace sluice;

namespace {

struct Filled {
  bool ok = false;
  std::string path, query, message;
};

Filled fill(std::string_view text, const std::map<std::string, std::string, std::less<>>& values = {},
            std::string_view wildcard = {}) {
  Arena arena;
  const UrlTemplate url(text);
  std::vector<TemplateValue> given;
  for (const auto& parameter : url.parameters()) {
    const auto found = values.find(parameter.name);
    REQUIRE(found != values.end());
    given.push_back({found->second, parameter.name == wildcard, is_unreserved(found->second)});
  }
  const auto result = url.fill(given, arena);
  if (!result) return {false, {}, {}, std::string(result.error().message())};
  return {true, std::string(result->path), std::string(result->query), {}};
}

}  // namespace

TEST_CASE("A template's parameters are listed in order", "[base][url_template]") {
  const auto parameters = template_parameters("/a/{id}/{*rest}?d={day}");
  REQUIRE(parameters.size() == 3);
  CHECK(parameters[0].name == "id");
  CHECK_FALSE(parameters[0].in_query);
  CHECK(parameters[1].name == "rest");
  CHECK(parameters[1].is_wildcard);
  CHECK(parameters[2].name == "day");
  CHECK(parameters[2].in_query);
  CHECK(template_parameters("/a/{broken").empty());
}

TEST_CASE("Query names of a template are found decoded", "[base][url_template]") {
  Arena arena;
  CHECK(template_names_query("/a?x=1&d%61y={d}", "day", arena));
  CHECK_FALSE(template_names_query("/a?x=1", "y", arena));
  CHECK_FALSE(template_names_query("/day", "day", arena));
}

TEST_CASE("Values are encoded for where they stand", "[base][url_template]") {
  const auto filled = fill("/a/{id}?q={q}", {{"id", "x y/ä"}, {"q", "1&2=3"}});
  CHECK(filled.path == "/a/x%20y%2F%C3%A4");
  CHECK(filled.query == "q=1%262%3D3");
}

TEST_CASE("A wildcard's value keeps its slashes", "[base][url_template]") {
  CHECK(fill("/b/{*rest}", {{"rest", "x/y"}}).path == "/b/x/y");
  CHECK(fill("/b/{rest}", {{"rest", "x/y"}}, "rest").path == "/b/x/y");
}

TEST_CASE("A path begins with one slash and is in normal form", "[base][url_template]") {
  CHECK(fill("put?c=d").path == "/put");
  CHECK(fill("/a/../b").path == "/b");
  CHECK(fill("").path == "/");
}

TEST_CASE("Blanks and letters outside ASCII in a template are encoded", "[base][url_template]") {
  CHECK(fill("/a b?q=ä b").path == "/a%20b");
  CHECK(fill("/a b?q=ä b").query == "q=%C3%A4%20b");
}

TEST_CASE("A template that cannot be a URL is refused", "[base][url_template]") {
  CHECK_FALSE(fill("/a\r\nb").ok);
  CHECK_FALSE(fill("/a?b=\r\n").ok);
  CHECK_FALSE(fill("/../up").ok);
  CHECK_FALSE(fill("/a?b=1#c").ok);
}
