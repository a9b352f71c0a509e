// SPDX-License-Identifier: Apache-2.0
// Compiles and renders one template in a context.
#pragma once

#include <sluice/liquid.hpp>

#include "testing/bare_context.hpp"

#include <string>

namespace sluice::test {

/// What a template is rendered against, and how.
struct LiquidFixture {
  testing::ContextFixture context;
  LiquidOptions options{.body = LiquidBody::request};

  LiquidFixture& json(std::string_view body) { return with_body("application/json", body); }
  LiquidFixture& xml(std::string_view body) { return with_body("text/xml; charset=utf-8", body); }
  LiquidFixture& with_body(std::string_view type, std::string_view body) {
    context.request.headers.set("Content-Type", type);
    context.request.body = Body::bytes(context.request.arena.copy(body));
    return *this;
  }

  /// The text that the template gives; its findings (`code @offset message`, one a line) or `error: ...` when none.
  std::string render(std::string_view text) {
    const CompiledExpression compiled = compile_liquid(text, options);
    std::string findings;
    for (const ExpressionFinding& finding : compiled.findings) {
      findings += std::string(finding.code) + " @" + std::to_string(finding.offset) + " " + finding.message + "\n";
    }
    if (compiled.expression == nullptr) return findings;
    const Result<Value> value = compiled.expression->evaluate(context.context);
    if (!value) return "error: " + std::string(value.error().message());
    return std::string(to_text(*value, context.context.arena));
  }
};

/// Rendered without a body.
inline std::string rendered(std::string_view text) { return LiquidFixture().render(text); }
/// Rendered with a JSON body.
inline std::string rendered(std::string_view text, std::string_view json) {
  LiquidFixture fixture;
  return fixture.json(json).render(text);
}

}  // namespace sluice::test
