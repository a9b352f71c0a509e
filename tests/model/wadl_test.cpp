// SPDX-License-Identifier: Apache-2.0
#include "model/wadl/import.hpp"

#include "model/support/folder.hpp"

#include <catch2/catch.hpp>

using namespace sluice;
using testing::TemporaryFolder;

namespace {

/// An API with that WADL document.
LoadedModel load(TemporaryFolder& folder, const std::string& text) {
  folder.write("apis/a/apiInformation.json", R"({"properties": {"path": "a", "displayName": "A"}})");
  folder.write("apis/a/specification.wadl", text);
  return load_artifacts(folder.path());
}
std::string application(const std::string& content) {
  return "<application xmlns=\"http://wadl.dev.java.net/2009/02\"><resources base=\"http://x.test\">" + content +
         "</resources></application>";
}
std::string findings(const std::string& text) {
  TemporaryFolder folder;
  return testing::short_forms(load(folder, text).diagnostics, &folder);
}

}  // namespace

TEST_CASE("Resources of WADL nest, methods in them are operations", "[model][wadl]") {
  TemporaryFolder folder;
  const LoadedModel loaded = load(folder, application(R"(
    <resource path="orders">
      <resource path="/{id}/">
        <param name="id" style="template" type="xsd:int"/>
        <method name="GET" id="getOrder">
          <request>
            <param name="full" style="query" type="xsd:boolean" default="false"/>
            <param name="key" style="query" required="true"/>
            <param name="X-Kind" style="header"><option value="a"/><option value="b"/></param>
          </request>
          <response status="200 201"><representation mediaType="application/json"/></response>
          <response status="404"><param name="X-Why" style="header" required="true"/></response>
        </method>
        <method name="put"/>
      </resource>
    </resource>)"));
  INFO(testing::rendered(loaded.diagnostics));
  REQUIRE(loaded.model);
  const auto& operations = loaded.model->apis.at(0).operations;
  REQUIRE(operations.size() == 2);
  const Operation& get = operations[0];
  CHECK(get.id == "getOrder");
  CHECK(get.method == "GET");
  CHECK(get.url_template == "/orders/{id}?key={key}");
  CHECK(get.template_parameters.at(0).name == "id");
  CHECK(get.template_parameters.at(0).type == "integer");
  CHECK(get.query_parameters.at(0).type == "boolean");
  CHECK(get.query_parameters.at(0).default_value == "false");
  CHECK(get.headers.at(0).values == std::vector<std::string>{"a", "b"});
  REQUIRE(get.responses.size() == 3);
  CHECK(get.responses[1].status_code == 201);
  CHECK(get.responses[1].representations.at(0).content_type == "application/json");
  CHECK(get.responses[2].headers.at(0).required);
  CHECK(operations[1].id == "put-orders-id");
  CHECK(operations[1].method == "PUT");
}

TEST_CASE("What is wrong with a WADL document is reported", "[model][wadl]") {
  CHECK(findings("<application>").starts_with("error SL5001"));
  CHECK(findings("<!DOCTYPE a [<!ENTITY b 'c'>]><application/>").starts_with("error SL5001"));
  CHECK(findings("<other/>") == "error SL5009 0:0 apis/a/specification.wadl\n");
  CHECK(findings(application("<resource path='x'><method id='a'/></resource>")) ==
        "error SL5002 0:0 apis/a/specification.wadl\n");
  CHECK(findings(application("<resource path='x'><method name='GET' id='a'/><method name='PUT' id='A'/></resource>")) ==
        "error SL5006 0:0 apis/a/specification.wadl\n");
  CHECK(findings(application("<resource path='x'><method name='GET'><response status='2'/></method></resource>")) ==
        "error SL5003 0:0 apis/a/specification.wadl\n");
  CHECK(findings(application("<resource path='x'><method href='#m'  name='GET'/></resource>")) ==
        "warning SL5005 0:0 apis/a/specification.wadl\n");
}

TEST_CASE("Operations of WSDL are named", "[model][wadl]") {
  const std::string text = R"(<definitions xmlns="http://schemas.xmlsoap.org/wsdl/"><portType name="P">
      <operation name="Get"/><operation name="Put"/><operation name="Get"/></portType>
      <binding><operation name="Other"/></binding></definitions>)";
  CHECK(model::wsdl_operation_names(text, 10) == std::vector<std::string>{"Get", "Put"});
  CHECK(model::wsdl_operation_names(text, 1) == std::vector<std::string>{"Get"});
  CHECK(model::wsdl_operation_names("<definitions>", 10).empty());
  TemporaryFolder folder;
  folder.write("apis/a/apiInformation.json", R"({"properties": {"path": "a", "type": "soap"}})");
  folder.write("apis/a/specification.wsdl", text);
  const LoadedModel loaded = load_artifacts(folder.path());
  REQUIRE(loaded.model);
  CHECK(testing::rendered(loaded.diagnostics).find("operations of WSDL (Get, Put) are not told apart") !=
        std::string::npos);
  CHECK(loaded.model->apis.at(0).operations.size() == 1);
}

TEST_CASE("An OData API passes everything through", "[model][unit]") {
  TemporaryFolder folder;
  folder.write("apis/a/apiInformation.json", R"({"properties": {"path": "a", "type": "odata"}})");
  const LoadedModel loaded = load_artifacts(folder.path());
  REQUIRE(loaded.model);
  CHECK(loaded.model->apis.at(0).operations.size() == 5);
}
