// SPDX-License-Identifier: Apache-2.0
#include "gateway/session_affinity.hpp"

#include <catch2/catch.hpp>

using namespace sluice;

namespace {

std::string set_cookie(const SessionAffinity& affinity, std::size_t member, bool is_secure = false) {
  Arena arena;
  Headers answer(arena);
  affinity.pin(member, is_secure, answer);
  return std::string(answer.get("Set-Cookie"));
}

std::size_t member_of(const SessionAffinity& affinity, std::initializer_list<const char*> cookies) {
  Arena arena;
  Headers headers(arena);
  for (const char* cookie : cookies) headers.append("Cookie", cookie);
  return affinity.member_of(headers);
}

}  // namespace

TEST_CASE("A cookie names a member to every gateway, and nothing to the caller", "[gateway][pool]") {
  const SessionAffinity one("Pool", "Sid", {"a", "b"});
  const SessionAffinity other("pool", "Sid", {"B", "c", "A"});
  const std::string cookie = set_cookie(one, 1);
  const std::string pair = cookie.substr(0, cookie.find(';'));
  CHECK(cookie == pair + "; Path=/; HttpOnly");
  CHECK(set_cookie(one, 1, true) == pair + "; Path=/; HttpOnly; Secure");
  CHECK(pair.size() == std::string("Sid=").size() + 32);
  CHECK(member_of(one, {pair.c_str()}) == 1);
  CHECK(member_of(other, {pair.c_str()}) == 0);
  CHECK(set_cookie(one, 0) != cookie);
  CHECK(member_of(SessionAffinity("another", "Sid", {"a", "b"}), {pair.c_str()}) == SessionAffinity::none);
}

TEST_CASE("The cookie is found among others, in any line", "[gateway][pool]") {
  const SessionAffinity affinity("pool", "Sid", {"a", "b"});
  const std::string cookie = set_cookie(affinity, 0);
  const std::string pair = cookie.substr(0, cookie.find(';'));
  CHECK(member_of(affinity, {}) == SessionAffinity::none);
  CHECK(member_of(affinity, {"", ";", "Sid", "Sid=", "Sid=x"}) == SessionAffinity::none);
  CHECK(member_of(affinity, {"x=1", ("y=2;  " + pair + " ; z=3").c_str()}) == 0);
  CHECK(member_of(affinity, {("Sid=old; " + pair).c_str()}) == 0);
  CHECK(member_of(affinity, {("X" + pair).c_str()}) == SessionAffinity::none);
  CHECK(member_of(affinity, {("s" + pair.substr(1)).c_str()}) == SessionAffinity::none);  // names have case
}
