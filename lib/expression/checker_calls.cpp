// SPDX-License-Identifier: Apache-2.0
// Calls: candidates, inference of type arguments, choice of the overload, and the making of the call's node.
#include "expression/checker.hpp"

#include <algorithm>

namespace sluice::expression {

namespace {

struct Candidate {
  const Member* member;
  const Type* receiver;  ///< As the type has it.
  std::ptrdiff_t nearer = 0;
};

/// Members of the type itself come before those of its bases and interfaces, and those of object come last.
std::vector<const Member*> by_nearness(std::vector<Candidate> found) {
  for (Candidate& candidate : found) {
    candidate.nearer = std::count_if(found.begin(), found.end(), [&](const Candidate& other) {
      return other.receiver != candidate.receiver && is_a(other.receiver, candidate.receiver);
    });
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const Candidate& a, const Candidate& b) { return a.nearer < b.nearer; });
  std::vector<const Member*> members;
  for (const Candidate& candidate : found) members.push_back(candidate.member);
  return members;
}

}  // namespace

std::vector<const Member*> Checker::candidates_of(const Type* type, std::string_view name, bool is_static,
                                                  bool methods) {
  std::vector<Candidate> found;
  for (const Member* member : members_named(name)) {
    if (member->is_method != methods || member->is_static != is_static) continue;
    if (is_static) {
      if (member->receiver->definition == type->definition && type->definition != nullptr)
        found.push_back({member, type});
      continue;
    }
    Bindings bindings;
    if (!unify(member->receiver, type, bindings)) continue;
    const Type* receiver = substitute(member->receiver, bindings);
    if (is_a(type, receiver)) found.push_back({member, receiver});
  }
  if (is_static && found.empty() && type->kind != TypeKind::object && (name == "Equals" || name == "ReferenceEquals")) {
    return candidates_of(core().object, name, true, methods);
  }
  return by_nearness(std::move(found));
}

std::vector<const Member*> Checker::extensions_of(const Type* type, std::string_view name) {
  std::vector<const Member*> found;
  for (const Member* member : members_named(name)) {
    if (!member->is_extension) continue;
    Bindings bindings;
    const Type* first = member->parameters[0].type;
    if (unify(first, type, bindings) && is_a(type, substitute(first, bindings))) found.push_back(member);
  }
  return found;
}

std::vector<Checker::Argument> Checker::bind_arguments(const std::vector<Syntax*>& syntax, std::size_t first) {
  std::vector<Argument> arguments;
  for (std::size_t i = first; i < syntax.size(); ++i) {
    const Syntax* item = syntax[i];
    Argument argument;
    argument.syntax = item;
    if (item->kind != SyntaxKind::argument) {
      argument.node = item->kind == SyntaxKind::error ? error(item) : bind_value(item);
      arguments.push_back(argument);
      continue;
    }
    argument.name = item->text;
    const Syntax* value = item->items[0];
    if (item->text2.empty()) {
      argument.node = bind_value(value);
    } else {
      argument.is_out = true;
      if (value->kind == SyntaxKind::out_variable) {
        const bool inferred = value->type->kind == SyntaxKind::type_name && value->type->text == "var";
        argument.out_type = inferred ? nullptr : resolve_type(value->type);
      } else if (value->kind == SyntaxKind::name && value->text == "_" && find("_") == nullptr) {
        argument.out_type = nullptr;
      } else {
        ScopeEntry* entry = value->kind == SyntaxKind::name ? find(value->text) : nullptr;
        if (entry == nullptr || entry->local == nullptr) {
          argument.node = bind_value(value);
          if (!argument.node->is_error())
            argument.node = error(value, "SL4005", "an 'out' argument must be a variable");
        } else {
          argument.out_type = entry->local->type;
        }
      }
    }
    arguments.push_back(argument);
  }
  return arguments;
}

const Type* Checker::parameter_type(const Resolution& resolution, std::size_t parameter) const {
  const Parameter& row = resolution.member->parameters[parameter];
  const Type* type = substitute(row.type, resolution.bindings);
  return row.is_params && resolution.expanded ? type->arguments[0] : type;
}

/// The type that argument number `argument` is converted to.
const Type* Checker::argument_target(const Resolution& resolution, std::size_t argument) const {
  const auto& parameters = resolution.member->parameters;
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    const int first = resolution.argument_of[p];
    if (first < 0) continue;
    if (static_cast<std::size_t>(first) == argument ||
        (parameters[p].is_params && resolution.expanded && argument >= static_cast<std::size_t>(first))) {
      return parameter_type(resolution, p);
    }
  }
  return core().error;
}

bool Checker::infer(const Member& member, const std::vector<Argument>& arguments, Resolution& result) {
  const auto pattern_of = [&](std::size_t argument) {
    for (std::size_t p = 0; p < member.parameters.size(); ++p) {
      const int first = result.argument_of[p];
      if (first < 0) continue;
      const bool packed =
          member.parameters[p].is_params && result.expanded && argument >= static_cast<std::size_t>(first);
      if (packed) return member.parameters[p].type->arguments[0];
      if (static_cast<std::size_t>(first) == argument) return member.parameters[p].type;
    }
    return static_cast<const Type*>(nullptr);
  };
  const auto is_lambda = [](const Argument& argument) {
    return argument.node != nullptr && argument.node->type->kind == TypeKind::lambda;
  };
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const Type* pattern = pattern_of(i);
    if (pattern == nullptr || !pattern->open || is_lambda(arguments[i])) continue;
    const Type* type = arguments[i].is_out            ? arguments[i].out_type
                       : arguments[i].node == nullptr ? nullptr
                                                      : arguments[i].node->type;
    if (type != nullptr && !unify(pattern, type, result.bindings)) return false;
  }
  // Lambdas, left to right: their parameters are known by now, their results bind the rest.
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const Type* pattern = pattern_of(i);
    if (pattern == nullptr || !is_lambda(arguments[i])) continue;
    if (pattern->kind == TypeKind::parameter && result.bindings[pattern->letter] != nullptr) continue;
    if (pattern->kind != TypeKind::function) return !pattern->open;
    if (pattern->result == nullptr || !pattern->result->open) continue;
    std::vector<const Type*> parameters;
    const std::size_t inputs = pattern->arguments.size() - (pattern->definition->name == "Func" ? 1 : 0);
    for (std::size_t k = 0; k < inputs; ++k) parameters.push_back(substitute(pattern->arguments[k], result.bindings));
    if (std::any_of(parameters.begin(), parameters.end(), [](const Type* type) { return type->open; })) return false;
    Node* node = arguments[i].node;
    const Type* output =
        node->kind == NodeKind::unbound ? lambda_result(node->syntax, parameters) : group_result(node, parameters);
    if (output == nullptr || output->kind == TypeKind::void_type || output->kind == TypeKind::null) return false;
    if (!unify(pattern->result, output, result.bindings)) return false;
  }
  return true;
}

bool Checker::applicable(const Member& member, const Type* receiver, const std::vector<Argument>& arguments,
                         const std::vector<const Type*>& types, bool expanded, Resolution& result) {
  result.member = &member;
  result.expanded = expanded;
  result.argument_of.assign(member.parameters.size(), -1);
  if (receiver != nullptr && !unify(member.receiver, receiver, result.bindings)) return false;
  if (!types.empty()) {
    if (types.size() != member.letters.size()) return false;
    for (std::size_t i = 0; i < types.size(); ++i) result.bindings[member.letters[i]] = types[i];
  }
  std::size_t next = 0;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    std::size_t parameter = next;
    if (!arguments[i].name.empty()) {
      for (parameter = 0; parameter < member.parameters.size(); ++parameter) {
        if (member.parameters[parameter].name == arguments[i].name) break;
      }
    }
    if (expanded && parameter + 1 >= member.parameters.size()) {
      if (arguments[i].is_out) return false;
      if (result.argument_of.back() < 0) result.argument_of.back() = static_cast<int>(i);
      continue;
    }
    if (parameter >= member.parameters.size() || result.argument_of[parameter] >= 0) return false;
    if (member.parameters[parameter].is_out != arguments[i].is_out) return false;
    result.argument_of[parameter] = static_cast<int>(i);
    ++next;
  }
  for (std::size_t p = 0; p < member.parameters.size(); ++p) {
    if (result.argument_of[p] < 0 && !member.parameters[p].optional && !(expanded && p + 1 == member.parameters.size()))
      return false;
  }
  if (!infer(member, arguments, result)) return false;
  for (const char letter : member.letters) {
    if (result.bindings[letter] == nullptr) return false;
  }
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const Type* target = argument_target(result, i);
    if (arguments[i].is_out) {
      if (arguments[i].out_type != nullptr && arguments[i].out_type != target && !arguments[i].out_type->is_error())
        return false;
      continue;
    }
    if (arguments[i].node->is_error()) continue;
    const std::size_t before = findings_.size();
    const bool ok = converts(arguments[i].node, target);
    findings_.rewind(before);
    if (!ok) return false;
  }
  return true;
}

/// Whether `left` is the better choice of two applicable members.
bool Checker::better(const Resolution& left, const Resolution& right, const std::vector<Argument>& arguments) {
  bool any = false;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i].node == nullptr) continue;
    const int order = compare_targets(arguments[i].node, argument_target(left, i), argument_target(right, i));
    if (order > 0) return false;
    if (order < 0) any = true;
  }
  if (any) return true;
  // Equal conversions: the one of the more derived receiver, not generic, not expanded, with fewer defaults.
  const Member& a = *left.member;
  const Member& b = *right.member;
  if (a.receiver != b.receiver && !a.is_extension && !b.is_extension) {
    const Type* first = substitute(a.receiver, left.bindings);
    const Type* second = substitute(b.receiver, right.bindings);
    if (is_a(first, second) != is_a(second, first)) return is_a(first, second);
  }
  if (left.expanded != right.expanded) return !left.expanded;
  if (a.letters.empty() != b.letters.empty()) return a.letters.empty();
  return a.parameters.size() < b.parameters.size();
}

bool Checker::resolve(const std::vector<const Member*>& candidates, const Type* receiver,
                      const std::vector<Argument>& arguments, const std::vector<const Type*>& types, Resolution& best) {
  bool found = false;
  for (const Member* member : candidates) {
    const bool has_params = !member->parameters.empty() && member->parameters.back().is_params;
    for (const bool expanded : {false, true}) {
      if (expanded && !has_params) continue;
      Resolution resolution;
      if (!applicable(*member, receiver, arguments, types, expanded, resolution)) continue;
      if (found && is_ambiguous(resolution, best, arguments)) {
        best.ambiguous = true;
      } else if (!found || better(resolution, best, arguments)) {
        best = resolution;
      }
      found = true;
      break;
    }
  }
  return found;
}

/// Whether an integer could as well become the one's double as the other's decimal: Math.Floor(5).
bool Checker::is_ambiguous(const Resolution& left, const Resolution& right, const std::vector<Argument>& arguments) {
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i].node == nullptr || !arguments[i].node->type->is_integer()) continue;
    const Type *a = argument_target(left, i), *b = argument_target(right, i);
    const bool differ = (a == core().float64 && b == core().decimal) || (a == core().decimal && b == core().float64);
    if (differ && !better(left, right, arguments) && !better(right, left, arguments)) return true;
  }
  return false;
}

Node* Checker::no_overload(std::string_view name, const std::vector<Argument>& arguments, const Syntax* at) {
  std::string list;
  for (const Argument& argument : arguments) {
    if (argument.node != nullptr && argument.node->is_error()) return error(at);
    if (!list.empty()) list += ", ";
    if (argument.is_out)
      list += "out";
    else
      list += argument.node->type->display;
    // A lambda whose body has mistakes of its own: those are what matters.
    if (argument.node != nullptr && argument.node->kind == NodeKind::unbound) {
      const std::size_t before = findings_.error_count();
      const Syntax* syntax = argument.node->syntax;
      std::vector<const Type*> unknown(syntax->items.size(), core().error);
      bind_lambda_body(syntax, unknown, nullptr);
      if (findings_.error_count() != before) return error(at);
    }
  }
  const std::string called = name == "this"  ? "this indexer"
                             : name == "new" ? "this constructor"
                                             : "'" + std::string(name) + "'";
  return error(at, "SL4004", "no overload of " + called + " takes (" + list + ")");
}

Node* Checker::make_call(const Resolution& resolution, Node* receiver, std::vector<Argument>& arguments,
                         const Syntax* at) {
  const Member& member = *resolution.member;
  std::vector<Node*> items;
  if (receiver != nullptr) items.push_back(receiver);
  for (std::size_t p = 0; p < member.parameters.size(); ++p) {
    const Parameter& parameter = member.parameters[p];
    const int first = resolution.argument_of[p];
    const Type* type = parameter_type(resolution, p);
    if (parameter.is_params && resolution.expanded) {
      Node* array = make(NodeKind::array_new, substitute(parameter.type, resolution.bindings), at);
      for (std::size_t i = first < 0 ? arguments.size() : static_cast<std::size_t>(first); i < arguments.size(); ++i) {
        array->items.push_back(convert(arguments[i].node, type, at));
      }
      items.push_back(array);
      continue;
    }
    if (first < 0) {
      Value fallback = parameter.fallback;
      if (fallback.is_null())
        fallback = default_value(type);
      else if (type->kind == TypeKind::enumeration)
        fallback = Value::enumeration(*type, static_cast<std::int32_t>(fallback.as_integer()));
      items.push_back(constant(fallback, type, at));
      continue;
    }
    Argument& argument = arguments[static_cast<std::size_t>(first)];
    if (!argument.is_out) {
      items.push_back(convert(argument.node, type, argument.syntax));
      continue;
    }
    const Syntax* value = argument.syntax->items[0];
    Local* local = nullptr;
    if (value->kind == SyntaxKind::out_variable)
      local = value->text == "_" ? temporary(type) : declare(value->text, type, value);
    else if (ScopeEntry* entry = find(value->text))
      local = entry->local;
    else
      local = temporary(type);
    Node* address = make(NodeKind::address, type, argument.syntax);
    address->local = local;
    if (local->owner != frames_.back().function) local->captured = true;
    if (local->read_only || local->constant)
      return error(argument.syntax, "SL4008", "'" + std::string(local->name) + "' cannot be assigned to");
    items.push_back(address);
  }
  return finish_call(member, resolution.bindings, std::move(items), at);
}

Node* Checker::finish_call(const Member& member, const Bindings& bindings, std::vector<Node*> items, const Syntax* at) {
  for (const Node* item : items) {
    if (item->is_error()) return error(at);
  }
  const Type* result = substitute(member.result, bindings);
  Node* node = make(NodeKind::call, result, at);
  CallSite* site = arena_.make<CallSite>(member);
  site->result = result;
  for (const char letter : member.letters) {
    if (bindings[letter] != nullptr) site->types.push_back(bindings[letter]);
  }
  if (member.receiver->open) {
    for (const Type* argument : member.receiver->arguments) site->types.push_back(substitute(argument, bindings));
  }
  const std::size_t name = member.is_static && !member.is_extension ? 0 : 1;
  const Trait traits = member.row->traits;
  if (items.size() > name && items[name]->is_constant() && items[name]->value.is_string()) {
    site->hashed = has(traits, Trait::hash_variable) || has(traits, Trait::hash_header);
    const std::string_view text = items[name]->value.as_string();
    site->hash = has(traits, Trait::hash_variable) ? variable_hash(text) : header_hash(text);
  }
  node->site = site;
  node->items = std::move(items);
  if (!has(traits, Trait::constant)) return node;
  Call call{folding_, nullptr, 0, site};
  return constant(member.row->function(call), result, at);
}

/// A call of a row that the checker itself needs.
Node* Checker::simple_call(std::string_view receiver, std::string_view name, std::vector<Node*> items,
                           const Syntax* at) {
  for (const Member* member : members_named(name)) {
    if (member->row->receiver == receiver && member->parameters.size() + (member->is_static ? 0 : 1) == items.size()) {
      return finish_call(*member, {}, std::move(items), at);
    }
  }
  return error(at, "SL4003", "the member '" + std::string(name) + "' is missing");
}

Node* Checker::call_group(const Operand& group, std::vector<Argument>& arguments, const Syntax* at) {
  Resolution resolution;
  if (group.receiver != nullptr) {
    const Type* type = group.receiver->type;
    const std::vector<const Member*> methods = candidates_of(type, group.name, false, true);
    if (!methods.empty() && resolve(methods, type, arguments, group.explicit_types, resolution)) {
      return make_call(resolution, group.receiver, arguments, at);
    }
    const std::vector<const Member*> extensions = extensions_of(type, group.name);
    std::vector<Argument> extended;
    extended.push_back({group.receiver, at, {}, false, nullptr});
    extended.insert(extended.end(), arguments.begin(), arguments.end());
    if (!extensions.empty() && resolve(extensions, nullptr, extended, group.explicit_types, resolution)) {
      return make_call(resolution, nullptr, extended, at);
    }
  } else {
    const std::vector<const Member*> methods = candidates_of(group.type, group.name, true, true);
    if (resolve(methods, nullptr, arguments, group.explicit_types, resolution)) {
      if (resolution.ambiguous)
        return error(at, "SL4004", "the call of '" + std::string(group.name) + "' fits a double and a decimal alike",
                     "write 2.0 or 2m in place of 2, or a cast");
      return make_call(resolution, nullptr, arguments, at);
    }
  }
  return no_overload(group.name, arguments, at);
}

Node* Checker::call_local_function(Function* function, std::vector<Argument>& arguments, const Syntax* at) {
  Node* node = make(NodeKind::call_function, function->result, at);
  node->function = function;
  std::vector<Node*> items(function->parameters.size(), nullptr);
  std::size_t next = 0;
  for (const Argument& argument : arguments) {
    std::size_t position = next++;
    if (!argument.name.empty()) {
      for (position = 0; position < items.size(); ++position) {
        if (function->parameters[position]->name == argument.name) break;
      }
    }
    if (position >= items.size() || items[position] != nullptr || argument.is_out)
      return no_overload(function->name, arguments, at);
    items[position] = convert(argument.node, function->parameters[position]->type, argument.syntax);
    if (items[position]->is_error()) return error(at);
  }
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (items[i] != nullptr) continue;
    if (!function->parameters[i]->constant) return no_overload(function->name, arguments, at);
    items[i] = constant(function->parameters[i]->value, function->parameters[i]->type, at);
  }
  node->items = std::move(items);
  return node;
}

Node* Checker::call_delegate(Node* target, std::vector<Argument>& arguments, const Syntax* at) {
  const Type* type = target->type;
  const std::size_t inputs = type->arguments.size() - (type->definition->name == "Func" ? 1 : 0);
  const bool comparison = type->definition->name == "Comparison";
  if (arguments.size() != (comparison ? 2 : inputs)) return no_overload("Invoke", arguments, at);
  Node* node = make(NodeKind::invoke, type->result == nullptr ? core().void_type : type->result, at);
  node->items.push_back(target);
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    node->items.push_back(convert(arguments[i].node, type->arguments[comparison ? 0 : i], arguments[i].syntax));
    if (node->items.back()->is_error()) return error(at);
  }
  return node;
}

Node* Checker::bind_call(const Syntax* syntax) {
  const Syntax* callee = syntax->items[0];
  if (callee->kind == SyntaxKind::name && callee->text == "nameof" && find("nameof") == nullptr &&
      syntax->items.size() == 2) {
    const Syntax* operand = syntax->items[1]->items[0];
    Operand meant = bind_operand(operand);
    if (meant.node != nullptr && meant.node->is_error()) return meant.node;
    return constant(Value::string(operand->text), core().string, syntax);
  }
  // Calls inside the receiver name what they call themselves.
  const Syntax* outer = std::exchange(called_, callee);
  Operand target = bind_operand(callee);
  called_ = outer;
  std::vector<Argument> arguments = bind_arguments(syntax->items, 1);
  if (target.node != nullptr && target.node->is_error()) return error(syntax);
  for (const Argument& argument : arguments) {
    if (argument.node != nullptr && argument.node->is_error()) return error(syntax);
  }
  if (target.is_group) {
    if (target.type == nullptr && target.receiver == nullptr)
      return call_local_function(find(target.name)->function, arguments, syntax);
    return call_group(target, arguments, syntax);
  }
  if (target.node != nullptr && target.node->type->kind == TypeKind::function)
    return call_delegate(target.node, arguments, syntax);
  if (target.node != nullptr)
    return error(syntax, "SL4005", "'" + target.node->type->display + "' cannot be called like a method");
  return error(syntax, "SL4005", "a type or namespace cannot be called",
               "write 'new' in front of it to make an object");
}

}  // namespace sluice::expression
