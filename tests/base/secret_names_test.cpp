// SPDX-License-Identifier: Apache-2.0
#include "base/secret_names.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace sluice;

TEST_CASE("K3: names of secrets are known in any case and wherever the word stands", "[base][secret_names]") {
  for (const std::string name :
       {"Authorization", "proxy-authorization", "COOKIE", "Set-Cookie", "api-key", "X-Api-Key", "x-apikey",
        "Ocp-Apim-Subscription-Key", "x-functions-key", "token", "X-Auth-Token-2", "client_secret", "db-password"}) {
    INFO(name);
    CHECK(is_secret_name(name));
  }
}

TEST_CASE("other names are no secrets", "[base][secret_names]") {
  for (const std::string name :
       {"", "a", "authorizatio", "Content-Type", "cooki", "x-key", "accept", "tok-en", "tracestate"}) {
    INFO(name);
    CHECK_FALSE(is_secret_name(name));
  }
}
