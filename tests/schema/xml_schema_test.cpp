// SPDX-License-Identifier: Apache-2.0
#include "schema/xml_schema.hpp"

#include "schema/bounds.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <string>
#include <thread>
#include <vector>

using namespace sluice;
using schema::CheckResult;
using schema::XmlSchema;

namespace {

std::string whole(std::string_view content, std::string_view attributes = "") {
  return "<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" " + std::string(attributes) + ">" +
         std::string(content) + "</xs:schema>";
}
const std::string number = whole("<xs:element name=\"n\" type=\"xs:int\"/>");

std::shared_ptr<const XmlSchema> compile(std::string_view text, const schema::SchemaSource& others = {}) {
  auto made = XmlSchema::get(text, SchemaLimits(), others);
  INFO(text << (made ? "" : ": " + made.error()));
  REQUIRE(made);
  return *made;
}
std::string why_not(std::string_view text, const schema::SchemaSource& others = {}) {
  const auto made = XmlSchema::get(text, SchemaLimits(), others);
  return made ? "it can be used" : made.error();
}
CheckResult check(std::string_view text, std::string_view body) {
  return compile(text)->check_document(body, ContentLimits());
}

}  // namespace

TEST_CASE("A document is held against its schema", "[schema][xml]") {
  CHECK(check(number, "<n>5</n>").is_clean());
  const CheckResult result = check(number, "<!-- a note -->\n<n>five</n>");
  REQUIRE(result.findings.size() == 1);
  CHECK(result.findings[0].place.line == 2);
  CHECK(result.findings[0].message.find("xs:int") != std::string::npos);
  CHECK_FALSE(check(number, "<m/>").is_clean());
}

TEST_CASE("What is no XML is a finding", "[schema][xml]") {
  for (const char* body :
       {"", "text", "<n>5", "<n a='1' a='2'>5</n>", "<n>\xFF</n>", "<n>&undeclared;</n>", "<?pi?><n>5</n>"}) {
    INFO(body);
    const CheckResult result = check(number, body);
    REQUIRE(result.findings.size() == 1);
    CHECK(result.findings[0].message.starts_with("The body is no valid XML: "));
  }
}

TEST_CASE("X1: document types and entities are refused", "[schema][xml]") {
  CHECK_FALSE(check(number, "<!DOCTYPE n [<!ENTITY e '5'>]><n>&e;</n>").is_clean());
  CHECK_FALSE(check(number, "<!DOCTYPE n SYSTEM 'file:///etc/passwd'><n>5</n>").is_clean());
  CHECK(why_not("<!DOCTYPE a SYSTEM 'file:///etc/passwd'>" + number).starts_with("it cannot be read: "));
}

TEST_CASE("Bodies and schemas cannot have files or servers asked for more", "[schema][xml]") {
  CHECK_FALSE(check(number,
                    "<n xmlns:i='http://www.w3.org/2001/XMLSchema-instance' "
                    "i:noNamespaceSchemaLocation='/etc/passwd'>x</n>")
                  .is_clean());
  CHECK(why_not(whole("<xs:include schemaLocation='/etc/passwd'/>")) ==
        "the schema '/etc/passwd' that it includes is not known");
  CHECK(why_not(whole("<xs:import namespace='urn:a' schemaLocation='http://127.0.0.1:1/a.xsd'/>"
                      "<xs:element name='n' type='xs:int'/>")) == "it can be used");
  CHECK(why_not(whole("<xs:include schemaLocation='sluice-schema:/0'/>")) ==
        "the schema 'sluice-schema:/0' that it includes is not known");
}

TEST_CASE("Schemas include and import those that are given", "[schema][xml]") {
  const std::map<std::string, std::string, std::less<>> known = {
      {"types", whole("<xs:simpleType name='T'><xs:restriction base='xs:int'/></xs:simpleType>")},
      {"other", whole("<xs:include schemaLocation='types'/><xs:element name='o' type='T'/>")},
      {"far", whole("<xs:simpleType name='F'><xs:restriction base='xs:boolean'/></xs:simpleType>",
                    "targetNamespace='urn:f'")}};
  const schema::SchemaSource source = [&](std::string_view uri) {
    const auto found = known.find(uri);
    return found == known.end() ? nullptr : &found->second;
  };
  const auto made =
      compile(whole("<xs:include schemaLocation='other'/><xs:import namespace='urn:f' schemaLocation='far'/>"
                    "<xs:element name='f' type='f:F'/>",
                    "xmlns:f='urn:f'"),
              source);
  CHECK(made->check_document("<o>1</o>", ContentLimits()).is_clean());
  CHECK_FALSE(made->check_document("<o>x</o>", ContentLimits()).is_clean());
  CHECK(made->check_document("<f>true</f>", ContentLimits()).is_clean());
  CHECK_FALSE(made->check_document("<f>1x</f>", ContentLimits()).is_clean());
}

TEST_CASE("Schemas that include one another end", "[schema][xml][limits]") {
  const std::string a = whole("<xs:include schemaLocation='b'/><xs:element name='n' type='xs:int'/>");
  const std::string b = whole("<xs:include schemaLocation='a'/>");
  const schema::SchemaSource source = [&](std::string_view uri) { return uri == "a" ? &a : &b; };
  CHECK(compile(b, source)->check_document("<n>1</n>", ContentLimits()).is_clean());
  std::vector<std::string> endless;
  endless.reserve(1'000);
  const schema::SchemaSource more = [&](std::string_view uri) {
    endless.push_back(whole("<xs:include schemaLocation='" + std::string(uri) + "x'/>"));
    return &endless.back();
  };
  CHECK(why_not(whole("<xs:include schemaLocation='x'/>"), more) == "it is made of more than 100 documents");
}

TEST_CASE("An XML Schema that cannot be used says why", "[schema][xml]") {
  CHECK(why_not("{}").starts_with("it cannot be read: "));
  CHECK(why_not("<a/>") == "its root is no element 'schema' of XML Schema");
  CHECK(why_not(whole("\n<xs:element name='n' type='nothing'/>")).starts_with("line 2: "));
}

TEST_CASE("The content of a SOAP envelope is held against the schema", "[schema][xml]") {
  const auto made = compile(number);
  const auto soap = [&](std::string_view uri, std::string_view content) {
    return made->check_envelope(
        "<e:Envelope xmlns:e='" + std::string(uri) + "'><e:Body>" + std::string(content) + "</e:Body></e:Envelope>",
        ContentLimits());
  };
  for (const char* uri : {"http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope"}) {
    CHECK(soap(uri, "<n>1</n>").is_clean());
    CHECK(soap(uri, "").is_clean());
    CHECK(soap(uri, "<n>1</n><n>x</n>").findings.size() == 1);
    CHECK(soap(uri, "<m/>").findings.size() == 1);
    CHECK(soap(uri, "<e:Fault/>").is_clean());
  }
  CHECK_FALSE(soap("urn:other", "<n>1</n>").is_clean());
  CHECK_FALSE(made->check_envelope("<n>1</n>", ContentLimits()).is_clean());
}

TEST_CASE("XML beyond the limits is refused when it is read", "[schema][xml][limits]") {
  ContentLimits limits;
  limits.depth = 3;
  limits.members = 5;
  const auto made = compile(whole("<xs:element name='n'/>"));
  CHECK(made->check_document("<n><a><b/></a></n>", limits).is_clean());
  CHECK_FALSE(made->check_document("<n><a><b><c/></b></a></n>", limits).is_clean());
  CHECK_FALSE(made->check_document("<n><a/><a/><a/><a/><a/></n>", limits).is_clean());
}

TEST_CASE("Findings of XML have a bound", "[schema][xml][limits]") {
  std::string body = "<l>";
  for (int i = 0; i < 300; ++i) body += "<n>x</n>";
  body += "</l>";
  const std::string list = whole(
      "<xs:element name='l'><xs:complexType><xs:sequence><xs:element name='n' type='xs:int' maxOccurs='unbounded'/>"
      "</xs:sequence></xs:complexType></xs:element>");
  CHECK(check(list, body).findings.size() == SchemaLimits().findings);
}

TEST_CASE("One schema serves all threads", "[schema][xml]") {
  const auto made =
      compile(whole("<xs:element name='l'><xs:complexType><xs:sequence><xs:element name='n' minOccurs='2' "
                    "maxOccurs='9'><xs:simpleType><xs:restriction base='xs:string'><xs:pattern value='[a-z]+\\d?'/>"
                    "</xs:restriction></xs:simpleType></xs:element></xs:sequence></xs:complexType></xs:element>"));
  std::vector<std::thread> threads;
  std::vector<int> wrong(4, 0);
  for (std::size_t t = 0; t < wrong.size(); ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 200; ++i) {
        wrong[t] += !made->check_document("<l><n>a1</n><n>b</n></l>", ContentLimits()).is_clean();
        wrong[t] += made->check_document("<l><n>1</n><n>b</n></l>", ContentLimits()).is_clean();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == std::vector<int>(4, 0));
}
