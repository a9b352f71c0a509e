// SPDX-License-Identifier: Apache-2.0
// A part is foldable when all below it is, the members it calls are pure, and nothing of the request is looked at.
// `context` itself is foldable only in front of a root that is known. Entry point: fold_constants.
#include "expression/fold.hpp"

#include "expression/decimal.hpp"
#include "expression/reference_eval.hpp"

namespace sluice::expression {
namespace {

bool gives_shared(const Node& node) {
  return node.kind == NodeKind::call && has(node.site->member->row->traits, Trait::shared);
}
/// A constant of the program must not point into the request: only values that hold all they are, texts, and objects
/// that all requests share.
bool may_stay(const Node& node, const Value& value) { return !value.is_reference() || gives_shared(node); }

class Folder {
 public:
  Folder(Compilation& compilation, const ExpressionOptions& options)
      : compilation_(compilation), roots_(options.roots), run_(compilation.arena, nullptr, options.limits) {
    run_.deployment = roots_.deployment;
    run_.api = roots_.api;
    run_.operation = roots_.operation;
    run_.product = roots_.product;
  }

  /// Whether the node is foldable; its largest foldable parts are folded when it is not.
  bool visit(Node*& node) {
    if (node == nullptr) return false;
    note_effects(*node);
    if (known_root(*node)) return true;
    bool foldable = true;
    std::vector<bool> parts;
    for (Node*& item : node->items) {
      const bool part = item != nullptr && visit(item);
      parts.push_back(part);
      foldable = foldable && (part || item == nullptr);
    }
    if (node->last != nullptr) visit(node->last);
    foldable = foldable && allows(*node);
    if (!foldable) {
      for (std::size_t i = 0; i < node->items.size(); ++i) {
        if (parts[i]) replace(node->items[i]);
      }
      prune(node);
    }
    return foldable;
  }

  void replace(Node*& node) {
    if (node->is_constant()) return;
    run_.raised = nullptr;
    run_.fatal = false;
    const Value value = reference_eval(run_, *node);
    if (run_.failed() || !may_stay(*node, value)) {
      // It stays as it is, but parts of it may still be worth folding.
      for (Node*& item : node->items) replace(item);
      return;
    }
    Node* folded = compilation_.arena.make<Node>(*node);
    folded->kind = NodeKind::constant;
    folded->items.clear();
    folded->value = value;
    node = folded;
  }

 private:
  bool known_root(const Node& node) const {
    static const Type* context = read_type("IContext");
    if (node.kind != NodeKind::call || node.site->member->receiver != context) return false;
    if (gives_shared(node)) return true;
    const std::string_view name = node.site->member->name;
    return (name == "Deployment" && roots_.deployment != nullptr) || (name == "Api" && roots_.api_known) ||
           (name == "Operation" && roots_.operation_known) || (name == "Product" && roots_.product_known);
  }

  bool allows(const Node& node) const {
    switch (node.kind) {
      case NodeKind::constant: {
        static const Type* context = read_type("IContext");
        return node.type != context;
      }
      case NodeKind::call: return !has(node.site->member->row->traits, Trait::impure);
      case NodeKind::binary:
      case NodeKind::unary:
      case NodeKind::logical_and:
      case NodeKind::logical_or:
      case NodeKind::conditional:
      case NodeKind::coalesce:
      case NodeKind::is_null:
      case NodeKind::retype:
      case NodeKind::convert:
      case NodeKind::cast:
      case NodeKind::try_cast:
      case NodeKind::is_type:
      case NodeKind::unwrap:
      case NodeKind::concat:
      case NodeKind::array_new:
      case NodeKind::array_get: return true;
      default: return false;
    }
  }

  void note_effects(const Node& node) {
    if (node.kind != NodeKind::call || node.site->member->name != "Body" || node.items.empty()) return;
    static const Type* request = read_type("IRequest");
    if (node.site->member->receiver == request) {
      compilation_.effects |= Effects::reads_request_body;
    } else if (is_current_response(node.items[0])) {
      compilation_.effects |= Effects::reads_response_body;
    }
  }

  /// Whether a response may be `context.Response` and not one of a variable. Variables of the expression may be.
  static bool is_current_response(const Node* node) {
    if (node->kind == NodeKind::call) {
      static const Type* context = read_type("IContext");
      return node->site->member->receiver == context;
    }
    if (node->kind == NodeKind::cast || node->kind == NodeKind::try_cast) return false;
    return true;
  }

  void prune(Node*& node) {
    if (node->items.empty() || node->items[0] == nullptr || !node->items[0]->is_constant() ||
        node->items[0]->type->kind != TypeKind::boolean)
      return;
    const bool truth = node->items[0]->value.as_boolean();
    if (node->kind == NodeKind::conditional)
      node = node->items[truth ? 1 : 2];
    else if (node->kind == NodeKind::logical_and)
      node = truth ? node->items[1] : node->items[0];
    else if (node->kind == NodeKind::logical_or)
      node = truth ? node->items[0] : node->items[1];
  }

  Compilation& compilation_;
  const ConstantRoots& roots_;
  Evaluation run_;
};

}  // namespace

void fold_constants(Compilation& compilation, const ExpressionOptions& options) {
  Folder folder(compilation, options);
  for (Function* function : compilation.tree.functions) {
    if (function->body == nullptr) continue;
    folder.visit(function->body);
  }
  Node* body = compilation.tree.main->body;
  while (body->kind == NodeKind::block && body->items.size() == 1) body = body->items[0];
  if (body->kind != NodeKind::result || body->items.empty()) return;
  if (body->items[0]->is_constant() && !body->items[0]->value.is_reference()) {
    compilation.constant = body->items[0]->value;
  }
}

}  // namespace sluice::expression
