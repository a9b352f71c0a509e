// SPDX-License-Identifier: Apache-2.0
#include "gateway/backend_table.hpp"

#include "gateway/backend_selection.hpp"

#include <catch2/catch.hpp>

using namespace sluice;

namespace {

Backend single(std::string id, std::string url) {
  Backend backend;
  backend.id = std::move(id);
  backend.url = std::move(url);
  return backend;
}

Backend pool(std::string id, std::vector<PoolMember> members) {
  Backend backend;
  backend.id = std::move(id);
  backend.pool = std::move(members);
  return backend;
}

std::string id_at(const BackendTable& table, std::string_view url) {
  Arena arena;
  const BackendEntry* entry = table.find_by_url(parse_url(url, arena).value(), {}, arena);
  return entry != nullptr ? entry->entity->id : "-";
}

}  // namespace

TEST_CASE("backends are found by id without case", "[gateway][backends]") {
  BackendStates states;
  const std::vector<Backend> backends = {single("Aoai-Primary", "http://a.test")};
  const BackendTable table(backends, states);
  CHECK(table.find("Aoai-Primary") != nullptr);
  CHECK(table.find("aoai-primary") == table.find("Aoai-Primary"));
  CHECK(table.find("other") == nullptr);
}

TEST_CASE("a called URL belongs to the backend with the longest URL on segment boundaries", "[gateway][backends]") {
  BackendStates states;
  const std::vector<Backend> backends = {single("root", "https://a.test"), single("deep", "https://A.test:443/base/"),
                                         single("other", "http://a.test/base"), pool("pool", {{"root", 1, 1}})};
  const BackendTable table(backends, states);
  CHECK(id_at(table, "https://a.test/x") == "root");
  CHECK(id_at(table, "https://a.test/base") == "deep");
  CHECK(id_at(table, "https://a.test/base/x") == "deep");
  CHECK(id_at(table, "https://a.test/based") == "root");
  CHECK(id_at(table, "http://a.test/base/x") == "other");
  CHECK(id_at(table, "http://a.test/x") == "-");
  CHECK(id_at(table, "https://b.test/") == "-");
}

TEST_CASE("members that do not exist or are pools are left out of a pool", "[gateway][backends]") {
  BackendStates states;
  const std::vector<Backend> backends = {single("a", "http://a.test"), pool("inner", {{"a", 1, 1}}),
                                         pool("outer", {{"a", 1, 1}, {"gone", 1, 1}, {"inner", 1, 1}})};
  const BackendTable table(backends, states);
  REQUIRE(table.find("outer")->members.size() == 1);
  CHECK(table.find("outer")->members[0]->entity->id == "a");
}

TEST_CASE("state belongs to an id and goes with it", "[gateway][backends]") {
  BackendStates states;
  std::vector<Backend> backends = {single("a", "http://a.test"), single("b", "http://b.test"),
                                   pool("p", {{"a", 1, 1}, {"b", 1, 1}})};
  backends[0].circuit_breaker = CircuitBreakerRule();
  const BackendTable before(backends, states);
  const BackendTable same(backends, states);
  CHECK(before.find("a")->breaker == same.find("a")->breaker);
  CHECK(before.find("p")->selection == same.find("p")->selection);
  CHECK(before.find("b")->breaker == nullptr);
  backends[2].pool[0].weight = 9;
  const BackendTable changed(backends, states);
  CHECK(changed.find("p")->selection != before.find("p")->selection);
  states.keep_only({});
  const BackendTable fresh(backends, states);
  CHECK(fresh.find("a")->breaker != before.find("a")->breaker);
}

TEST_CASE("an origin maps to another with or without a path in front", "[gateway][backends]") {
  const OriginMap map({{"https://a.test", "http://127.0.0.1:9101"},
                       {"http://b.test:81", "http://c.test/under"},
                       {"nonsense", "http://d.test"}});
  Arena arena;
  const auto mapped = [&](std::string_view text) {
    Url url = parse_url(text, arena).value();
    map.apply(url, arena);
    return std::string(url.to_string(arena));
  };
  CHECK(mapped("https://a.test:443/x?y=1") == "http://127.0.0.1:9101/x?y=1");
  CHECK(mapped("http://a.test/x") == "http://a.test/x");
  CHECK(mapped("http://b.test:81/x") == "http://c.test/under/x");
}

TEST_CASE("what a cluster has said is kept as long as its endpoints stay", "[gateway][backends][fabric]") {
  BackendStates states;
  std::vector<Backend> backends = {single("c", "fabric:/a/b"), single("d", "https://d.test")};
  backends[0].cluster = ServiceFabricCluster{.management_endpoints = {"https://one.test"}};
  backends[1].cluster = backends[0].cluster;
  const BackendTable before(backends, states);
  const BackendTable same(backends, states);
  REQUIRE(before.find("c")->cluster != nullptr);
  CHECK(before.find("c")->cluster == same.find("C")->cluster);
  CHECK(before.find("c")->cluster != before.find("d")->cluster);
  CHECK_FALSE(before.has_urls());  // a call to such a URL is none to the cluster
  backends[0].cluster->management_endpoints = {"https://two.test"};
  const BackendTable moved(backends, states);
  CHECK(moved.find("c")->cluster != before.find("c")->cluster);
  states.keep_only({backends[1]});
  const BackendTable fresh(backends, states);
  CHECK(fresh.find("c")->cluster != moved.find("c")->cluster);
  CHECK(fresh.find("d")->cluster == before.find("d")->cluster);
}
