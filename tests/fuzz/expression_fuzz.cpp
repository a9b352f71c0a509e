// SPDX-License-Identifier: Apache-2.0
// Fuzz target: an expression, compiled, and evaluated against a small request with tight limits.
#include <sluice/expression.hpp>

#include "testing/bare_context.hpp"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  sluice::expression_length(text);
  sluice::ExpressionOptions options;
  options.limits.steps = 20'000;
  options.limits.memory_bytes = 1u << 20;
  options.limits.string_bytes = 1u << 16;
  const auto compiled = sluice::compile_expression(text, options);
  if (compiled.expression == nullptr) return 0;
  sluice::testing::ContextFixture fixture;
  fixture.request.headers.set("X-Priority", "high");
  fixture.request.body.set_bytes(R"({"model":"gpt","messages":[{"role":"user","content":"Hi"}],"n":1.5})");
  fixture.context.variables.set("a", sluice::Value::string("text"));
  fixture.context.replace_response();
  const auto value = compiled.expression->evaluate(fixture.context);
  if (value) sluice::to_text(*value, fixture.context.arena);
  return 0;
}
