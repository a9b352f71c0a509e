// SPDX-License-Identifier: Apache-2.0
// <wait>: runs its children side by side and goes on when all, or any one, of them have ended.
// Sections: all but on-error; there as the policy toolkit has it. All scopes.
// Whatever was started is awaited to its end: giving up means to cancel the others, not to leave them running.
// Source: API Management policy reference, wait.
#include <sluice/policy.hpp>

#include <deque>
#include <optional>

namespace sluice::policies {
namespace {

constexpr AttributeSpec attributes[] = {{.name = "for",
                                         .expressions = true,
                                         .one_of = "all any",
                                         .fallback = "all",
                                         .doc = "Whether to wait for all children or for the first to end."}};

/// What the children of one execution share.
struct Race {
  bool any = false;
  std::deque<Cancellation> cancellations;  ///< One a child: cancelling one must not touch the others' listeners.
  std::optional<std::size_t> first;        ///< The child that decides: the first to end (any), to fail or to respond.

  bool is_over() const { return first.has_value(); }
  void ended(std::size_t child, const Outcome& outcome) {
    if (first || (!any && outcome.is_next())) return;
    first = child;
    for (std::size_t i = 0; i < cancellations.size(); ++i) {
      if (i != child) cancellations[i].request();
    }
  }
};

Task<Outcome> run_child(const StepList& steps, RequestContext& context, Race& race, std::size_t index) {
  Outcome outcome = co_await steps.run(context, race.cancellations[index]);
  race.ended(index, outcome);
  co_return outcome;
}

class Wait final : public WaitingStep {
 public:
  Wait(Template mode, std::vector<StepList> children) : mode_(std::move(mode)), children_(std::move(children)) {}

  Task<Outcome> run(RequestContext& context, Cancellation& cancellation) const override {
    auto mode = mode_.choice(context, "all any");
    if (!mode) co_return Outcome::fail(std::move(mode.error()));
    Race race;
    race.any = *mode == 1;
    for (std::size_t i = 0; i < children_.size(); ++i) race.cancellations.emplace_back(cancellation);
    std::deque<Task<Outcome>> running;
    for (std::size_t i = 0; i < children_.size() && !race.is_over(); ++i) {
      running.push_back(run_child(children_[i], context, race, i));
    }
    std::vector<Outcome> outcomes;
    for (Task<Outcome>& task : running) outcomes.push_back(co_await task);
    if (!race.first) co_return Outcome::next();
    co_return std::move(outcomes[*race.first]);
  }

 private:
  Template mode_;
  std::vector<StepList> children_;
};

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  std::vector<StepList> children;
  for (const PolicyElement& child : element.children) {
    PolicyElement alone = element;
    alone.children = {child};
    children.push_back(context.compile_children(alone));
  }
  return make_step<Wait>(context.value(element, "for"), std::move(children));
}

}  // namespace

SLUICE_POLICY(wait){.elements = "wait",
                    .sections = Sections::all,
                    .attributes = attributes,
                    .policies_of = "send-request cache-lookup-value choose",
                    .compile = compile,
                    .summary = "Runs its children side by side.",
                    .differs =
                        "A child that fails or responds decides at once: the others are cancelled, and the error "
                        "or answer is that child's."};

}  // namespace sluice::policies
