// SPDX-License-Identifier: Apache-2.0
// Policy expressions: `@( C# expression )` and `@{ statements }`, compiled once, evaluated against a request.
#pragma once

#include <sluice/context.hpp>
#include <sluice/diagnostic.hpp>
#include <sluice/limits.hpp>
#include <sluice/value.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// What running something touches; the body plan of a pipeline is made of these.
enum class Effects : std::uint8_t {
  none = 0,
  reads_request_body = 1,   ///< Needs the whole request body in memory.
  reads_response_body = 2,  ///< Needs the whole answer in memory.
  keeps_answer = 4,         ///< Keeps the answer for later requests: one that was kept goes on behind this step.
};
constexpr Effects operator|(Effects left, Effects right) {
  return static_cast<Effects>(static_cast<std::uint8_t>(left) | static_cast<std::uint8_t>(right));
}
constexpr Effects& operator|=(Effects& left, Effects right) { return left = left | right; }
constexpr bool has(Effects all, Effects one) {
  return (static_cast<std::uint8_t>(all) & static_cast<std::uint8_t>(one)) != 0;
}

/// What is known of the request when a pipeline is compiled: expressions over these are folded.
struct ConstantRoots {
  const Deployment* deployment = nullptr;  ///< Null: not known.
  bool api_known = false;                  ///< `api` (possibly null) is what `context.Api` will be.
  const Api* api = nullptr;
  bool operation_known = false;
  const Operation* operation = nullptr;
  bool product_known = false;
  const Product* product = nullptr;
};

/// What the place of an expression wants of its value.
enum class ExpectedType : std::uint8_t { any, text, boolean, integer, number };

struct ExpressionOptions {
  ExpectedType expected = ExpectedType::any;
  ConstantRoots roots;
  ExpressionLimits limits;
  bool strict = true;  ///< False: what parses compiles; faults of typing are raised when evaluated.
};

/// A finding with byte offsets into the text that was compiled.
struct ExpressionFinding {
  Severity severity = Severity::error;
  std::string_view code;  ///< SL3xxx, SL4xxx, SL9xxx
  std::uint32_t offset = 0;
  std::uint32_t length = 1;
  std::string message;
  std::string hint;
};

/// A compiled expression: immutable, shared by all threads.
class Expression {
 public:
  virtual ~Expression() = default;
  /// **Errors**: expression_evaluation_failure, its message `Expression evaluation failed. ` and the exception's.
  /// The value lives in the context's arena. The bodies that `effects()` names must be in memory.
  virtual Result<Value> evaluate(RequestContext& context) const = 0;
  virtual Effects effects() const = 0;
  /// The value, when it is the same for every request.
  virtual std::optional<Value> constant() const = 0;
  /// Static type as C# writes it: `string`, `JObject`.
  virtual std::string_view static_type() const = 0;
  /// The compiled program in readable form.
  virtual std::string dump() const = 0;
};

struct CompiledExpression {
  std::shared_ptr<const Expression> expression;  ///< Null after an error.
  std::vector<ExpressionFinding> findings;
};

/// Compiles `text`, which is a whole `@(...)` or `@{...}`.
CompiledExpression compile_expression(std::string_view text, const ExpressionOptions& options);

/// Length of the balanced expression that starts at `text` (`@(` or `@{`), brackets included; nothing when it does
/// not end. Knows strings, characters, interpolation and comments of C#.
std::optional<std::size_t> expression_length(std::string_view text);

}  // namespace sluice
