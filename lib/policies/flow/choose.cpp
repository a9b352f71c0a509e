// SPDX-License-Identifier: Apache-2.0
// <choose>: runs the first branch whose condition is true, or <otherwise>.   Sections and scopes: all.
// Conditions that are the same for every request are decided here: a branch that is always taken takes the element's
// place in the pipeline, one that never is taken leaves it.
// Source: API Management policy reference, choose.
#include <sluice/policy.hpp>

#include <optional>

namespace sluice::policies {
namespace {

constexpr AttributeSpec when_attributes[] = {{.name = "condition",
                                              .type = ValueType::boolean,
                                              .required = true,
                                              .expressions = true,
                                              .doc = "Whether the branch is taken."}};

constexpr ElementSpec children[] = {
    {.name = "when",
     .occurs = Occurs::at_least_once,
     .attributes = when_attributes,
     .policies = true,
     .doc = "A branch; the first one whose condition is true runs."},
    {.name = "otherwise", .occurs = Occurs::optional, .policies = true, .doc = "Runs when no condition is true."}};

struct Branch {
  Template condition;
  StepList steps;
};

struct Config {
  std::vector<Branch> branches;
  StepList otherwise;

  /// The list to run. **Errors**: those of the conditions.
  Result<const StepList*> chosen(RequestContext& context) const {
    for (const Branch& branch : branches) {
      const auto holds = branch.condition.boolean(context);
      if (!holds) return fail(holds.error());
      if (*holds) return &branch.steps;
    }
    return &otherwise;
  }
};

class Choose final : public Step {
 public:
  explicit Choose(Config config) : config_(std::move(config)) {}

  Outcome run(RequestContext& context) const override {
    auto steps = config_.chosen(context);
    return steps ? (*steps)->run_now(context) : Outcome::fail(std::move(steps.error()));
  }

 private:
  Config config_;
};

/// Some branch waits, or needs a body that is still to be read.
class WaitingChoose final : public WaitingStep {
 public:
  explicit WaitingChoose(Config config) : config_(std::move(config)) {}

  Task<Outcome> run(RequestContext& context, Cancellation& cancellation) const override {
    auto steps = config_.chosen(context);
    if (!steps) return Outcome::fail(std::move(steps.error()));
    if ((*steps)->is_plain()) return (*steps)->run_now(context);
    return (*steps)->run(context, cancellation);
  }

 private:
  Config config_;
};

/// Compiles `child` and puts it where it belongs; `decided` once a branch is always taken.
void add_branch(const PolicyElement& child, bool conditional, Config& config, bool& decided, CompileContext& context) {
  Template condition = conditional ? context.value(child, "condition") : Template(std::string("true"));
  const auto constant = condition.constant_boolean();
  // Branches that are left out are compiled all the same: their mistakes are mistakes of the document.
  StepList steps = context.compile_children(child);
  if (decided) {
    context.removed(child, "an earlier branch is always taken");
  } else if (constant && !*constant) {
    context.removed(child, "its condition is always false");
  } else if (constant) {
    config.otherwise = std::move(steps);
    decided = true;
  } else {
    config.branches.push_back({std::move(condition), std::move(steps)});
  }
}

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  Config config;
  bool decided = false;
  for (const PolicyElement& child : element.children) {
    if (child.name == "when") add_branch(child, true, config, decided, context);
  }
  if (const PolicyElement* otherwise = element.child("otherwise"))
    add_branch(*otherwise, false, config, decided, context);
  if (config.branches.empty()) return StepPtr(std::move(config.otherwise));
  bool plain = config.otherwise.is_plain();
  for (const Branch& branch : config.branches) plain = plain && branch.steps.is_plain();
  return plain ? make_step<Choose>(std::move(config)) : make_step<WaitingChoose>(std::move(config));
}

}  // namespace

SLUICE_POLICY(choose){.elements = "choose",
                      .sections = Sections::all,
                      .children = children,
                      .compile = compile,
                      .summary = "Runs the first branch whose condition is true."};

}  // namespace sluice::policies
