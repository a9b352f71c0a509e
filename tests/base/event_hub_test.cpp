// SPDX-License-Identifier: Apache-2.0
#include "base/event_hub.hpp"

#include <catch2/catch.hpp>

using namespace sluice;

TEST_CASE("a connection string names host, hub and key", "[base][event-hub]") {
  const auto hub = read_connection_string(
      "Endpoint=sb://ns.servicebus.test/;SharedAccessKeyName=send;SharedAccessKey=a+b/c==;EntityPath=logs", "");
  REQUIRE(hub);
  CHECK(hub->host == "ns.servicebus.test");
  CHECK(hub->name == "logs");
  CHECK(hub->key_name == "send");
  CHECK(hub->key == "a+b/c==");
  CHECK(
      read_connection_string("Endpoint=sb://h;SharedAccessKeyName=n;SharedAccessKey=k;EntityPath=path", "name")->name ==
      "name");
}

TEST_CASE("a connection string that is not whole names nothing", "[base][event-hub]") {
  for (const char* text :
       {"", ";;=;", "{{named}}", "Endpoint=sb://h;SharedAccessKeyName=n", "Endpoint=h;SharedAccessKey=k",
        "Endpoint=sb://a b;SharedAccessKeyName=n;SharedAccessKey=k",
        "Endpoint=sb://u@h;SharedAccessKeyName=n;SharedAccessKey=k", "SharedAccessKeyName=n;SharedAccessKey=k"}) {
    INFO(text);
    CHECK_FALSE(read_connection_string(text, "hub"));
  }
  CHECK_FALSE(read_connection_string("Endpoint=sb://h;SharedAccessKeyName=n;SharedAccessKey=k", ""));
}

TEST_CASE("a signature is what the service computes", "[base][event-hub]") {
  // Computed with Python's hmac from the documented recipe.
  const EventHub hub{"ns.servicebus.test", "logs", "send", "c2VjcmV0"};
  CHECK(
      shared_access_signature(hub, "https://ns.servicebus.test/logs", WallTime(std::chrono::seconds(1'700'000'000))) ==
      "SharedAccessSignature "
      "sr=https%3A%2F%2Fns.servicebus.test%2Flogs&sig=7dCYxsKHMZkD4aXQpYxqEnhY0OLYm%2BnhWq6LSumoL0E%3D&se=1700000000&"
      "skn=send");
}
