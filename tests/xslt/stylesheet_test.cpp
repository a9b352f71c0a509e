// SPDX-License-Identifier: Apache-2.0
#include "xslt/stylesheet.hpp"

#include <catch2/catch.hpp>

#include <thread>

using namespace sluice;
using namespace sluice::xslt;

namespace {

std::string sheet(std::string_view content) {
  return "<xsl:stylesheet version=\"1.0\" xmlns:xsl=\"http://www.w3.org/1999/XSL/Transform\">" + std::string(content) +
         "</xsl:stylesheet>";
}
std::string plain(std::string_view content) {
  return sheet("<xsl:output omit-xml-declaration=\"yes\"/>" + std::string(content));
}

std::shared_ptr<const Stylesheet> compiled(const std::string& text) {
  std::vector<StylesheetFault> faults;
  auto result = Stylesheet::compile(text, faults);
  for (const auto& fault : faults) UNSCOPED_INFO(fault.message);
  REQUIRE(result != nullptr);
  REQUIRE(faults.empty());
  return result;
}

std::string run(const std::string& text, std::string_view document, std::span<const Parameter> parameters = {},
                const TransformLimits& limits = {}) {
  const auto result = compiled(text)->transform(document, parameters, limits);
  return result ? result->text : "! " + std::string(result.error().message());
}

constexpr std::string_view identity =
    "<xsl:template match=\"@*|node()\"><xsl:copy><xsl:apply-templates select=\"@*|node()\"/></xsl:copy></xsl:template>";

}  // namespace

TEST_CASE("a document is transformed", "[xslt]") {
  CHECK(run(plain(identity), "<a b='1'>x<c/><!--n--><?p q?></a>") == "<a b=\"1\">x<c/><!--n--><?p q?></a>\n");
  CHECK(run(plain(identity), "<p:a xmlns:p='u' p:b=''><c xmlns='d'/></p:a>") ==
        "<p:a xmlns:p=\"u\" p:b=\"\"><c xmlns=\"d\"/></p:a>\n");
  CHECK(run(sheet(identity), "<a>\xC3\xA9</a>") == "<?xml version=\"1.0\"?>\n<a>\xC3\xA9</a>\n");
}

TEST_CASE("parameters are texts, whatever they hold", "[xslt]") {
  const std::string text = plain(
      "<xsl:param name=\"p\" select=\"'none'\"/><xsl:template match=\"/\"><r><xsl:value-of "
      "select=\"$p\"/></r></xsl:template>");
  const auto with = [&](std::string value) {
    const Parameter parameters[] = {{"p", std::move(value)}};
    return run(text, "<a/>", parameters);
  };
  CHECK(run(text, "<a/>") == "<r>none</r>\n");
  CHECK(with("it's \"1\" + document('x')") == "<r>it's \"1\" + document('x')</r>\n");
  CHECK(with("<b>") == "<r>&lt;b&gt;</r>\n");
  const Parameter other[] = {{"unknown", "x"}};
  CHECK(run(text, "<a/>", other) == "<r>none</r>\n");
}

TEST_CASE("xsl:output says what the result is", "[xslt]") {
  const auto result = [](std::string_view output) {
    return compiled(
               sheet("<xsl:output " + std::string(output) + "/><xsl:template match=\"/\"><p>x<br/></p></xsl:template>"))
        ->transform("<a/>", {}, {})
        .value();
  };
  CHECK(result("method=\"html\"").method == OutputMethod::html);
  CHECK(result("method=\"html\"").text == "<p>x<br></p>\n");
  CHECK(result("method=\"text\"").text == "x");
  CHECK(result("method=\"text\" media-type=\"text/csv\"").media_type == "text/csv");
  CHECK(result("method=\"xml\"").method == OutputMethod::xml);
  CHECK(result("encoding=\"iso-8859-1\"").text == "<?xml version=\"1.0\" encoding=\"iso-8859-1\"?>\n<p>x<br/></p>\n");
}

TEST_CASE("every mistake of a style sheet has its place", "[xslt]") {
  const std::string text = sheet(
      "\n<xsl:template match=\"/\">\n  <xsl:value-of select=\"1 +\"/>\n</xsl:template>\n"
      "<xsl:template match=\"b[\"/>\n<xsl:template/>");
  std::vector<StylesheetFault> faults;
  CHECK(Stylesheet::compile(text, faults) == nullptr);
  REQUIRE(faults.size() >= 3);
  CHECK(text.substr(faults[0].offset).starts_with("<xsl:value-of"));
  std::vector<std::string> places;
  for (const auto& fault : faults) places.push_back(text.substr(fault.offset, 27));
  INFO(Catch::StringMaker<std::vector<std::string>>::convert(places));
  CHECK(std::find(places.begin(), places.end(), "<xsl:template match=\"b[\"/>\n") != places.end());
  CHECK(std::find(places.begin(), places.end(), "<xsl:template/></xsl:styles") != places.end());
}

TEST_CASE("X2: a style sheet reads no other one", "[xslt]") {
  const char* content =
      GENERATE("<xsl:import href=\"file:///etc/passwd\"/>", "<xsl:include href=\"http://a.test/x\"/>");
  std::vector<StylesheetFault> faults;
  const std::string text = sheet(content);
  CHECK(Stylesheet::compile(text, faults) == nullptr);
  REQUIRE(faults.size() == 1);
  CHECK(text.substr(faults[0].offset).starts_with(content));
}

TEST_CASE("what is no style sheet is refused", "[xslt]") {
  const std::string text =
      GENERATE(std::string(), std::string("x"), std::string("<a/>"), std::string("<!DOCTYPE a><a/>"),
               sheet("<xsl:template"), sheet("<xsl:template match=\"/\"><b></xsl:template>"));
  std::vector<StylesheetFault> faults;
  CHECK(Stylesheet::compile(text, faults) == nullptr);
  CHECK_FALSE(faults.empty());
}

TEST_CASE("X2: a transformation reads and writes nothing else", "[xslt]") {
  const char* content = GENERATE(
      "<xsl:template match=\"/\"><xsl:copy-of select=\"document('file:///etc/passwd')\"/></xsl:template>",
      "<xsl:template match=\"/\"><xsl:copy-of select=\"document('http://127.0.0.1:1/x')\"/></xsl:template>",
      "<xsl:template match=\"/\"><xsl:copy-of select=\"document(//@f)\"/></xsl:template>",
      "<xsl:template match=\"/\"><xsl:document href=\"/tmp/sluice-xslt-test\">x</xsl:document></xsl:template>");
  CHECK(run(plain(content), "<a f='/etc/passwd'/>").starts_with("! The transformation failed"));
}

TEST_CASE("what the document brings is checked as all XML is", "[xslt]") {
  const char* document =
      GENERATE("", "<a>", "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>", "<a>\xFF</a>", "<p:a/>");
  CHECK(run(plain(identity), document).starts_with("! The body cannot be read as XML"));
}

TEST_CASE("a style sheet may end a transformation, with what it has to say", "[xslt]") {
  CHECK(run(plain("<xsl:template match=\"/\"><xsl:message terminate=\"yes\">no order</xsl:message></xsl:template>"),
            "<a/>") == "! The transformation failed: no order");
  CHECK(run(plain("<xsl:template match=\"/\"><xsl:message>hm</xsl:message><r/></xsl:template>"), "<a/>") == "<r/>\n");
}

TEST_CASE("templates are as deep as they may be and no deeper", "[xslt]") {
  const std::string text = plain(
      "<xsl:template match=\"/\"><xsl:call-template name=\"f\"><xsl:with-param name=\"n\" "
      "select=\"/a/@n\"/></xsl:call-template></xsl:template><xsl:template name=\"f\"><xsl:param name=\"n\"/><xsl:if "
      "test=\"$n > 0\"><xsl:call-template name=\"f\"><xsl:with-param name=\"n\" "
      "select=\"$n - 1\"/></xsl:call-template></xsl:if></xsl:template>");
  CHECK_FALSE(run(text, "<a n='400'/>").starts_with("!"));
  CHECK(run(text, "<a n='600'/>").starts_with("! The transformation failed"));
  CHECK(run(text, "<a n='1e9'/>").starts_with("! The transformation failed"));
}

TEST_CASE("work is bounded", "[xslt]") {
  std::string document = "<a>";
  for (int i = 0; i < 3'000; ++i) document += "<b/>";
  document += "</a>";
  TransformLimits limits;
  limits.operations = 100'000;
  CHECK(run(plain("<xsl:template match=\"/\"><r><xsl:value-of select=\"count(//b)\"/></r></xsl:template>"), document,
            {}, limits) == "<r>3000</r>\n");
  CHECK(run(plain("<xsl:template match=\"/\"><xsl:for-each select=\"//b\"><xsl:for-each select=\"//b\"><xsl:for-each "
                  "select=\"//b\"><c/></xsl:for-each></xsl:for-each></xsl:for-each></xsl:template>"),
            document, {}, limits)
            .starts_with("! The transformation failed"));
  CHECK(
      run(plain(
              "<xsl:template match=\"/\"><r><xsl:value-of select=\"count(//b[count(//b) > 1])\"/></r></xsl:template>"),
          document, {}, limits)
          .starts_with("! The transformation failed"));
}

TEST_CASE("memory is bounded", "[xslt]") {
  // Each level holds two of the one before.
  std::string doubled = "<xsl:variable name=\"v0\"><x>0123456789</x></xsl:variable>";
  std::string texts = "<xsl:variable name=\"t0\" select=\"'0123456789'\"/>";
  for (int i = 1; i <= 40; ++i) {
    const std::string one = std::to_string(i), before = std::to_string(i - 1);
    doubled += "<xsl:variable name=\"v" + one + "\"><xsl:copy-of select=\"$v" + before +
               "\"/><xsl:copy-of select=\"$v" + before + "\"/></xsl:variable>";
    texts += "<xsl:variable name=\"t" + one + "\" select=\"concat($t" + before + ", $t" + before + ")\"/>";
  }
  TransformLimits limits;
  limits.memory_bytes = 4u << 20;
  CHECK(run(plain("<xsl:template match=\"/\">" + doubled + "<xsl:copy-of select=\"$v40\"/></xsl:template>"), "<a/>", {},
            limits) == "! The transformation takes too much memory.");
  CHECK(run(plain("<xsl:template match=\"/\">" + texts + "<r><xsl:value-of select=\"$t40\"/></r></xsl:template>"),
            "<a/>", {}, limits) == "! The transformation takes too much memory.");
  CHECK(run(plain("<xsl:template match=\"/\"><r><xsl:value-of select=\"'x'\"/></r></xsl:template>"), "<a/>", {},
            limits) == "<r>x</r>\n");
}

TEST_CASE("L5: the result is bounded", "[xslt]") {
  TransformLimits limits;
  limits.most_bytes = 20;
  const auto result = compiled(plain(identity))->transform("<a>0123456789012</a>", {}, limits);
  REQUIRE_FALSE(result);
  CHECK(result.error().code() == ErrorCode::response_body_too_large);
  CHECK(run(plain(identity), "<a>012345678901</a>", {}, limits) == "<a>012345678901</a>\n");
}

TEST_CASE("threads share a style sheet", "[xslt]") {
  const auto shared = compiled(
      plain("<xsl:key name=\"k\" match=\"b\" use=\"@i\"/><xsl:param name=\"p\"/><xsl:template match=\"/\"><r "
            "p=\"{$p}\"><xsl:for-each select=\"//b\"><xsl:sort select=\"@i\" data-type=\"number\" "
            "order=\"descending\"/><xsl:value-of select=\"key('k', @i)\"/></xsl:for-each></r></xsl:template>"));
  std::vector<std::thread> threads;
  std::atomic<int> right = 0;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      const Parameter parameters[] = {{"p", std::to_string(t)}};
      for (int i = 0; i < 200; ++i) {
        const auto result = shared->transform("<a><b i='1'>x</b><b i='2'>y</b></a>", parameters, {});
        if (result && result->text == "<r p=\"" + std::to_string(t) + "\">yx</r>\n") ++right;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(right == 800);
}
