// SPDX-License-Identifier: Apache-2.0
// A walk along the control flow that keeps which variables have a value on every way here. Conditions have two such
// sets: for true and for false. What cannot be reached has all variables assigned.
#include "expression/definite_assignment.hpp"

#include <map>
#include <set>
#include <vector>

namespace sluice::expression {
namespace {

/// Variables that have a value; `unreachable` stands for all of them.
struct Assigned {
  std::set<const Local*> locals;
  bool unreachable = false;

  bool has(const Local* local) const { return unreachable || locals.contains(local); }
  void join(const Assigned& other) {
    if (other.unreachable) return;
    if (unreachable) {
      *this = other;
      return;
    }
    std::erase_if(locals, [&](const Local* local) { return !other.locals.contains(local); });
  }
  static Assigned nowhere() { return {{}, true}; }
};

struct Condition {
  Assigned when_true, when_false;
};

/// Sets copied beyond are no expression's that anybody wrote: what is left is not looked at.
constexpr std::size_t most_work = 2'000'000;

class Flow {
 public:
  Flow(Findings& findings, bool has_local_functions) : findings_(findings), has_local_functions_(has_local_functions) {}

  void run(const Function& function, const Assigned& at_start) {
    now_ = at_start;
    for (const Local* parameter : function.parameters) assign(parameter);
    visit(function.body);
  }

 private:
  /// Temporaries are written before they are read.
  void assign(const Local* local) {
    if (!local->name.empty()) now_.locals.insert(local);
  }
  void use(const Node* node) {
    const Local* local = node->local;
    if (local->name.empty() || local->assigned || local->constant || now_.has(local)) return;
    // A local function may have given it a value.
    if (local->captured && has_local_functions_) return;
    if (!reported_.insert(local).second) return;
    findings_.error("SL4008", node->offset, node->length,
                    "the variable '" + std::string(local->name) + "' may have no value here");
  }

  Condition condition(const Node* node) {
    switch (node->kind) {
      case NodeKind::constant:
        if (node->type->kind != TypeKind::boolean) break;
        return node->value.as_boolean() ? Condition{now_, Assigned::nowhere()} : Condition{Assigned::nowhere(), now_};
      case NodeKind::logical_and: {
        const Condition left = condition(node->items[0]);
        now_ = left.when_true;
        Condition right = condition(node->items[1]);
        right.when_false.join(left.when_false);
        return right;
      }
      case NodeKind::logical_or: {
        const Condition left = condition(node->items[0]);
        now_ = left.when_false;
        Condition right = condition(node->items[1]);
        right.when_true.join(left.when_true);
        return right;
      }
      case NodeKind::unary:
        if (node->op == Operator::logical_not) {
          Condition inner = condition(node->items[0]);
          std::swap(inner.when_true, inner.when_false);
          return inner;
        }
        break;
      case NodeKind::sequence: {
        for (std::size_t i = 0; i + 1 < node->items.size(); ++i) visit(node->items[i]);
        return condition(node->items.back());
      }
      default: break;
    }
    visit(node);
    return {now_, now_};
  }

  void visit_items(const Node* node, std::size_t first = 0) {
    for (std::size_t i = first; i < node->items.size(); ++i) visit(node->items[i]);
  }

  void visit(const Node* node) {
    if (node == nullptr) return;
    work_ += 1 + now_.locals.size() / 4;
    if (work_ > most_work) return;
    switch (node->kind) {
      case NodeKind::local: use(node); return;
      case NodeKind::assign:
        visit(node->items[0]);
        assign(node->local);
        return;
      case NodeKind::address: assign(node->local); return;
      case NodeKind::logical_and:
      case NodeKind::logical_or: {
        Condition both = condition(node);
        now_ = std::move(both.when_true);
        now_.join(both.when_false);
        return;
      }
      case NodeKind::conditional:
      case NodeKind::branch: visit_branch(node); return;
      case NodeKind::coalesce: {
        visit(node->items[0]);
        const Assigned before = now_;
        visit(node->items[1]);
        now_ = before;
        return;
      }
      case NodeKind::lambda: visit_lambda(node); return;
      case NodeKind::declare:
        if (!node->local->assigned) now_.locals.erase(node->local);
        return;
      case NodeKind::loop: visit_loop(node); return;
      case NodeKind::foreach_loop: visit_foreach(node); return;
      case NodeKind::attempt: visit_attempt(node); return;
      case NodeKind::raise:
      case NodeKind::result:
        visit_items(node);
        now_ = Assigned::nowhere();
        return;
      case NodeKind::leave_loop:
        if (!leaving_.empty()) leaving_.back().join(now_);
        now_ = Assigned::nowhere();
        return;
      case NodeKind::next_loop: now_ = Assigned::nowhere(); return;
      case NodeKind::breakable: {
        leaving_.push_back(Assigned::nowhere());
        visit_items(node);
        now_.join(leaving_.back());
        leaving_.pop_back();
        return;
      }
      default: visit_items(node); return;
    }
  }

  void visit_branch(const Node* node) {
    const Condition test = condition(node->items[0]);
    now_ = test.when_true;
    visit(node->items[1]);
    const Assigned after_true = now_;
    now_ = test.when_false;
    if (node->items.size() > 2) visit(node->items[2]);
    now_.join(after_true);
  }
  /// A lambda sees what is assigned where it is made, and assigns nothing for those outside.
  void visit_lambda(const Node* node) {
    const Assigned before = now_;
    std::vector<Assigned> outer;
    outer.swap(leaving_);
    run(*node->function, before);
    leaving_.swap(outer);
    now_ = before;
  }
  void visit_loop(const Node* node) {
    const Node *test = node->items[0], *body = node->items[1], *step = node->items[2];
    leaving_.push_back(Assigned::nowhere());
    Assigned after;
    if (node->flag) {
      visit(body);
      // `continue` comes to the condition with less.
      after = test == nullptr ? Assigned::nowhere() : condition(test).when_false;
    } else {
      const Condition entry = test == nullptr ? Condition{now_, Assigned::nowhere()} : condition(test);
      after = entry.when_false;
      now_ = entry.when_true;
      visit(body);
      now_ = entry.when_true;
      visit(step);
    }
    now_ = after;
    now_.join(leaving_.back());
    leaving_.pop_back();
  }
  void visit_foreach(const Node* node) {
    visit(node->items[0]);
    const Assigned before = now_;
    leaving_.push_back(Assigned::nowhere());
    assign(node->local);
    visit_items(node, 1);
    leaving_.pop_back();
    now_ = before;
  }
  void visit_attempt(const Node* node) {
    const Assigned before = now_;
    visit(node->items[0]);
    Assigned after = now_;
    for (std::size_t i = 1; i < node->items.size(); ++i) {
      const Node* handler = node->items[i];
      now_ = before;
      if (handler->local != nullptr) assign(handler->local);
      visit_items(handler);
      after.join(now_);
    }
    if (node->last == nullptr) {
      now_ = after;
      return;
    }
    now_ = before;
    visit(node->last);
    if (now_.unreachable) return;
    after.locals.insert(now_.locals.begin(), now_.locals.end());
    now_ = after;
  }

  Findings& findings_;
  const bool has_local_functions_;
  std::size_t work_ = 0;
  Assigned now_;
  std::vector<Assigned> leaving_;  ///< What holds where the loops and switches around are left, innermost last.
  std::set<const Local*> reported_;
};

}  // namespace

void check_definite_assignment(const Tree& tree, Findings& findings) {
  bool has_local_functions = false;
  for (const Function* function : tree.functions)
    has_local_functions = has_local_functions || (function != tree.main && function->name != lambda_name);
  // Local functions are called later than they are written: what they read is taken for granted.
  Flow(findings, has_local_functions).run(*tree.main, {});
}

}  // namespace sluice::expression
