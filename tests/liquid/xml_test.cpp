// SPDX-License-Identifier: Apache-2.0
#include "liquid/values.hpp"

#include "support.hpp"

#include <catch2/catch.hpp>

using namespace sluice::test;

namespace {

constexpr std::string_view envelope = R"(<?xml version="1.0"?>
<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <soap:Body>
    <GetOrders xmlns="urn:orders" page="2">
      <Order id="1"><Id>1</Id><Name>One &amp; only</Name><Note xsi:nil="true"/></Order>
      <Order id="2"><Id>2</Id><Name>Two</Name></Order>
      <Total>2</Total><Empty/>
    </GetOrders>
  </soap:Body>
</soap:Envelope>)";

std::string of_envelope(std::string_view text) { return LiquidFixture().xml(envelope).render(text); }

}  // namespace

TEST_CASE("elements are found by local name, without case when need be", "[liquid][xml]") {
  CHECK(of_envelope("{{ body.Envelope.Body.GetOrders.Total }}") == "2");
  CHECK(of_envelope("{{ body.envelope.body.getorders.total }}") == "2");
  CHECK(of_envelope("{{ body.Body.GetOrders.Total }}") == "2");  // The root may be left out.
  CHECK(of_envelope("[{{ body.Envelope.Header.X }}]") == "[]");
  CHECK(LiquidFixture().xml("<r><A>1</A><a>2</a></r>").render("{{ body.r.a }}{{ body.r.A }}") == "21");
}

TEST_CASE("elements of one name are a list, attributes go by @", "[liquid][xml]") {
  CHECK(of_envelope("{% assign g = body.envelope.body.GetOrders %}{{ g.Order.size }} {{ g.Order[1].Name }} "
                    "{{ g.Order.first.Name }} {{ g['@page'] }} {{ g.Order.last['@id'] }}") == "2 Two One & only 2 2");
}

TEST_CASE("loops walk over elements of one name, or over those inside of one", "[liquid][xml]") {
  CHECK(of_envelope("{% for o in body.envelope.body.getOrders.order %}{{ o.Id }};{% endfor %}") == "1;2;");
  CHECK(of_envelope("{% JSONArrayFor o in body.envelope.body.GetOrders.Order %}{{ o.Id }}{% endJSONArrayFor %}") ==
        "1,2");
  CHECK(LiquidFixture()
            .xml("<l><i><n>1</n></i><i><n>2</n></i></l>")
            .render("{% for i in body.l %}{{ i.n }}{% endfor %}") == "12");
  CHECK(LiquidFixture().xml("<l><i><n>1</n></i></l>").render("{% for i in body.l %}{{ i.n }}{% endfor %}") == "1");
  CHECK(LiquidFixture().xml("<l><t>a</t></l>").render("{% for t in body.l.t %}{{ t }}{% endfor %}") == "a");
  CHECK(LiquidFixture().xml("<l/>").render("{% for t in body.l %}x{% else %}none{% endfor %}") == "none");
}

TEST_CASE("an element stands for its text", "[liquid][xml]") {
  CHECK(
      of_envelope("{% assign o = body.envelope.body.getOrders.order[0] %}{{ o.Name | Upcase }} {{ o.Id | Plus: 1 }}") ==
      "ONE & ONLY 2");
  CHECK(of_envelope("{% if body.envelope.body.getOrders.total > 1 %}many{% endif %}") == "many");
  CHECK(of_envelope("{% if body.envelope.body.getOrders.total == '2' %}two{% endif %}") == "two");
  CHECK(of_envelope("{% if body.envelope.body.getOrders.empty %}there{% endif %}"
                    "{% if body.envelope.body.getOrders.missing %}x{% else %} not there{% endif %}") ==
        "there not there");
}

TEST_CASE("elements that say they are nil are empty or null", "[liquid][xml]") {
  const std::string_view text =
      "{% if body.envelope.body.getOrders.order[0].note == nil %}null{% else %}text{% endif %}";
  CHECK(of_envelope(text) == "text");
  LiquidFixture fixture;
  fixture.options.nil_is_null = true;
  CHECK(fixture.xml(envelope).render(text) == "null");
}

TEST_CASE("deep and long documents are within limits", "[liquid][xml][limits]") {
  std::string deep;
  for (int i = 0; i < 10'000; ++i) deep += "<a>";
  for (int i = 0; i < 10'000; ++i) deep += "</a>";
  CHECK(LiquidFixture().xml(deep).render("{{ body.a }}").starts_with("error: "));
  std::string wide = "<r>";
  for (int i = 0; i < 30'000; ++i) wide += "<a>1</a>";
  LiquidFixture fixture;
  fixture.options.limits.steps = 100'000;
  CHECK(fixture.xml(wide + "</r>").render("{% for i in (1..100) %}{{ body.r.b }}{% endfor %}").starts_with("error: "));
}
