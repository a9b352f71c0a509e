// SPDX-License-Identifier: Apache-2.0
// Fuzz target: a Liquid template, compiled, and rendered against a JSON and an XML body with tight limits. What stands
// behind the first NUL is the body, if there is one.
#include <sluice/liquid.hpp>

#include "testing/bare_context.hpp"

#include <cstddef>
#include <cstdint>

namespace {

void render(const sluice::Expression& compiled, std::string_view type, std::string_view body) {
  sluice::testing::ContextFixture fixture;
  fixture.request.headers.set("Content-Type", type);
  fixture.request.body.set_bytes(body);
  fixture.context.variables.set("a", sluice::Value::string("text"));
  fixture.context.replace_response();
  const auto value = compiled.evaluate(fixture.context);
  if (value) sluice::to_text(*value, fixture.context.arena);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t end = text.find('\0');
  sluice::LiquidOptions options{.body = sluice::LiquidBody::request};
  options.limits = {.steps = 20'000, .output_bytes = 1u << 16, .nesting_depth = 50};
  options.expression.memory_bytes = 1u << 20;
  options.expression.string_bytes = 1u << 16;
  options.expression.regex_match_steps = 10'000;
  const auto compiled = sluice::compile_liquid(text.substr(0, end), options);
  if (compiled.expression == nullptr) return 0;
  const bool has_body = end != std::string_view::npos;
  const std::string_view body = has_body ? text.substr(end + 1) : std::string_view();
  render(*compiled.expression, "application/json",
         has_body ? body : R"({"a":[1,{"b":"c"},null],"d":"2020-01-02T03:04:05Z"})");
  render(*compiled.expression, "text/xml", has_body ? body : "<a x='1'><b>1</b><b>2</b><c/></a>");
  return 0;
}
