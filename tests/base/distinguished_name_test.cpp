// SPDX-License-Identifier: Apache-2.0
#include "base/distinguished_name.hpp"

#include <catch2/catch.hpp>

using namespace sluice;

namespace {

std::string printed(std::string_view text) {
  const auto name = parse_distinguished_name(text);
  if (!name) return "none";
  std::string all;
  for (const NamePart& part : *name) all += "[" + part.type + "|" + part.value + "]";
  return all;
}

}  // namespace

TEST_CASE("Distinguished names are read with quotes, escapes and several spellings", "[base][certificate]") {
  const auto [text, expected] = GENERATE(table<std::string, std::string>({
      {"CN=client", "[CN|client]"},
      {"CN=client, O=Contoso, C=US", "[CN|client][O|contoso][C|us]"},
      {R"(O="Contoso, Inc.", C=US)", "[O|contoso, inc.][C|us]"},
      {R"(O="the ""best"" one")", R"([O|the "best" one])"},
      {R"(O="a \"b\" \\ c")", R"([O|a "b" \ c])"},
      {R"(O=Contoso\, Inc.;C=US)", "[O|contoso, inc.][C|us]"},
      {R"(CN=a\2Cb+OU=c)", "[CN|a,b][OU|c]"},
      {"cn=Client,  ou = Two   Words ", "[CN|client][OU|two words]"},
      {"ST=x, emailAddress=a@b.c, 2.5.4.10=y, OID.2.5.4.11=z, 1.2.3=w", "[S|x][E|a@b.c][O|y][OU|z][1.2.3|w]"},
      {"CN=", "[CN|]"},
      {"", "none"},
      {"client", "none"},
      {"CN=a, b", "none"},
      {"=a", "none"},
      {R"(O="open)", "none"},
      {R"(O="a" b)", "none"},
      {"CN=a,", "none"},
      {R"(CN=a\)", "none"},
      {"C N=a", "none"},
  }));
  INFO(text);
  CHECK(printed(text) == expected);
}
