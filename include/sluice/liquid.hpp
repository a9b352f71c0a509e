// SPDX-License-Identifier: Apache-2.0
// Liquid templates (`set-body template="liquid"`): compiled once, rendered against a request. A compiled template is an
// Expression whose value is a text, so that it stands wherever one may.
#pragma once

#include <sluice/expression.hpp>

#include <cstdint>
#include <string_view>

namespace sluice {

/// The message that a template calls `body`.
enum class LiquidBody : std::uint8_t { none, request, response };

struct LiquidOptions {
  LiquidBody body = LiquidBody::none;
  bool nil_is_null = false;     ///< Elements with xsi:nil="true": as null; otherwise as an empty text.
  bool parse_dates = true;      ///< Texts of JSON that look like dates are dates.
  ExpressionLimits expression;  ///< Memory, texts and patterns; steps are those of `limits`.
  LiquidLimits limits;
};

/// Compiles a template: all of its mistakes, unknown tags and filters included, are findings (SL31xx, SL9004).
/// Evaluating it fails with expression_evaluation_failure: when the body is not what its Content-Type says, when a
/// filter cannot work on its input, and when a limit is passed.
/// **Source**: API Management policy reference, set-body; DotLiquid for what that leaves open.
CompiledExpression compile_liquid(std::string_view text, const LiquidOptions& options);

}  // namespace sluice
