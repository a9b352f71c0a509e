// SPDX-License-Identifier: Apache-2.0
#include "pipeline/document/schema_check.hpp"

#include "pipeline/support.hpp"

using namespace sluice;

namespace {
Diagnostics check(std::string text, std::optional<Scope> scope = std::nullopt) {
  const auto registry = test::test_registry();
  const Behaviour behaviour;
  Diagnostics found;
  TreeOptions options;
  check_schema(read_policy_tree({std::move(text), "t.xml"}, options, found), {registry, scope, behaviour}, found);
  found.sort();
  return found;
}
std::string in_inbound(const std::string& content) {
  return "<policies><inbound>\n" + content + "</inbound></policies>";
}
/// The one finding's code and message.
std::string only(const Diagnostics& found) {
  return found.size() == 1 ? found[0].code + " " + found[0].message : test::summary(found);
}
const std::string good = "<limit calls='1'><key>k</key></limit>";
}  // namespace

TEST_CASE("a right document has no findings", "[pipeline][schema]") {
  CHECK(check(in_inbound(good)).empty());
  CHECK(check(in_inbound("<old-limit calls='5' mode='HARD' share='0.5' strict='True' url='http://h' "
                         "id='x'><key>k</key><extra>@(1)</extra></old-limit>"))
            .empty());
}

TEST_CASE("attributes are checked for name, type, range and words", "[pipeline][schema]") {
  const auto limit = [](const std::string& attributes) {
    return only(check(in_inbound("<limit " + attributes + "><key>k</key></limit>")));
  };
  CHECK(limit("calls='-1'") == "SL2106 attribute 'calls' of <limit> must be a positive integer, found '-1'");
  CHECK(limit("calls='1.5'") == "SL2106 attribute 'calls' of <limit> must be a positive integer, found '1.5'");
  CHECK(limit("calls='1' share='2'") == "SL2106 attribute 'share' of <limit> must be a number from 0 to 1, found '2'");
  CHECK(limit("calls='1' strict='yes'") ==
        "SL2106 attribute 'strict' of <limit> must be 'true' or 'false', found 'yes'");
  CHECK(limit("calls='1' url='nonsense'") ==
        "SL2106 attribute 'url' of <limit> must be an absolute http or https URL, found 'nonsense'");
  CHECK(limit("calls='1' mode='hrd'") ==
        "SL2107 attribute 'mode' of <limit> must be one of 'soft', 'hard', found 'hrd'");
  CHECK(limit("mode='soft'") == "SL2105 <limit> needs attribute 'calls'");
  CHECK(limit("calls='1' cals='2'") == "SL2104 <limit> has no attribute 'cals'");
  CHECK(limit("calls='@(1)'") == "SL2108 attribute 'calls' of <limit> must be a literal, no expression");
}

TEST_CASE("a misspelt name comes with what was probably meant", "[pipeline][schema]") {
  CHECK(check(in_inbound("<limt calls='1'/>"))[0].hint == "did you mean 'limit'?");
  CHECK(check(in_inbound("<limit cals='1' calls='1'><key>k</key></limit>"))[0].hint == "did you mean 'calls'?");
  CHECK(check("<policies><inbond/></policies>")[0].hint == "did you mean 'inbound'?");
}

TEST_CASE("children are checked for name and number", "[pipeline][schema]") {
  CHECK(only(check(in_inbound("<limit calls='1'/>"))) == "SL2110 <limit> needs a child <key>");
  CHECK(only(check(in_inbound("<limit calls='1'><key>k</key><key>l</key></limit>"))) ==
        "SL2111 <limit> takes one <key> only");
  CHECK(only(check(in_inbound("<limit calls='1'><key>k</key><kee/></limit>"))) ==
        "SL2109 <limit> has no child <kee>; allowed are 'key', 'extra'");
}

TEST_CASE("texts stand only where they may", "[pipeline][schema]") {
  CHECK(only(check(in_inbound("<limit calls='1'>text<key>k</key></limit>"))) == "SL2112 <limit> holds no text");
  CHECK(only(check(in_inbound("<limit calls='1'><key>@(1)</key></limit>"))) ==
        "SL2108 the text of <key> must be a literal, no expression");
  CHECK(only(check(in_inbound("<limit calls='1'><key>k</key><extra>@(1) more</extra></limit>"))) ==
        "SL1010 an expression must be the whole text of <extra>, more text follows it");
}

TEST_CASE("sections, scopes and repetitions are checked", "[pipeline][schema]") {
  CHECK(only(check("<policies><outbound>" + good + "</outbound></policies>")) ==
        "SL2102 <limit> is not allowed in section outbound");
  CHECK(only(check(in_inbound(good), Scope::global)) == "SL2103 <limit> is not allowed at scope global");
  CHECK(check(in_inbound(good), Scope::operation).empty());
  CHECK(only(check(in_inbound(good + good))) == "SL2113 <limit> may stand only once in a section");
  CHECK(only(check("<policies><backend><note text='1'/><note text='2'/></backend></policies>")) ==
        "SL2114 the backend section holds one policy, <note> is another one");
  CHECK(only(check("<policies><inbound/><inbound/></policies>")) == "SL2003 section <inbound> stands twice");
}

TEST_CASE("base stands where policies stand and is empty", "[pipeline][schema]") {
  CHECK(check(in_inbound("<group><base/></group>")).empty());
  CHECK(only(check(in_inbound("<base x='1'/>"))) == "SL2116 <base /> has neither attributes nor content");
}

TEST_CASE("fragments hold policies and nothing else", "[pipeline][schema]") {
  CHECK(check("<fragment><note text='x'/></fragment>").empty());
  CHECK(test::summary(check("<fragment><base/><inbound/>" + good + "</fragment>")) ==
        "1:11 SL2116\n1:18 SL2117\n1:28 SL2117\n");
}

TEST_CASE("markup of a policy that takes it is text, not children", "[pipeline][schema]") {
  CHECK(check(in_inbound("<content><any attribute='1'>thing</any></content>")).empty());
}

TEST_CASE("all mistakes of a document are reported in one go, each with its place", "[pipeline][schema]") {
  const auto found = check(
      "<policies>\n<inbound>\n<unknown/>\n<limit "
      "calls='x'/>\n</inbound>\n<inbond/>\n<backend>\n<note/>\n</backend>\n</policies>");
  CHECK(test::summary(found) == "3:1 SL2101\n4:1 SL2110\n4:8 SL2106\n6:1 SL2002\n8:1 SL2105\n");
}
