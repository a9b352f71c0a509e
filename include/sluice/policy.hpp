// SPDX-License-Identifier: Apache-2.0
// Everything needed to write a policy: its declaration (a table from which checking, reference and completion come),
// the checked element it is compiled from, and the step that runs. Built-in policies use nothing but this.
#pragma once

#include <sluice/context.hpp>
#include <sluice/diagnostic.hpp>
#include <sluice/expression.hpp>
#include <sluice/outcome.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice {

// ---- Declaration -------------------------------------------------------------------------------------------------

/// Sections as a set.
enum class Sections : std::uint8_t { none = 0, inbound = 1, backend = 2, outbound = 4, on_error = 8, all = 15 };
constexpr Sections operator|(Sections left, Sections right) {
  return static_cast<Sections>(static_cast<std::uint8_t>(left) | static_cast<std::uint8_t>(right));
}
constexpr bool contains(Sections set, Section one) {
  return (static_cast<unsigned>(set) & (1u << static_cast<unsigned>(one))) != 0;
}
/// Scopes as a set.
enum class Scopes : std::uint8_t {
  none = 0,
  global = 1,
  workspace = 2,
  product = 4,
  api = 8,
  operation = 16,
  all = 31,      ///< Those that a pipeline is composed of.
  resolver = 32  ///< Documents of GraphQL fields.
};
constexpr Scopes operator|(Scopes left, Scopes right) {
  return static_cast<Scopes>(static_cast<std::uint8_t>(left) | static_cast<std::uint8_t>(right));
}
constexpr bool contains(Scopes set, Scope one) {
  return (static_cast<unsigned>(set) & (1u << static_cast<unsigned>(one))) != 0;
}

/// What a literal value must look like.
enum class ValueType : std::uint8_t { string, boolean, integer, number, url, duration };

/// One attribute. Field order is the order of designated initialisers.
struct AttributeSpec {
  std::string_view name;
  ValueType type = ValueType::string;
  bool required = false;
  bool expressions = false;        ///< Whether a policy expression may stand there.
  std::string_view one_of = {};    ///< Allowed literals, separated by blanks; compared without case.
  std::string_view fallback = {};  ///< Documented default; empty: none.
  std::int64_t min = INT64_MIN;    ///< Integers and numbers.
  std::int64_t max = INT64_MAX;
  std::string_view doc = {};
};

enum class Occurs : std::uint8_t { optional, once, many, at_least_once };
/// What the text of an element may be.
enum class TextRule : std::uint8_t {
  none,
  literal,
  expression,  ///< Literal or expression.
  markup       ///< Like `expression`; inner markup is kept as text (set-body).
};

/// A child element that is not a policy of its own.
struct ElementSpec {
  std::string_view name;
  Occurs occurs = Occurs::optional;
  TextRule text = TextRule::none;
  std::span<const AttributeSpec> attributes = {};
  std::span<const ElementSpec> children = {};
  bool policies = false;  ///< Holds policies of the section.
  std::string_view policies_of =
      {};  ///< Policy elements allowed as children, separated by blanks (`set-status set-header`).
  std::string_view doc = {};
};

class PolicyElement;
class CompileContext;
class StepPtr;

/// Declares a policy. One constant per file in lib/policies, made with SLUICE_POLICY.
struct PolicyDescriptor {
  std::string_view elements;           ///< Element name; aliases after it, separated by blanks.
  Sections sections = Sections::none;  ///< None: the root of a document of its own (data sources of GraphQL fields).
  Scopes scopes = Scopes::all;
  bool once_per_section = false;
  bool allowed_in_fragments = true;
  /// A CORS preflight that no operation of the API matches is answered by the plain steps of these policies alone
  /// (those that stand directly in the effective inbound section, in order): the gateway runs one after another, with
  /// `RequestContext::operation` null, until one does not say `next`; when none answers, the answer is an empty 200.
  bool answers_preflight = false;
  /// A request that no operation matches is shown to the plain steps of these policies likewise; when none answers, it
  /// goes to on-error as not found.
  bool answers_unmatched = false;
  TextRule text = TextRule::none;
  std::span<const AttributeSpec> attributes = {};
  std::span<const ElementSpec> children = {};
  bool policies = false;              ///< Its children are policies (retry, limit-concurrency).
  std::string_view policies_of = {};  ///< Only these policies may be its children (wait, send-request).
  /// Makes the step; reports to the context and returns an empty pointer after an error.
  StepPtr (*compile)(const PolicyElement& element, CompileContext& context) = nullptr;
  std::string_view summary = {};
  std::string_view differs = {};  ///< What differs from the documented behaviour; empty: nothing known.
};

/// Defines the descriptor `name`, which is the file's name with `-` as `_`.
#define SLUICE_POLICY(name)                     \
  extern const ::sluice::PolicyDescriptor name; \
  constinit const ::sluice::PolicyDescriptor name = ::sluice::PolicyDescriptor

// ---- The checked element -----------------------------------------------------------------------------------------

class TextOrigin;  // Maps offsets of a text to its place in the file; private to the pipeline.

/// An attribute's value or an element's text after named values have been substituted.
struct PolicyText {
  std::string text;
  bool is_expression = false;  ///< A whole `@(...)` or `@{...}`.
  SourcePos pos;
  std::shared_ptr<const TextOrigin> origin;
};

struct PolicyAttribute {
  std::string name;
  PolicyText value;
  SourcePos pos;
};

/// An element that agrees with its specification: required attributes are there, literals have the right shape.
class PolicyElement {
 public:
  std::string name;
  SourcePos pos;
  std::vector<PolicyAttribute> attributes;
  std::vector<PolicyElement> children;
  PolicyText text;   ///< Trimmed; with `TextRule::markup` the inner markup as it stands in the document.
  PolicyText inner;  ///< With child elements: everything between the tags, as it stands.
  std::string file;
  /// The document's check has found a mistake in it, which has been reported: it cannot be compiled.
  bool is_faulty = false;

  const PolicyAttribute* attribute(std::string_view attribute_name) const;
  bool has(std::string_view attribute_name) const { return attribute(attribute_name) != nullptr; }
  /// The first child of that name, or null.
  const PolicyElement* child(std::string_view child_name) const;
};

// ---- Values of attributes ----------------------------------------------------------------------------------------

/// The compiled value of an attribute or text: a literal or an expression. Copies share the compiled expression.
class Template {
 public:
  /// No value: the attribute is absent and has no fallback.
  Template() = default;
  explicit Template(std::string literal);
  explicit Template(std::shared_ptr<const Expression> expression) : expression_(std::move(expression)), is_set_(true) {}

  bool is_set() const { return is_set_; }
  bool is_expression() const { return expression_ != nullptr; }
  /// Type of the value as C# writes it; `object` when only the run shows it.
  std::string_view static_type() const { return expression_ ? expression_->static_type() : "string"; }
  /// The bodies that evaluating it reads.
  Effects effects() const { return expression_ ? expression_->effects() : Effects::none; }
  /// The text, when it is the same for every request.
  std::optional<std::string> constant_text() const;
  std::optional<bool> constant_boolean() const;
  std::optional<std::int64_t> constant_integer() const;

  /// The typed value: a literal is a string.
  Result<Value> value(RequestContext& context) const;
  /// Text as it goes into heads and bodies; null becomes empty. Lives in the arena or in this object.
  Result<std::string_view> text(RequestContext& context) const;
  /// **Errors**: policy_value_invalid when the value is no integer of that range.
  Result<std::int64_t> integer(RequestContext& context, std::int64_t min = INT64_MIN,
                               std::int64_t max = INT64_MAX) const;
  Result<double> number(RequestContext& context) const;
  Result<bool> boolean(RequestContext& context) const;
  /// Index of the value in a blank-separated list, compared without case. **Errors**: policy_value_invalid.
  Result<std::size_t> choice(RequestContext& context, std::string_view one_of) const;

 private:
  std::string literal_;
  std::optional<std::int64_t> literal_integer_;  ///< What the literal says as a number.
  std::optional<bool> literal_boolean_;          ///< Or as a truth.
  std::shared_ptr<const Expression> expression_;
  bool is_set_ = false;
};

// ---- Steps -------------------------------------------------------------------------------------------------------

/// A step that never waits. Immutable and shared by all requests: per-request state lives in the context.
class Step {
 public:
  virtual ~Step() = default;
  virtual Outcome run(RequestContext& context) const = 0;
};

/// A step that may wait. `cancellation` is handed on to whatever it waits for.
class WaitingStep {
 public:
  virtual ~WaitingStep() = default;
  virtual Task<Outcome> run(RequestContext& context, Cancellation& cancellation) const = 0;
};

/// Where a step came from.
struct StepOrigin {
  std::string element;
  std::string policy_id;
  std::string path;  ///< `choose[3]\when[2]`
  Scope scope = Scope::global;
  Section section = Section::inbound;
  std::string file;
  SourcePos pos;
};

/// A sequence of compiled policies, run in order until one does not say `next`.
class StepList {
 public:
  StepList();
  StepList(StepList&&) noexcept;
  StepList& operator=(StepList&&) noexcept;
  ~StepList();

  /// True when no step waits and none needs a body: `run_now` may be used.
  bool is_plain() const { return plain_; }
  bool empty() const;
  std::size_t size() const;
  Effects effects() const;
  /// Runs all steps without waiting. Only when `is_plain()`.
  Outcome run_now(RequestContext& context) const;
  /// Runs the steps from `first` on; bodies are read into memory before the first step that needs them.
  Task<Outcome> run(RequestContext& context, Cancellation& cancellation, std::size_t first = 0) const;

  struct Node;
  void add(Node node);
  /// Appends the steps of `other`.
  void splice(StepList other);
  const std::vector<Node>& nodes() const { return nodes_; }

 private:
  std::vector<Node> nodes_;
  bool plain_ = true;
};

/// What `compile` returns: a plain step, a waiting one, a list that takes the element's place (a `choose` whose
/// condition is constant), or nothing.
class StepPtr {
 public:
  StepPtr() = default;
  StepPtr(std::nullptr_t) {}  // NOLINT: implicit by design
  template <class S>
  StepPtr(std::unique_ptr<S> step) {  // NOLINT: implicit by design
    if constexpr (std::is_base_of_v<Step, S>) {
      plain = std::move(step);
    } else {
      waiting = std::move(step);
    }
  }
  StepPtr(StepList steps) : list(std::make_unique<StepList>(std::move(steps))) {}  // NOLINT: implicit by design
  bool is_empty() const { return !plain && !waiting && !list; }

  std::unique_ptr<const Step> plain;
  std::unique_ptr<const WaitingStep> waiting;
  std::unique_ptr<StepList> list;
};

struct StepList::Node {
  std::unique_ptr<const Step> plain;
  std::unique_ptr<const WaitingStep> waiting;
  Effects effects = Effects::none;
  std::shared_ptr<const StepOrigin> origin;
};

template <class S, class... Args>
StepPtr make_step(Args&&... args) {
  return StepPtr(std::make_unique<S>(std::forward<Args>(args)...));
}

// ---- Compiling ---------------------------------------------------------------------------------------------------

/// What a policy's `compile` may ask for. Bodies that the element's expressions read are noted by themselves.
class CompileContext {
 public:
  virtual ~CompileContext() = default;

  /// The value of an attribute of the element or of one of its children; the fallback when it is absent.
  virtual Template value(const PolicyElement& element, std::string_view attribute) = 0;
  /// The text of an element.
  virtual Template text(const PolicyElement& element) = 0;
  /// An attribute that is never an expression, or its fallback.
  virtual std::string literal(const PolicyElement& element, std::string_view attribute) = 0;
  virtual std::int64_t literal_integer(const PolicyElement& element, std::string_view attribute) = 0;
  virtual bool literal_boolean(const PolicyElement& element, std::string_view attribute) = 0;

  /// Compiles the policies inside `element` (the policy's own element, or a child such as `when`).
  virtual StepList compile_children(const PolicyElement& element) = 0;
  /// The same as if they stood in that section: the parts of a data source work on requests and answers of its own.
  virtual StepList compile_children(const PolicyElement& element, Section section) = 0;
  /// Compiles one policy element that stands inside another (set-header in return-response).
  virtual StepPtr compile_policy(const PolicyElement& element) = 0;
  /// The text of a fragment compiled in this place; an error when there is none of that id.
  virtual StepList compile_fragment(const PolicyElement& element, std::string_view fragment_id) = 0;
  /// Notes for `explain` that `element` was left out of the pipeline, and why.
  virtual void removed(const PolicyElement& element, std::string_view why) = 0;

  /// Notes what the step touches beyond its expressions.
  virtual void needs(Effects effects) = 0;

  virtual void error(const PolicyElement& element, std::string_view code, std::string message,
                     std::string hint = {}) = 0;
  virtual void error(const PolicyAttribute& attribute, std::string_view code, std::string message,
                     std::string hint = {}) = 0;
  virtual void warning(const PolicyElement& element, std::string_view code, std::string message,
                       std::string hint = {}) = 0;
  /// What was found in a text of the document, with offsets into it (a template, a style sheet).
  virtual void finding(const PolicyText& text, ExpressionFinding finding) = 0;

  /// The whole service; null when a document is checked alone.
  virtual const ServiceModel* model() const = 0;
  /// The API and operation of the pipeline; null when not known.
  virtual const Api* api() const = 0;
  virtual const Operation* operation() const = 0;
  virtual Section section() const = 0;
  virtual Scope scope() const = 0;
  virtual const Behaviour& behaviour() const = 0;
  virtual const Limits& limits() const = 0;
};

}  // namespace sluice
