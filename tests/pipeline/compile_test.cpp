// SPDX-License-Identifier: Apache-2.0
#include "pipeline/pipeline.hpp"

#include "pipeline/support.hpp"

#include "pipeline/compile/shared_expressions.hpp"

using namespace sluice;
using test::Service;

namespace {
std::string inbound(const std::string& content) { return "<policies><inbound>" + content + "</inbound></policies>"; }
std::string note(const char* text) { return std::string("<note text=\"") + text + "\"/>"; }
}  // namespace

TEST_CASE("base stands for the broader scope, before, after or between", "[pipeline][compose]") {
  Service service;
  service.at(Scope::global, inbound(note("g"))).at(Scope::product, inbound("<base/>" + note("p")));
  service.at(Scope::api, inbound(note("a1") + "<base/>" + note("a2")))
      .at(Scope::operation, inbound("<base/>" + note("o")));
  CHECK(service.run() == "a1gpa2o");
}

TEST_CASE("leaving base out drops everything broader", "[pipeline][compose]") {
  Service service;
  service.at(Scope::global, inbound(note("g")))
      .at(Scope::api, inbound(note("a")))
      .at(Scope::operation, inbound("<base/>" + note("o")));
  CHECK(service.run() == "ao");
}

TEST_CASE("a scope without a document passes on to the broader one", "[pipeline][compose]") {
  Service service;
  service.at(Scope::global, inbound(note("g")));
  CHECK(service.run() == "g");
}

TEST_CASE("a missing section is base, an empty one nothing, and a switch changes the first", "[pipeline][compose]") {
  Service service;
  service.at(Scope::global, inbound(note("g"))).at(Scope::api, "<policies><outbound/></policies>");
  CHECK(service.run() == "g");
  Service empty;
  empty.at(Scope::global, inbound(note("g"))).at(Scope::api, inbound(""));
  CHECK(empty.run().empty());
  Service strict;
  strict.behaviour.missing_section_is_base = false;
  strict.at(Scope::global, inbound(note("g"))).at(Scope::api, "<policies><outbound/></policies>");
  CHECK(strict.run().empty());
}

TEST_CASE("base twice runs the broader scope twice, and at global scope means nothing", "[pipeline][compose]") {
  Service service;
  service.at(Scope::global, inbound("<base/>" + note("g"))).at(Scope::api, inbound("<base/>" + note("a") + "<base/>"));
  CHECK(service.run() == "gag");
}

TEST_CASE("a fragment stands where it is included", "[pipeline][fragments]") {
  Service service;
  service.fragment("f", "<fragment>" + note("f") + "</fragment>");
  service.at(Scope::api, inbound(note("1") + "<include text=\"f\"/>" + note("2")));
  CHECK(service.run() == "1f2");
}

TEST_CASE("fragments inside fragments, unknown ones and wrong contents are refused", "[pipeline][fragments]") {
  Service nested;
  nested.fragment("a", "<fragment><include text=\"b\"/></fragment>")
      .fragment("b", "<fragment>" + note("b") + "</fragment>");
  nested.at(Scope::api, inbound("<include text=\"a\"/>"));
  CHECK(nested.compile() == nullptr);
  CHECK(test::summary(nested.found) == "1:11 SL2117\n");
  Service cyclic;
  cyclic.fragment("a", "<fragment><include text=\"a\"/></fragment>").at(Scope::api, inbound("<include text=\"a\"/>"));
  CHECK(cyclic.compile() == nullptr);
  CHECK(test::summary(cyclic.found) == "1:11 SL2117\n");
  Service unknown;
  unknown.fragment("known", "<fragment/>").at(Scope::api, inbound("<include text=\"knwon\"/>"));
  CHECK(unknown.compile() == nullptr);
  REQUIRE(unknown.found.size() == 1);
  CHECK(unknown.found[0].hint == "did you mean 'known'?");
}

TEST_CASE("every step knows the document, the scope and the path it came from", "[pipeline][origin]") {
  Service service;
  service.at(Scope::global, inbound("<group><note text='x' id='named'/></group>" + note("y")));
  service.at(Scope::api, inbound("\n<base/>\n<group/><group><group>" + note("z") + "</group></group>"));
  const auto pipeline = service.compile();
  REQUIRE(pipeline);
  const auto& nodes = pipeline->inbound.nodes();
  REQUIRE(nodes.size() == 3);
  CHECK(nodes[0].origin->path == "group[1]\\note[1]");
  CHECK(nodes[0].origin->policy_id == "named");
  CHECK(nodes[0].origin->scope == Scope::global);
  CHECK(nodes[2].origin->path == "group[2]\\group[1]\\note[1]");
  CHECK(nodes[2].origin->file == "api.xml");
  CHECK(nodes[2].origin->pos == SourcePos{3, 23});
}

TEST_CASE("findings in several documents come together and nothing is compiled", "[pipeline][compile]") {
  Service service;
  service.at(Scope::global, inbound("<nte text='x'/>"))
      .at(Scope::api, inbound("<base/><note/>\n<note text='@(1 +)'/>"));
  CHECK(service.compile() == nullptr);
  service.found.sort();
  REQUIRE(service.found.size() == 3);
  CHECK(service.found[0].code == "SL2105");
  CHECK(service.found[1].code == "SL3003");
  CHECK(service.found[2].code == "SL2101");
  CHECK(service.found[2].hint == "did you mean 'note'?");
}

TEST_CASE("an expression's mistake is shown at its place in the document", "[pipeline][compile]") {
  Service service;
  service.at(Scope::api, inbound("\n<note text=\"@(context.Request.Metod)\"/>"));
  CHECK(service.compile() == nullptr);
  REQUIRE(service.found.size() == 1);
  CHECK(service.found[0].code == "SL4003");
  CHECK(service.found[0].pos.line == 2);
  CHECK(service.found[0].pos.column >= 15);
}

TEST_CASE("the outline tells each element with its scope, and prints", "[pipeline][explain]") {
  Service service;
  service.at(Scope::api, inbound("<group>" + note("x") + "</group>"));
  const auto text = print_outline(service.outline());
  CHECK(text.find("<group>   [api api.xml:1]  removed: always the same branch") != std::string::npos);
  CHECK(text.find("<note text=\"x\" />   [api api.xml:1]") != std::string::npos);
  CHECK(text.find("outbound\n  (nothing)") != std::string::npos);
}

TEST_CASE("a document that was forgotten is read again when it is asked for", "[pipeline][compile]") {
  Service service;
  service.at(Scope::api, inbound(note("x")));
  DocumentSet set(service.registry, &service.model, service.behaviour, service.limits);
  const PolicySource& source = *service.documents[3];
  const auto first = compile_pipeline(set, service.input({}), service.found);
  CHECK(compile_pipeline(set, service.input({}), service.found) == first);
  set.forget(source);
  const auto second = compile_pipeline(set, service.input({}), service.found);
  REQUIRE(second != nullptr);
  CHECK(second != first);
  CHECK(second->inbound.size() == 1);
}

TEST_CASE("expressions that do not depend on their place are compiled once", "[pipeline][compile]") {
  Service service;
  DocumentSet set(service.registry, &service.model, service.behaviour, service.limits);
  ExpressionOptions options;
  const auto& first = set.expressions().get("@(1 + context.Request.Url.Port)", options);
  CHECK(set.expressions().get("@(1 + context.Request.Url.Port)", options).expression == first.expression);
  options.expected = ExpectedType::boolean;
  CHECK(set.expressions().get("@(1 + context.Request.Url.Port)", options).expression == nullptr);
}

TEST_CASE("pipelines say what they can differ by", "[pipeline][compile]") {
  Service service;
  service.at(Scope::api, inbound("<note text=\"@(context.Product.Name)\"/>"));
  DocumentSet set(service.registry, &service.model, service.behaviour, service.limits);
  PipelineInput input;
  input.sources[3] = &*service.documents[3];
  const auto result = dependence(set, input);
  CHECK(result.on_product);
  CHECK_FALSE(result.on_api);
  CHECK_FALSE(result.on_operation);
}

TEST_CASE("a step that reads the answer of a streaming operation is warned of", "[pipeline][compile]") {
  Service service;
  service.at(Scope::api,
             "<policies><outbound><note text=\"@(context.Response.Body.As<string>())\"/></outbound></policies>");
  Operation operation;
  operation.id = "chat";
  operation.responses.push_back({200, "", {}, {{"text/event-stream", "", "", {}}}});
  ConstantRoots roots;
  roots.operation_known = true;
  roots.operation = &operation;
  CHECK(service.compile(roots) != nullptr);
  CHECK(test::summary(service.found) == "1:21 SL2121\n");
}
