// SPDX-License-Identifier: Apache-2.0
#include "base/head_syntax.hpp"
#include "base/field_role.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace sluice;

namespace {

using Texts = std::vector<std::string_view>;

struct Fixture {
  Arena arena;
  Headers headers{arena};
  Result<void> edit(std::string_view name, ExistsAction action, const Texts& values) {
    const auto field = edited_field(name);
    if (!field) return fail(ErrorCode::policy_value_invalid);
    return edit_header(headers, name, *field, action, values);
  }
};

}  // namespace

TEST_CASE("Several values of a header become one line", "[base][head_syntax]") {
  Fixture f;
  REQUIRE(f.edit("X-A", ExistsAction::replace, {"1", "2"}));
  CHECK(f.headers.count("X-A") == 1);
  CHECK(f.headers.get("x-a") == "1,2");
}

TEST_CASE("Appended values follow those that are there", "[base][head_syntax]") {
  Fixture f;
  f.headers.append("X-A", "1");
  f.headers.append("X-A", "2");
  REQUIRE(f.edit("x-a", ExistsAction::append, {"3"}));
  CHECK(f.headers.count("X-A") == 1);
  CHECK(f.headers.get("X-A") == "1,2,3");
}

TEST_CASE("Headers whose values may not be joined keep a line each", "[base][head_syntax]") {
  const std::string name = GENERATE("Set-Cookie", "WWW-Authenticate", "Warning", "User-Agent", "retry-after");
  Fixture f;
  REQUIRE(f.edit(name, ExistsAction::replace, {"a=1", "b=2"}));
  REQUIRE(f.edit(name, ExistsAction::append, {"c=3"}));
  CHECK(f.headers.count(std::string_view(name)) == 3);
}

TEST_CASE("skip leaves a header that is there", "[base][head_syntax]") {
  Fixture f;
  f.headers.append("X-A", "old");
  REQUIRE(f.edit("X-A", ExistsAction::skip, {"new"}));
  REQUIRE(f.edit("X-B", ExistsAction::skip, {"new"}));
  CHECK(f.headers.get("X-A") == "old");
  CHECK(f.headers.get("X-B") == "new");
}

TEST_CASE("delete removes every line, but never Server", "[base][head_syntax]") {
  Fixture f;
  f.headers.append("X-A", "1");
  f.headers.append("X-A", "2");
  f.headers.append("Server", "s");
  REQUIRE(f.edit("X-A", ExistsAction::remove, {}));
  REQUIRE(f.edit("server", ExistsAction::remove, {}));
  CHECK_FALSE(f.headers.contains("X-A"));
  CHECK(f.headers.get("Server") == "s");
}

TEST_CASE("Replacing by no values removes the header", "[base][head_syntax]") {
  Fixture f;
  f.headers.append("X-A", "1");
  REQUIRE(f.edit("X-A", ExistsAction::replace, {}));
  CHECK_FALSE(f.headers.contains("X-A"));
}

TEST_CASE("Fields of the framing stay as they are", "[base][head_syntax]") {
  const std::string name = GENERATE("Connection", "content-length", "Keep-Alive", "Transfer-Encoding");
  Fixture f;
  f.headers.append(std::string_view(name), "5");
  REQUIRE(f.edit(name, ExistsAction::replace, {"9"}));
  REQUIRE(f.edit(name, ExistsAction::remove, {}));
  CHECK(f.headers.get(std::string_view(name)) == "5");
}

TEST_CASE("A name or value that could split the head is refused", "[base][head_syntax]") {
  Fixture f;
  for (std::string_view name : {"", "X A", "X:", "X\r\nY", "Ä"}) {
    INFO(name);
    CHECK(f.edit(name, ExistsAction::replace, {"v"}).error().code() == ErrorCode::policy_value_invalid);
  }
  for (std::string_view value :
       {std::string_view("a\r\nb"), std::string_view("a\nb"), std::string_view("a\0b", 3), std::string_view("\x7f")}) {
    CHECK(f.edit("X", ExistsAction::replace, {value}).error().code() == ErrorCode::policy_value_invalid);
  }
  CHECK(f.headers.size() == 0);
}

TEST_CASE("Values may hold tabs and bytes outside ASCII; blanks round them are dropped", "[base][head_syntax]") {
  Fixture f;
  REQUIRE(f.edit("X", ExistsAction::replace, {"  a\tb\xC3\xA4 "}));
  CHECK(f.headers.get("X") == "a\tb\xC3\xA4");
}

TEST_CASE("Actions are named without regard to case", "[base][head_syntax]") {
  CHECK(exists_action("override") == ExistsAction::replace);
  CHECK(exists_action("Skip") == ExistsAction::skip);
  CHECK(exists_action("APPEND") == ExistsAction::append);
  CHECK(exists_action("delete") == ExistsAction::remove);
  CHECK_FALSE(exists_action("replace"));
}

TEST_CASE("A ready field is copied whole where that is what a head holds", "[base][head_syntax]") {
  const Header usual = ready_field("X-Name: some value\r\n");
  CHECK(usual.is("x-name"));
  CHECK(usual.value == "some value");
  CHECK(usual.is_checked);
  CHECK(usual.is_verbatim);
  CHECK(static_cast<FieldRole>(ready_field("Date: x\r\n").role) == FieldRole::date);
  CHECK_FALSE(ready_field("X-Name: \r\n").is_verbatim);
  CHECK(ready_field("X-Name: \r\n").value.empty());
  CHECK_FALSE(ready_field("X-Name:  two blanks\r\n").is_verbatim);
}
