// SPDX-License-Identifier: Apache-2.0
// Compiling and evaluating expressions against a small request.
#include "bench.hpp"

#include "testing/bare_context.hpp"

#include <sluice/expression.hpp>

#include <cstdio>
#include <cstdlib>
#include <memory>

namespace sluice::bench {
namespace {

struct Named {
  const char* name;
  const char* text;
};
constexpr Named expressions[] = {
    {"header-compare", R"x(@(context.Request.Headers.GetValueOrDefault("X-Tenant", "") == "alpha"))x"},
    {"header-lower-contains",
     R"x(@(context.Request.Headers.GetValueOrDefault("Accept", "").ToLowerInvariant().Contains("json")))x"},
    {"variable-compare", R"x(@(context.Variables.GetValueOrDefault<string>("tenant") == "alpha"))x"},
    {"interpolation", R"x(@($"{context.Request.Method}:{context.Request.Url.Path}"))x"},
    {"json-body-read", R"x(@((string)context.Request.Body.As<JObject>(preserveContent: true)["model"]))x"},
};

std::shared_ptr<const Expression> compile(const char* text) {
  auto compiled = compile_expression(text, {});
  for (const auto& finding : compiled.findings) std::fprintf(stderr, "%s: %s\n", text, finding.message.c_str());
  if (!compiled.expression) std::exit(1);
  return compiled.expression;
}

void fill(testing::ContextFixture& fixture) {
  auto& request = fixture.request;
  request.headers.append_view({"Host"}, "gateway.test");
  request.headers.append_view({"Accept"}, "application/json");
  request.headers.append_view({"X-Tenant"}, "alpha");
  request.body.set_bytes(R"({"model":"gpt-4o","messages":[{"role":"user","content":"Hello"}],"max_tokens":100})");
  fixture.context.variables.set("tenant", Value::string("alpha"));
}

}  // namespace

void add_expression_stages(Bench& bench) {
  for (const auto& [name, text] : expressions) {
    bench.add(std::string("expression.compile.") + name, text, [text = text] { keep(compile(text).get()); });
    const auto expression = compile(text);
    const auto fixture = std::make_shared<testing::ContextFixture>();
    fill(*fixture);
    bench.add(std::string("expression.evaluate.") + name, text, [expression, fixture, rounds = 0]() mutable {
      keep(expression->evaluate(fixture->context)->kind());
      // The arena is the request's; it is made new now and then so that it does not grow without end.
      if (++rounds % 4096 == 0) {
        fixture->context.variables = Variables(fixture->request.arena, fixture->limits.request.variables);
        fixture->request.reset();
        fill(*fixture);
      }
    });
  }
}

}  // namespace sluice::bench
