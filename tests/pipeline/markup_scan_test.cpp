// SPDX-License-Identifier: Apache-2.0
#include "pipeline/document/markup_scan.hpp"

#include "pipeline/support.hpp"

using namespace sluice;

namespace {
MarkupScan scan(std::string text, Diagnostics& found, PolicyFormat format = PolicyFormat::rawxml,
                DocumentLimits limits = {}) {
  return scan_markup(SourceText("t.xml", std::move(text)), format, limits, found);
}
std::string faults(std::string text, PolicyFormat format = PolicyFormat::rawxml, DocumentLimits limits = {}) {
  Diagnostics found;
  scan(std::move(text), found, format, limits);
  return test::summary(found);
}
}  // namespace

TEST_CASE("special characters inside expressions are shielded and every offset stays true", "[pipeline][scan]") {
  const std::string text =
      R"x(<a b="@(x["k"] < 1 && y("<"))"><c>@{ if (a < b) { return "</c>"; } return ""; }</c></a>)x";
  Diagnostics found;
  const MarkupScan result = scan(text, found);
  CHECK(found.empty());
  REQUIRE(result.shielded.size() == text.size());
  CHECK(result.shielded ==
        R"x(<a b="@(x[_k_] _ 1 __ y(___))"><c>@{ if (a _ b) { return __/c__; } return __; }</c></a>)x");
  REQUIRE(result.elements.size() == 2);
  CHECK(text.substr(result.elements[1].content_begin, 4) == "@{ i");
}

TEST_CASE("an escaped expression ends at its delimiter even when its strings hold brackets", "[pipeline][scan]") {
  CHECK(faults(R"x(<a b="@(&quot;(&quot; + x)" c="1"/>)x").empty());
  CHECK(faults(R"x(<a b='@(x["k"] == 'c')' c="1"/>)x").empty());
}

TEST_CASE("comments, CDATA, byte-order mark, declaration and blank text are taken", "[pipeline][scan]") {
  CHECK(faults("\xEF\xBB\xBF<?xml version=\"1.0\"?>\r\n<!-- a -- b <x> @( --><a><![CDATA[@{ return 1 < 2; "
               "}]]></a>\n<!-- end -->")
            .empty());
  CHECK(faults(R"x(<a b="x?y=1&z=2<3">a & b</a>)x").empty());
}

TEST_CASE("X1, X2: what a strict parser refuses is refused with its place", "[pipeline][scan]") {
  CHECK(faults("<!DOCTYPE a><a/>") == "1:1 SL1007\n");
  CHECK(faults("<a><?php x ?></a>") == "1:4 SL1007\n");
  CHECK(faults("<a/><b/>") == "1:5 SL1006\n");
  CHECK(faults("text<a/>") == "1:1 SL1006\n");
  CHECK(faults("<a b='1' b='2'/>") == "1:10 SL1005\n");
  CHECK(faults("<a>&nbsp;</a>") == "1:4 SL1008\n");
  CHECK(faults("<a>\x01</a>") == "1:4 SL1002\n");
  CHECK(faults("<a>\xff</a>") == "1:4 SL1002\n");
  CHECK(faults("<a><b></a></b>") == "1:7 SL1003\n");
  CHECK(faults("<a>\n <b>\n</a>") == "3:1 SL1003\n");
  CHECK(faults("<a") == "1:1 SL1003\n");
  CHECK(faults("<a b>") == "1:4 SL1003\n");
  CHECK(faults("<a b=1/>") == "1:4 SL1003\n");
  CHECK(faults("<a b='1/>") == "1:6 SL1003\n");
  CHECK(faults("<a>< b</a>") == "1:4 SL1003\n");
  CHECK(faults("") == "1:1 SL1003\n");
  CHECK(faults("</a>") == "1:1 SL1003\n");
  CHECK(faults("<a>&amp</a>", PolicyFormat::xml) == "1:4 SL1008\n");
  CHECK(faults("<a>&#0;</a>", PolicyFormat::xml) == "1:4 SL1008\n");
}

TEST_CASE("an expression that does not end, or is followed by text, is refused where it begins", "[pipeline][scan]") {
  CHECK(faults(R"x(<a b=" @(x[" c="1"/>)x") == "1:8 SL1004\n");
  CHECK(faults(R"x(<a b="@(x) and more"/>)x") == "1:7 SL1010\n");
  CHECK(faults("<a>\n  @{ return \"; </a>") == "2:3 SL1004\n");
}

TEST_CASE("several faults of one document are reported together", "[pipeline][scan]") {
  CHECK(faults("<a b='1' b='2'>&x;<c d='1' d='2'/></a><e/>") == "1:10 SL1005\n1:16 SL1008\n1:28 SL1005\n1:39 SL1006\n");
}

TEST_CASE("L14: size, depth, elements and attributes are bounded", "[pipeline][scan][limits]") {
  DocumentLimits limits;
  limits.bytes = 20;
  CHECK(faults("<a>0123456789012345</a>", PolicyFormat::rawxml, limits) == "1:1 SL9001\n");
  limits = {};
  limits.depth = 2;
  CHECK(faults("<a><b/></a>", PolicyFormat::rawxml, limits).empty());
  CHECK(faults("<a><b><c></c></b></a>", PolicyFormat::rawxml, limits) == "1:7 SL9002\n");
  limits = {};
  limits.elements = 2;
  CHECK(faults("<a><b/><c/></a>", PolicyFormat::rawxml, limits) == "1:8 SL9003\n");
  limits = {};
  limits.attributes_per_element = 1;
  CHECK(faults("<a b='1' c='2'/>", PolicyFormat::rawxml, limits) == "1:10 SL9003\n");
}

TEST_CASE("the text of a Liquid template may hold any markup", "[pipeline][scan]") {
  CHECK(faults("<a><set-body template=\"liquid\">{% if a < b %}<x>{% endif %}</set-body></a>").empty());
  CHECK(faults("<a><set-body template=\"liquid\">{% if a < b %}") == "1:4 SL1003\n");
}
