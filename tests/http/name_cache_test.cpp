// SPDX-License-Identifier: Apache-2.0
#include "http/name_cache.hpp"

#include <catch2/catch.hpp>

using namespace sluice;
using namespace sluice::http;
using namespace std::chrono_literals;
using State = NameCache::State;

namespace {

constexpr SteadyTime start{1000s};
constexpr std::chrono::seconds keep{30};

Address address(const char* text) { return boost::asio::ip::make_address(text); }
std::vector<Address> addresses(std::initializer_list<const char*> texts) {
  std::vector<Address> list;
  for (const char* text : texts) list.push_back(address(text));
  return list;
}
std::vector<std::string> order(NameCache& cache, SteadyTime now = start) {
  std::vector<std::string> texts;
  for (const Address& one : cache.find("a", now).addresses) texts.push_back(one.to_string());
  return texts;
}
using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("a name is fresh, then aging, then old, then gone", "[http][names]") {
  NameCache cache(10, keep);
  CHECK(cache.find("a", start).state == State::missing);
  cache.learned("a", addresses({"10.0.0.1"}), start);
  CHECK(cache.find("a", start + 29s).state == State::fresh);
  CHECK(cache.find("a", start + 30s).state == State::aging);
  CHECK(cache.find("a", start + 30s).addresses.size() == 1);
  CHECK(cache.find("a", start + 60s).state == State::old);
  CHECK(cache.find("a", start + NameCache::longest_use - 1s).state == State::old);
  CHECK(cache.find("a", start + NameCache::longest_use).state == State::missing);
  CHECK(cache.find("a", start + NameCache::longest_use).addresses.empty());
}

TEST_CASE("an unknown name is asked for again after a short time", "[http][names]") {
  NameCache cache(10, keep);
  cache.learned("a", {}, start);
  CHECK(cache.find("a", start + 999ms).state == State::unknown);
  CHECK(cache.find("a", start + 1s).state == State::missing);
}

TEST_CASE("addresses are used on while they cannot be looked up, but not for ever", "[http][names]") {
  NameCache cache(10, keep);
  cache.learned("a", addresses({"10.0.0.1"}), start);
  SteadyTime now = start + 61s;
  cache.learned("a", {}, now);
  CHECK(cache.find("a", now).state == State::fresh);  // not asked for with each request
  CHECK(cache.find("a", now).addresses == addresses({"10.0.0.1"}));
  CHECK(cache.find("a", now + 1s).state == State::old);
  now = start + NameCache::longest_use;
  cache.learned("a", {}, now);
  CHECK(cache.find("a", now).state == State::unknown);
  cache.learned("a", addresses({"10.0.0.2"}), now);
  CHECK(cache.find("a", now).addresses == addresses({"10.0.0.2"}));
}

TEST_CASE("each time another address is first, and the families alternate", "[http][names]") {
  NameCache cache(10, keep);
  cache.learned("a", addresses({"::1", "::2", "10.0.0.1", "10.0.0.2", "10.0.0.3"}), start);
  CHECK(order(cache) == Texts{"::1", "10.0.0.1", "::2", "10.0.0.2", "10.0.0.3"});
  CHECK(order(cache) == Texts{"::2", "10.0.0.2", "::1", "10.0.0.3", "10.0.0.1"});
  CHECK(order(cache) == Texts{"::1", "10.0.0.3", "::2", "10.0.0.1", "10.0.0.2"});
}

TEST_CASE("an address that failed comes last for a while, also when it is looked up again", "[http][names]") {
  NameCache cache(10, keep);
  cache.learned("a", addresses({"10.0.0.1", "10.0.0.2"}), start);
  cache.tried("a", address("10.0.0.1"), false, start);
  for (int i = 0; i < 4; ++i) CHECK(order(cache) == Texts{"10.0.0.2", "10.0.0.1"});
  cache.learned("a", addresses({"10.0.0.1", "10.0.0.2", "10.0.0.3"}), start + 1s);
  for (int i = 0; i < 3; ++i) CHECK(order(cache).back() == "10.0.0.1");
  cache.tried("a", address("10.0.0.1"), true, start + 1s);
  int first = 0;
  for (int i = 0; i < 3; ++i) first += order(cache).front() == "10.0.0.1" ? 1 : 0;
  CHECK(first == 1);
  cache.tried("a", address("10.0.0.1"), false, start);
  first = 0;
  for (int i = 0; i < 3; ++i) first += order(cache, start + NameCache::avoid_time).front() == "10.0.0.1" ? 1 : 0;
  CHECK(first == 1);
  cache.tried("unknown", address("10.0.0.1"), false, start);
}

TEST_CASE("the cache has as many names as it may, and each as many addresses", "[http][names][limits]") {
  NameCache cache(2, keep);
  cache.learned("a", addresses({"10.0.0.1"}), start);
  cache.learned("b", addresses({"10.0.0.2"}), start);
  cache.find("a", start);
  cache.learned("c", addresses({"10.0.0.3"}), start);
  CHECK(cache.size() == 2);
  CHECK(cache.find("a", start).state == State::fresh);
  CHECK(cache.find("b", start).state == State::missing);  // asked for least recently
  CHECK(cache.find("c", start).state == State::fresh);
  std::vector<Address> many;
  for (unsigned i = 0; i < 100; ++i) many.push_back(boost::asio::ip::address_v4(0x0a000000 + i));
  cache.learned("a", many, start);
  CHECK(cache.find("a", start).addresses.size() == NameCache::most_addresses);
}
