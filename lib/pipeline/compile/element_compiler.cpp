// SPDX-License-Identifier: Apache-2.0
#include "pipeline/compile/element_compiler.hpp"

#include "base/text.hpp"
#include "pipeline/compile/shared_expressions.hpp"
#include "pipeline/document/named_values.hpp"

#include <algorithm>

namespace sluice {
namespace {

/// Documents and the fragments in them are bounded each; together they are a recursion of this depth at most.
constexpr unsigned deepest_element = 256;
/// Each `base` compiles the broader section again, whose own do the same.
constexpr unsigned most_bases = 1'000;

ExpectedType expected_of(ValueType type) {
  switch (type) {
    case ValueType::boolean: return ExpectedType::boolean;
    case ValueType::integer: return ExpectedType::integer;
    case ValueType::number: return ExpectedType::number;
    default: return ExpectedType::any;
  }
}

const AttributeSpec* find_row(std::span<const AttributeSpec> rows, std::string_view name) {
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const AttributeSpec& row) { return row.name == name; });
  return found == rows.end() ? nullptr : &*found;
}

const AttributeSpec* find_in_children(std::span<const ElementSpec> children, std::string_view element,
                                      std::string_view attribute) {
  for (const ElementSpec& child : children) {
    if (child.name == element) {
      if (const AttributeSpec* row = find_row(child.attributes, attribute)) return row;
    }
    if (const AttributeSpec* row = find_in_children(child.children, element, attribute)) return row;
  }
  return nullptr;
}

bool answers_with_events(const Operation* operation) {
  if (operation == nullptr) return false;
  for (const auto& response : operation->responses) {
    for (const auto& representation : response.representations) {
      if (representation.content_type == "text/event-stream") return true;
    }
  }
  return false;
}

std::string_view title_of(std::string_view code) {
  for (const DiagnosticCode& row : diagnostic_codes()) {
    if (row.code == code) return row.title;
  }
  return code;
}

/// Whether `name` stands in the text as a whole word.
bool mentions(std::string_view text, std::string_view name) {
  const auto in_word = [](char c) { return is_alpha(c) || is_digit(c) || c == '_'; };
  for (std::size_t at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
    const std::size_t end = at + name.size();
    const bool begins = at == 0 || !in_word(text[at - 1]);
    if (begins && (end == text.size() || !in_word(text[end]))) return true;
  }
  return false;
}

/// An expression that cannot be read because nobody has said what a named value in its code stands for. The document
/// has been told so; nothing of it runs.
class UnreadExpression final : public Expression {
 public:
  Result<Value> evaluate(RequestContext&) const override {
    return fail(ErrorCode::expression_evaluation_failure, "A named value of the expression is not defined.");
  }
  Effects effects() const override { return Effects::none; }
  std::optional<Value> constant() const override { return std::nullopt; }
  std::string_view static_type() const override { return "object"; }
  std::string dump() const override { return "(unread)"; }
};

}  // namespace

ElementCompiler::ElementCompiler(DocumentSet& documents, const ConstantRoots& roots, bool is_placed,
                                 Diagnostics& diagnostics)
    : documents_(&documents), roots_(roots), is_placed_(is_placed), diagnostics_(diagnostics) {}

// ---- Elements
// --------------------------------------------------------------------------------------------------------

StepList ElementCompiler::section(const PolicyElement& element, Section section, Scope scope, AtBase at_base) {
  StepList steps;
  Siblings siblings;
  const Place saved = std::exchange(place_, {section, scope, ""});
  const AtBase outer = std::exchange(at_base_, std::move(at_base));
  for (const PolicyElement& policy : element.children) compile_into(steps, policy, siblings);
  at_base_ = outer;
  place_ = saved;
  return steps;
}

StepList ElementCompiler::compile_base(const PolicyElement& base) {
  if (bases_ == most_bases) {
    ++bases_;
    error(base, "SL9002", "the scopes hold more than " + std::to_string(most_bases) + " <base /> together", "");
  }
  if (bases_ > most_bases || !at_base_) return {};
  ++bases_;
  const auto saved = std::tuple(documents_, current_, current_element_, effects_);
  std::tie(current_, current_element_) = std::tuple(nullptr, nullptr);
  StepList steps = at_base_();
  std::tie(documents_, current_, current_element_, effects_) = saved;
  return steps;
}

void ElementCompiler::compile_into(StepList& steps, const PolicyElement& policy, Siblings& siblings) {
  if (policy.name == "base") return steps.splice(compile_base(policy));
  const unsigned index = ++siblings[policy.name];
  const std::string path =
      (place_.path.empty() ? "" : place_.path + "\\") + policy.name + "[" + std::to_string(index) + "]";
  if (depth_ > deepest_element) {
    return error(policy, "SL9002", "policies are nested deeper than " + std::to_string(deepest_element) + " levels",
                 "");
  }
  const Effects outer = effects_;
  effects_ = Effects::none;
  StepPtr step = compile_element(policy, path);
  const Effects own = effects_;
  effects_ = outer;
  // Inside another policy too: an answer that was kept goes on behind the whole of it.
  if (has(own, Effects::keeps_answer)) effects_ |= Effects::keeps_answer;
  if (step.list != nullptr) return steps.splice(std::move(*step.list));
  if (step.is_empty()) return;
  if (has(own, Effects::reads_response_body)) warn_of_waiting_stream(policy);
  auto origin = std::make_shared<StepOrigin>();
  origin->element = policy.name;
  if (const auto* id = policy.attribute("id")) origin->policy_id = id->value.text;
  origin->path = path;
  origin->scope = place_.scope;
  origin->section = place_.section;
  origin->file = policy.file;
  origin->pos = policy.pos;
  steps.add({std::move(step.plain), std::move(step.waiting), own, std::move(origin)});
}

void ElementCompiler::warn_of_waiting_stream(const PolicyElement& policy) {
  if (!answers_with_events(operation())) return;
  warning(policy, "SL2121",
          "<" + policy.name + "> makes the event stream of operation '" + roots_.operation->id +
              "' wait until all of it has arrived",
          "it reads the body of the answer");
}

StepPtr ElementCompiler::compile_element(const PolicyElement& policy, const std::string& path) {
  const PolicyDescriptor* descriptor = documents_->registry().find(policy.name);
  if (descriptor == nullptr) return nullptr;  // reported by the schema check
  if (!fragments_.empty() && !contains(descriptor->sections, place_.section)) {
    error(policy, "SL2102",
          "<" + policy.name + "> is not allowed in section " + std::string(to_string(place_.section)) +
              ", where fragment '" + fragments_.back() + "' is included",
          "");
    return nullptr;
  }
  if (!fragments_.empty() && is_placed_ && !contains(descriptor->scopes, place_.scope)) {
    error(policy, "SL2103",
          "<" + policy.name + "> is not allowed at scope " + std::string(to_string(place_.scope)) +
              ", where fragment '" + fragments_.back() + "' is included",
          "");
    return nullptr;
  }
  const std::size_t entry = outline_.size();
  outline_element(policy);
  const auto saved = std::tuple(current_, current_element_, place_.path);
  current_ = descriptor;
  current_element_ = &policy;
  place_.path = path;
  ++depth_;
  const bool were_errors = !std::exchange(ok_, true);
  StepPtr step;
  if (policy.is_faulty) {
    examine(policy, Specification(*descriptor, policy.name));
    ok_ = false;
  } else {
    step = descriptor->compile(policy, *this);
  }
  if (!ok_) step = nullptr;
  ok_ = ok_ && !were_errors;
  --depth_;
  std::tie(current_, current_element_, place_.path) = saved;
  if (step.list != nullptr && writes_outline_)
    outline_[entry].removed = "always the same branch; its policies stand in its place";
  return step;
}

StepList ElementCompiler::compile_children(const PolicyElement& element) {
  StepList steps;
  Siblings siblings;
  const std::string saved = place_.path;
  // A child element such as <when> is a level of the path; the policy's own element is there already.
  const bool is_child =
      &element != current_element_ && current_element_ != nullptr && element.name != current_element_->name;
  if (is_child) {
    unsigned index = 0;
    for (const PolicyElement& sibling : current_element_->children) {
      if (sibling.name == element.name) ++index;
      if (&sibling == &element) break;
    }
    place_.path += "\\" + element.name + "[" + std::to_string(index) + "]";
    outline_element(element);
    ++depth_;
  }
  for (const PolicyElement& policy : element.children) compile_into(steps, policy, siblings);
  if (is_child) --depth_;
  place_.path = saved;
  return steps;
}

StepList ElementCompiler::compile_children(const PolicyElement& element, Section section) {
  const Section outer = std::exchange(place_.section, section);
  StepList steps = compile_children(element);
  place_.section = outer;
  return steps;
}

StepPtr ElementCompiler::compile_policy(const PolicyElement& element) {
  return compile_element(element, place_.path + "\\" + element.name);
}

StepList ElementCompiler::compile_fragment(const PolicyElement& element, std::string_view fragment_id) {
  StepList steps;
  const std::string id(fragment_id);
  if (std::find(fragments_.begin(), fragments_.end(), id) != fragments_.end()) {
    std::string chain;
    for (const auto& name : fragments_) chain += name + " -> ";
    error(element, "SL2117", "fragments include one another: " + chain + id, "");
    return steps;
  }
  if (!fragments_.empty()) {
    error(element, "SL2117",
          "a fragment must not include another one: '" + fragments_.back() + "' includes '" + id + "'", "");
    return steps;
  }
  if (!documents_->has_fragment(id)) {
    const std::string message = "fragment '" + id + "' does not exist";
    if (documents_->model() == nullptr) {
      warning(element, "SL2118", message, "it is looked for when the document stands in its folder");
    } else {
      std::vector<std::string_view> names;
      for (const auto& fragment : documents_->model()->fragments) names.push_back(fragment.id);
      const auto near = nearest_name(id, names);
      error(element, "SL2118", message, near.empty() ? "" : "did you mean '" + std::string(near) + "'?");
    }
    return steps;
  }
  const CheckedDocument* fragment = documents_->fragment(id);
  if (fragment == nullptr) {
    ok_ = false;  // its own errors have been reported
    return steps;
  }
  ok_ = ok_ && fragment->ok;
  if (fragment->kind != CheckedDocument::Kind::fragment) return steps;
  fragments_.push_back(id);
  Siblings siblings;
  for (const PolicyElement& policy : fragment->root.children) compile_into(steps, policy, siblings);
  fragments_.pop_back();
  return steps;
}

// ---- Values
// ----------------------------------------------------------------------------------------------------------

const AttributeSpec* ElementCompiler::attribute_spec(const PolicyElement& element, std::string_view attribute) const {
  if (current_ == nullptr) return nullptr;
  if (&element == current_element_ || element.name == current_element_->name) {
    if (const AttributeSpec* row = find_row(current_->attributes, attribute)) return row;
  }
  if (const AttributeSpec* row = find_in_children(current_->children, element.name, attribute)) return row;
  // A policy that stands inside another, such as set-header in return-response.
  const PolicyDescriptor* inner = documents_->registry().find(element.name);
  return inner != nullptr ? find_row(inner->attributes, attribute) : nullptr;
}

Template ElementCompiler::value(const PolicyElement& element, std::string_view name) {
  const AttributeSpec* spec = attribute_spec(element, name);
  const PolicyAttribute* attribute = element.attribute(name);
  if (attribute == nullptr) {
    return spec != nullptr && !spec->fallback.empty() ? Template(std::string(spec->fallback)) : Template();
  }
  return compiled(attribute->value, spec != nullptr ? expected_of(spec->type) : ExpectedType::any);
}

Template ElementCompiler::text(const PolicyElement& element) { return compiled(element.text, ExpectedType::any); }

Template ElementCompiler::compiled(const PolicyText& text, ExpectedType expected) {
  if (!text.is_expression) return Template(text.text);
  if (has_named_value_in_code(text.text)) return Template(std::make_shared<UnreadExpression>());
  return compiled_expression(text, expected);
}

Template ElementCompiler::compiled_expression(const PolicyText& text, ExpectedType expected) {
  ExpressionOptions options;
  options.expected = expected;
  options.roots = roots_;
  options.limits = documents_->limits().expression;
  // Folding looks at these and at nothing else that differs between the pipelines of a service.
  const DocumentDependence on{mentions(text.text, "Api"), mentions(text.text, "Operation"),
                              mentions(text.text, "Product")};
  if (on == DocumentDependence()) return template_of(text, documents_->expressions().get(text.text, options));
  depends_.on_api = depends_.on_api || on.on_api;
  depends_.on_operation = depends_.on_operation || on.on_operation;
  depends_.on_product = depends_.on_product || on.on_product;
  return template_of(text, compile_expression(text.text, options));
}

Template ElementCompiler::template_of(const PolicyText& text, const CompiledExpression& compiled) {
  for (const ExpressionFinding& one : compiled.findings) finding(text, one);
  if (compiled.expression == nullptr) {
    ok_ = false;
    return Template();
  }
  effects_ |= compiled.expression->effects();
  return Template(compiled.expression);
}

void ElementCompiler::examine(const PolicyElement& element, const Specification& spec) {
  const auto is_whole = [](const PolicyText& text) {
    return text.is_expression && !text.text.empty() && expression_length(text.text) == text.text.size();
  };
  for (const PolicyAttribute& attribute : element.attributes) {
    const AttributeSpec* row = spec.attribute(attribute.name);
    if (row != nullptr && row->expressions && is_whole(attribute.value))
      compiled(attribute.value, expected_of(row->type));
  }
  const bool takes_expression = spec.text == TextRule::expression || spec.text == TextRule::markup;
  if (takes_expression && is_whole(element.text)) compiled(element.text, ExpectedType::any);
  StepList nothing;
  Siblings siblings;
  for (const PolicyElement& child : element.children) {
    if (const ElementSpec* row = spec.child(child.name)) {
      examine(child, Specification(*row));
    } else if (spec.takes_policy(child.name)) {
      compile_into(nothing, child, siblings);
    }
  }
}

std::string ElementCompiler::literal(const PolicyElement& element, std::string_view name) {
  if (const PolicyAttribute* attribute = element.attribute(name)) return attribute->value.text;
  const AttributeSpec* spec = attribute_spec(element, name);
  return spec != nullptr ? std::string(spec->fallback) : std::string();
}

std::int64_t ElementCompiler::literal_integer(const PolicyElement& element, std::string_view name) {
  return parse_integer(literal(element, name)).value_or(0);
}

bool ElementCompiler::literal_boolean(const PolicyElement& element, std::string_view name) {
  return parse_boolean(literal(element, name)).value_or(false);
}

// ---- Findings
// --------------------------------------------------------------------------------------------------------

void ElementCompiler::report(Diagnostic diagnostic) {
  if (diagnostic.severity == Severity::error) ok_ = false;
  diagnostic.message = documents_->without_secrets(std::move(diagnostic.message));
  diagnostic.hint = documents_->without_secrets(std::move(diagnostic.hint));
  diagnostics_.add(std::move(diagnostic));
}

void ElementCompiler::error(const PolicyElement& element, std::string_view code, std::string message,
                            std::string hint) {
  report(diagnostic_at(element, Severity::error, code, std::move(message), std::move(hint)));
}
void ElementCompiler::error(const PolicyAttribute& attribute, std::string_view code, std::string message,
                            std::string hint) {
  report(diagnostic_at(attribute, Severity::error, code, std::move(message), std::move(hint)));
}
void ElementCompiler::warning(const PolicyElement& element, std::string_view code, std::string message,
                              std::string hint) {
  report(diagnostic_at(element, Severity::warning, code, std::move(message), std::move(hint)));
}

void ElementCompiler::finding(const PolicyText& text, ExpressionFinding found) {
  if (text.origin->holds_secret(found.offset, found.offset + std::max<std::size_t>(found.length, 1))) {
    // The message may name a part of the secret.
    found.message = "in what the secret named value stands for: " + std::string(title_of(found.code));
    found.hint.clear();
  }
  report(text.origin->diagnostic(found.severity, found.code, found.offset, found.length, std::move(found.message),
                                 std::move(found.hint)));
}

}  // namespace sluice
