// SPDX-License-Identifier: Apache-2.0
#include "expression/support.hpp"

#include <catch2/catch.hpp>

using namespace sluice;
using test::text_of;

namespace {

/// What `ToString(SaveOptions.DisableFormatting)` gives for an expression of an element.
std::string compact(const std::string& expression) {
  return text_of("@((" + expression + ").ToString(SaveOptions.DisableFormatting))");
}

}  // namespace

TEST_CASE("attributes and declarations keep their order, prefixes their places", "[expression][xml]") {
  const std::string text = R"cs(<a x="1" xmlns="urn:d" y="2"><b xmlns:p="urn:p" p:z="3" /></a>)cs";
  std::string quoted;
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  CHECK(compact("XElement.Parse(@\"" + quoted + "\")") == text);
  CHECK(text_of(R"cs(@(XElement.Parse("<p:a xmlns:p='urn:p'><p:b q='1'/></p:a>").Elements().First().ToString()))cs") ==
        R"cs(<p:b q="1" xmlns:p="urn:p" />)cs");
  CHECK(compact(R"cs(new XElement("a", new XAttribute((XNamespace)"urn:x" + "k", 1),
                         new XElement((XNamespace)"urn:y" + "b")))cs") ==
        R"cs(<a p1:k="1" xmlns:p1="urn:x"><b xmlns="urn:y" /></a>)cs");
}

TEST_CASE("text beside elements keeps its line", "[expression][xml]") {
  CHECK(text_of(R"cs(@(XElement.Parse("<a><b/>x<c><d/></c></a>").ToString()))cs") == "<a>\n  <b />x<c><d /></c></a>");
  CHECK(text_of(R"cs(@(XElement.Parse("<a> <b/> </a>").ToString()))cs") == "<a>\n  <b />\n</a>");
  CHECK(text_of(R"cs(@(XElement.Parse("<a> <b/> </a>", LoadOptions.PreserveWhitespace).ToString()))cs") ==
        "<a> <b /> </a>");
  CHECK(text_of(R"cs(@(XElement.Parse("<a></a>").ToString() + XElement.Parse("<a/>").ToString()))cs") ==
        "<a></a><a />");
}

TEST_CASE("a document type, an entity and bad names are refused", "[expression][xml]") {
  for (const char* bad : {"<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>", "<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>",
                          "<a x='1' x='2'/>", "<a xmlns:p='u' xmlns:q='u' p:x='1' q:x='2'/>", "<p:a/>", "<a:b:c/>",
                          "<a/><b/>", "<a>\x01</a>", "<a", "text", "<a b=c/>"}) {
    INFO(bad);
    CHECK(text_of("@{ try { XElement.Parse(@\"" + std::string(bad) + "\"); return \"read\"; } " +
                  "catch (System.Xml.XmlException) { return \"refused\"; } }") == "refused");
  }
  CHECK(text_of(R"cs(@{ try { return new XElement("a b").ToString(); }
                        catch (System.Xml.XmlException) { return "refused"; } })cs") == "refused");
}

TEST_CASE("what has a parent is copied when it is added elsewhere", "[expression][xml]") {
  CHECK(text_of(R"cs(@{ var a = XElement.Parse("<a><b/></a>");
                        var c = new XElement("c", a.Element("b"), a);
                        a.Element("b").Value = "1";
                        return c.ToString(SaveOptions.DisableFormatting); })cs") == "<c><b /><a><b>1</b></a></c>");
  CHECK(text_of(R"cs(@{ var a = new XElement("a"); a.Add(a);
                        return a.ToString(SaveOptions.DisableFormatting); })cs") == "<a><a /></a>");
}

TEST_CASE("a tree of any depth is printed, copied and compared", "[expression][xml]") {
  CHECK(text_of(R"cs(@{ var e = new XElement("a");
                        for (var i = 0; i < 5000; i++) { var outer = new XElement("a"); outer.Add(e); e = outer; }
                        var copy = new XElement(e);
                        return copy.ToString(SaveOptions.DisableFormatting).Length + " " + XNode.DeepEquals(e, copy)
                          + " " + copy.Descendants().Count(); })cs") == "35005 True 5000");
}

TEST_CASE("XML beyond its limits is an error that no handler sees", "[expression][xml][limits]") {
  CHECK(text_of(R"cs(@{ try { return XElement.Parse(string.Concat(Enumerable.Repeat("<a>", 100))).ToString(); }
                        catch { return "seen"; } })cs") ==
        "Expression evaluation failed. The expression exceeds its limit of XML depth.");
  CHECK(
      text_of(
          R"cs(@(XElement.Parse("<a " + string.Concat(Enumerable.Range(0, 2000).Select(i => "x" + i + "='' ")) + "/>")))cs") ==
      "Expression evaluation failed. The expression exceeds its limit of XML attributes.");
}

TEST_CASE("values read as XML Schema spells them", "[expression][xml]") {
  CHECK(text_of(R"cs(@((TimeSpan)XElement.Parse("<a>P1DT2H3M4.5S</a>")))cs") == "1.02:03:04.5000000");
  CHECK(text_of(R"cs(@(new XElement("a", TimeSpan.FromSeconds(90.25)).Value))cs") == "PT1M30.25S");
  CHECK(text_of(R"cs(@(new XElement("a", new DateTime(2024, 1, 2, 3, 4, 5, DateTimeKind.Utc)).Value))cs") ==
        "2024-01-02T03:04:05Z");
  CHECK(text_of(R"cs(@((bool?)XElement.Parse("<a> 1 </a>")))cs") == "True");
  CHECK(text_of(R"cs(@(double.IsInfinity((double)XElement.Parse("<a>INF</a>"))))cs") == "True");
}
