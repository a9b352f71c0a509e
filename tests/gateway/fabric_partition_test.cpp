// SPDX-License-Identifier: Apache-2.0
#include "gateway/fabric_partition.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace sluice;

namespace {

using Kind = FabricEndpoint::Kind;

std::string reason_of(const Result<FabricPartition>& read) {
  return read ? "read" : std::string(read.error().message());
}

FabricEndpoint endpoint(Kind kind, std::vector<FabricListener> listeners) { return {kind, std::move(listeners)}; }

std::string chosen(const FabricPartition& partition, const FabricChoice& choice, std::string_view avoided = {}) {
  SeededRandom random(1);
  const auto address = choose_address(partition, choice, avoided, random);
  return address ? std::string(*address) : std::string(address.error().message());
}

}  // namespace

TEST_CASE("a cluster's answer is read with its replicas and listeners", "[gateway][fabric]") {
  const auto read = read_fabric_partition(R"({"Name": "fabric:/a/b", "PartitionInformation": {"ServicePartitionKind":
    "Int64Range", "Id": "i", "LowKey": "-1", "HighKey": "1"}, "Version": "131:2:3", "Endpoints": [
    {"Kind": "StatefulPrimary", "Address": "{\"Endpoints\":{\"\":\"http:\\/\\/a.test:1\\/p\",\"rpc\":\"a.test:2+x\"}}"},
    {"Kind": "StatefulSecondary", "Address": "http://b.test:1/s"},
    {"Kind": 1, "Address": " {\"Endpoints\":{\"w\":\"https://c.test\"}}"}]})");
  REQUIRE(read);
  CHECK(read->version == "131:2:3");
  REQUIRE(read->endpoints.size() == 3);
  CHECK(read->endpoints[0].kind == Kind::primary);
  REQUIRE(read->endpoints[0].listeners.size() == 2);
  CHECK(read->endpoints[0].listeners[0].name.empty());
  CHECK(read->endpoints[0].listeners[0].address == "http://a.test:1/p");
  CHECK(read->endpoints[0].listeners[1].name == "rpc");
  CHECK(read->endpoints[1].kind == Kind::secondary);
  CHECK(read->endpoints[1].listeners.at(0).address == "http://b.test:1/s");
  CHECK(read->endpoints[2].kind == Kind::stateless);
  CHECK(read->endpoints[2].listeners.at(0).name == "w");
}

TEST_CASE("replicas that listen nowhere are left out", "[gateway][fabric]") {
  const auto read = read_fabric_partition(R"({"Endpoints": [
    {"Kind": "Invalid", "Address": "http://a.test"}, {"Kind": "Stateless", "Address": ""}, {"Kind": "Stateless"},
    {"Kind": "Stateless", "Address": 7}, {"Kind": "Stateless", "Address": "{"}, {"Kind": "Stateless", "Address": "{}"},
    {"Kind": "Stateless", "Address": "{\"Endpoints\":[\"http://a.test\"]}"}, {"Address": "http://a.test"}, 7, null,
    {"Kind": "Stateless", "Address": "{\"Endpoints\":{\"a\":1,\"b\":null}}"}, {"Kind": 9, "Address": "http://a.test"}]})");
  REQUIRE(read);
  CHECK(read->endpoints.empty());
  CHECK(read->version.empty());
}

TEST_CASE("answers that are none are refused (L15)", "[gateway][fabric]") {
  const std::string before = "The Service Fabric cluster's answer cannot be used: ";
  for (const std::string& text :
       {std::string(), std::string("<html>"), std::string("[]"), std::string("7"), std::string("{\"Endpoints\": ["),
        std::string(100'000, '['), "{\"Endpoints\": " + std::string(65, '[') + std::string(65, ']') + "}"})
    CHECK(reason_of(read_fabric_partition(text)) == before + "it is no JSON object.");
  for (const char* const text :
       {"{}", R"({"Endpoints": null})", R"({"Endpoints": {"Kind": 1}})", R"({"endpoints": []})"})
    CHECK(reason_of(read_fabric_partition(text)) == before + "it has no Endpoints.");
  CHECK(reason_of(read_fabric_partition(R"({"Endpoints": [], "Version": {"a": 1}})")) == "read");
}

TEST_CASE("an address that is nested too deep listens nowhere (L15)", "[gateway][fabric]") {
  std::string address = "{\\\"Endpoints\\\":";
  for (int i = 0; i < 100; ++i) address += "{\\\"a\\\":";
  address += "1" + std::string(101, '}');
  const auto read = read_fabric_partition(R"({"Endpoints": [{"Kind": 1, "Address": ")" + address + "\"}]}");
  REQUIRE(read);
  CHECK(read->endpoints.empty());
}

TEST_CASE("replica and listener are chosen as the policy says", "[gateway][fabric]") {
  const FabricPartition stateful{{endpoint(Kind::secondary, {{"", "http://s.test"}, {"admin", "http://s.test/admin"}}),
                                  endpoint(Kind::primary, {{"web", "net.tcp://p.test"}, {"api", "HTTP://p.test/api"}})},
                                 "1"};
  CHECK(chosen(stateful, {}) == "HTTP://p.test/api");
  CHECK(chosen(stateful, {.replica = FabricReplica::primary}) == "HTTP://p.test/api");
  CHECK(chosen(stateful, {.replica = FabricReplica::secondary}) == "http://s.test");
  CHECK(chosen(stateful, {.listener = "admin", .replica = FabricReplica::secondary}) == "http://s.test/admin");
  CHECK(chosen(stateful, {.listener = "API"}).starts_with("The service's partition has no replica or instance with"));
  CHECK(chosen(stateful, {.listener = "web"}) ==
        "The service's partition has no replica or instance with the listener 'web' to call: it has a secondary ('', "
        "'admin'), a primary ('web' without HTTP, 'api').");
  CHECK(chosen({}, {}) == "The service's partition has no replica or instance to call: it has none that listens.");
}

TEST_CASE("of several instances one is chosen by chance, and not the one that failed", "[gateway][fabric]") {
  FabricPartition partition;
  for (const char* const address : {"http://a.test", "http://b.test", "http://c.test"})
    partition.endpoints.push_back(endpoint(Kind::stateless, {{"", address}}));
  SeededRandom random(7);
  std::set<std::string_view> all, others;
  for (int i = 0; i < 100; ++i) {
    all.insert(choose_address(partition, {}, {}, random).value());
    others.insert(choose_address(partition, {}, "http://b.test", random).value());
  }
  CHECK(all.size() == 3);
  CHECK(others == std::set<std::string_view>{"http://a.test", "http://c.test"});
  partition.endpoints.resize(1);
  CHECK(chosen(partition, {}, "http://a.test") == "http://a.test");
}

TEST_CASE("what there is is told in few words, however much there is (K3)", "[gateway][fabric]") {
  FabricPartition partition;
  for (int i = 0; i < 1'000; ++i) {
    std::vector<FabricListener> listeners;
    for (int j = 0; j < 100; ++j) listeners.push_back({std::string(1'000, 'n'), "net.tcp://x"});
    partition.endpoints.push_back(endpoint(Kind::secondary, std::move(listeners)));
  }
  const std::string message = chosen(partition, {.listener = std::string_view("wanted")});
  CHECK(message.size() < 8'000);
  CHECK(message.ends_with("…."));
}
