// SPDX-License-Identifier: Apache-2.0
#include "management/listener_rules.hpp"

#include "management/bounds.hpp"

#include <catch2/catch.hpp>

using namespace sluice;
using management::why_not_listen;

namespace {

ManagementSettings settings(const std::string& listen) {
  ManagementSettings made;
  made.listen = listen;
  made.token = std::string(management::token_bytes, 't');
  return made;
}

}  // namespace

TEST_CASE("A token that is missing or can be guessed opens no listener", "[management][listener][threats]") {
  ManagementSettings made = settings("127.0.0.1:0");
  CHECK(why_not_listen(made).empty());
  made.token.pop_back();
  CHECK(why_not_listen(made).find("16 characters") != std::string::npos);
  made.token.clear();
  CHECK_FALSE(why_not_listen(made).empty());
}

TEST_CASE("K1: beyond this machine the token is not sent in the clear, unless asked for",
          "[management][listener][threats]") {
  for (const char* local : {"127.0.0.1:1", "127.9.9.9:1", "localhost:1", "[::1]:1"})
    CHECK(why_not_listen(settings(local)).empty());
  for (const char* other : {"0.0.0.0:1", "10.0.0.1:1", "[::]:1", "*:1", "host.test:1", "127.0.0.1.test:1"}) {
    INFO(other);
    ManagementSettings made = settings(other);
    CHECK(why_not_listen(made).find("TLS") != std::string::npos);
    made.allow_plain_http = true;
    CHECK(why_not_listen(made).empty());
    made.allow_plain_http = false;
    made.listen_tls.emplace();
    CHECK(why_not_listen(made).empty());
  }
}
