// SPDX-License-Identifier: Apache-2.0
// Names: variables, `context`, types by simple and full name, namespaces, members.
#include "expression/checker.hpp"

#include "base/text.hpp"

namespace sluice::expression {
namespace {

/// Parts of .NET that documents try to use and the service refuses: worth their own words.
constexpr std::string_view refused_types[] = {
    "Console",    "Environment",      "Type",          "GC",
    "Dns",        "Buffer",           "WeakReference", "File",
    "Path",       "Directory",        "Thread",        "Task",
    "Process",    "Activator",        "Assembly",      "AppDomain",
    "HttpClient", "WebClient",        "Marshal",       "ArrayList",
    "Hashtable",  "SortedDictionary", "MemoryStream",  "CultureInfo",
    "Stopwatch",  "HttpUtility",      "Lazy",          "Interlocked",
    "Monitor",    "ThreadPool",       "Timer",         "Regex.CompileToAssembly",
    "BigInteger", "RuntimeHelpers",   "Expression"};

bool is_refused(std::string_view name) {
  const std::string_view last = name.substr(name.rfind('.') + 1);
  for (const std::string_view type : refused_types) {
    if (last == type) return true;
  }
  return false;
}

bool is_system(std::string_view name) { return name == "System" || name.starts_with("System."); }

}  // namespace

Checker::ScopeEntry* Checker::find(std::string_view name) {
  for (std::size_t i = scope_.size(); i-- > 0;) {
    if (scope_[i].name == name) return &scope_[i];
  }
  return nullptr;
}

Local* Checker::declare(std::string_view name, const Type* type, const Syntax* at) {
  // C# refuses a name that an enclosing block of the same function has.
  for (std::size_t i = frames_.back().scope_base; i < scope_.size(); ++i) {
    if (scope_[i].name == name && name != "_") {
      error(at, "SL4008", "a variable named '" + std::string(name) + "' is declared already");
      break;
    }
  }
  Local* local = new_local(name, type, at);
  scope_.push_back({name, local, nullptr});
  return local;
}

void Checker::unknown_name(const Syntax* at, std::string_view name) {
  if (is_refused(name)) {
    error(at, "SL4002", "the type '" + std::string(name) + "' may not be used in policy expressions");
    return;
  }
  std::vector<std::string_view> known{"context"};
  for (const ScopeEntry& entry : scope_) known.push_back(entry.name);
  const std::string_view near = nearest_name(name, known);
  error(at, "SL4001", "the name '" + std::string(name) + "' is not known here",
        near.empty() ? std::string() : "did you mean '" + std::string(near) + "'?");
}

Node* Checker::use_local(Local* local, const Syntax* at) {
  if (local->constant) return constant(local->value, local->type, at);
  return local_node(local, at);
}

Checker::Operand Checker::bind_operand(const Syntax* syntax) {
  if (!syntax->parenthesized) {
    if (syntax->kind == SyntaxKind::name) return bind_name(syntax);
    if (syntax->kind == SyntaxKind::member) return bind_member(syntax);
    if (syntax->kind == SyntaxKind::type_expression) {
      Operand operand;
      operand.type = resolve_type(syntax->type);
      return operand;
    }
  }
  Operand operand;
  operand.node = syntax->kind == SyntaxKind::member || syntax->kind == SyntaxKind::name
                     ? value_of(syntax->kind == SyntaxKind::name ? bind_name(syntax) : bind_member(syntax), syntax)
                     : bind(syntax);
  return operand;
}

Checker::Operand Checker::bind_name(const Syntax* syntax) {
  Operand operand;
  if (syntax->types.empty()) {
    if (ScopeEntry* entry = find(syntax->text)) {
      if (entry->function != nullptr) {
        operand.is_group = true;
        operand.name = syntax->text;
        return operand;
      }
      operand.node = use_local(entry->local, syntax);
      return operand;
    }
    if (syntax->text == "context") {
      static const Type* type = read_type("IContext");
      Node* node = make(NodeKind::constant, type, syntax);
      static const Object root{type};
      node->value = Value::object(&root);
      operand.node = node;
      return operand;
    }
  }
  const std::vector<const Type*> arguments = resolve_types(syntax->types);
  if (const Type* type = named_type(syntax->text, arguments, syntax, true)) {
    operand.type = type;
    return operand;
  }
  if (is_namespace(syntax->text) || syntax->text == "System") {
    operand.space = std::string(syntax->text);
    return operand;
  }
  if (syntax->text == "ReferenceEquals" || syntax->text == "Equals") {
    operand.is_group = true;
    operand.type = core().object;
    operand.name = syntax->text;
    return operand;
  }
  unknown_name(syntax, syntax->text);
  operand.node = error(syntax);
  return operand;
}

Checker::Operand Checker::bind_member(const Syntax* syntax) {
  Operand left = bind_operand(syntax->items[0]);
  if (!left.space.empty()) {
    Operand operand;
    const std::string full = left.space + "." + std::string(syntax->text);
    if (const Type* type = named_type(full, resolve_types(syntax->types), syntax, true))
      operand.type = type;
    else if (is_namespace(full))
      operand.space = full;
    else if (is_system(full) && is_refused(full))
      operand.node = error(syntax, "SL4002", "the type '" + full + "' may not be used in policy expressions");
    else if (is_system(full) && syntax->text.size() > 1) {
      // Namespaces of .NET that hold nothing for expressions: the type behind them is named.
      operand.space = full;
      static constexpr std::string_view spaces[] = {"System.IO",
                                                    "System.Net",
                                                    "System.Globalization",
                                                    "System.Web",
                                                    "System.Threading",
                                                    "System.Threading.Tasks",
                                                    "System.Reflection",
                                                    "System.Runtime",
                                                    "System.Runtime.InteropServices",
                                                    "System.Runtime.CompilerServices",
                                                    "System.Diagnostics",
                                                    "System.Collections",
                                                    "System.Linq.Expressions",
                                                    "System.Numerics"};
      bool known = false;
      for (const std::string_view space : spaces) known = known || space == full;
      if (!known) {
        operand.space.clear();
        operand.node =
            error(syntax, "SL4001", "'" + full + "' is neither a type nor a namespace that expressions know");
      }
    } else {
      operand.node = error(syntax, "SL4001", "'" + full + "' is neither a type nor a namespace that expressions know");
    }
    return operand;
  }
  if (left.is_group) {
    Operand operand;
    operand.node = error(syntax, "SL4005", "a method has no members; call it first");
    return operand;
  }
  if (left.type != nullptr) return static_member(left.type, syntax);
  return instance_member(left.node, syntax);
}

Checker::Operand Checker::static_member(const Type* type, const Syntax* syntax) {
  Operand operand;
  if (type->is_error()) {
    operand.node = error(syntax);
    return operand;
  }
  if (type->kind == TypeKind::enumeration) {
    for (const EnumValue& value : type->definition->values) {
      if (value.name != syntax->text) continue;
      operand.node = constant(Value::enumeration(*type, value.value), type, syntax);
      return operand;
    }
  }
  const std::vector<const Member*> methods = candidates_of(type, syntax->text, true, true);
  if (!methods.empty()) {
    operand.is_group = true;
    operand.type = type;
    operand.name = syntax->text;
    operand.explicit_types = resolve_types(syntax->types);
    return operand;
  }
  const std::vector<const Member*> properties = candidates_of(type, syntax->text, true, false);
  if (!properties.empty()) {
    operand.node = finish_call(*properties.front(), {}, {}, syntax);
    return operand;
  }
  operand.node = unknown_member(type, syntax->text, syntax, true);
  return operand;
}

Checker::Operand Checker::instance_member(Node* receiver, const Syntax* syntax) {
  Operand operand;
  if (receiver->is_error()) {
    operand.node = error(syntax);
    return operand;
  }
  const Type* type = receiver->type;
  if (type->kind == TypeKind::void_type || type->kind == TypeKind::null || type->kind == TypeKind::lambda) {
    operand.node = error(syntax, "SL4005", "'" + type->display + "' has no member '" + std::string(syntax->text) + "'");
    return operand;
  }
  if (type->kind == TypeKind::anonymous) {
    for (std::uint32_t i = 0; i < type->fields.size(); ++i) {
      if (type->fields[i].name != syntax->text) continue;
      operand.node = make(NodeKind::field_get, type->fields[i].type, syntax);
      operand.node->index = i;
      operand.node->items = {receiver};
      return operand;
    }
  }
  if (type->is_tuple()) {
    if (const auto index = tuple_item(type, syntax->text)) {
      operand.node = item_of_tuple(receiver, *index);
      return operand;
    }
  }
  if (type->kind == TypeKind::nullable && (syntax->text == "Value" || syntax->text == "HasValue")) {
    if (syntax->text == "Value") {
      operand.node = make(NodeKind::unwrap, type->arguments[0], syntax);
      operand.node->items = {receiver};
    } else {
      Node* null = make(NodeKind::is_null, core().boolean, syntax);
      null->items = {receiver};
      operand.node = make(NodeKind::unary, core().boolean, syntax);
      operand.node->op = Operator::logical_not;
      operand.node->operands = ValueKind::boolean;
      operand.node->items = {null};
    }
    return operand;
  }
  const std::vector<const Member*> properties = candidates_of(type, syntax->text, false, false);
  const bool has_methods = syntax == called_ && (!candidates_of(type, syntax->text, false, true).empty() ||
                                                 !extensions_of(type, syntax->text).empty());
  for (const Member* member : properties) {
    if (member->is_indexer || has_methods) continue;
    Bindings bindings;
    unify(member->receiver, type, bindings);
    operand.node = finish_call(*member, bindings, {receiver}, syntax);
    return operand;
  }
  if (!candidates_of(type, syntax->text, false, true).empty() || !extensions_of(type, syntax->text).empty()) {
    operand.is_group = true;
    operand.receiver = receiver;
    operand.name = syntax->text;
    operand.explicit_types = resolve_types(syntax->types);
    return operand;
  }
  if (receiver->dynamic && is_a(type, core().json_token)) {
    // `j.a` of a dynamic j is j["a"].
    Node* name = constant(Value::string(syntax->text), core().string, syntax);
    operand.node = simple_call("JToken", "this", {receiver, name}, syntax);
    operand.node->dynamic = true;
    return operand;
  }
  operand.node = unknown_member(type, syntax->text, syntax, false);
  return operand;
}

Node* Checker::unknown_member(const Type* type, std::string_view name, const Syntax* at, bool is_static) {
  std::vector<std::string_view> known;
  for (const Member* member : all_members()) {
    if (member->is_static == is_static && member->receiver->definition == type->definition)
      known.push_back(member->name);
  }
  const std::string_view near = nearest_name(name, known);
  return error(at, "SL4003",
               "'" + type->display + "' has no " + (is_static ? "static " : "") + "member '" + std::string(name) +
                   "' that policy expressions know",
               near.empty() ? std::string() : "did you mean '" + std::string(near) + "'?");
}

Node* Checker::value_of(Operand operand, const Syntax* at) {
  if (operand.node != nullptr) return operand.node;
  if (operand.is_group) {
    Node* node = make(NodeKind::group, core().lambda, at);
    node->syntax = at;
    return node;
  }
  if (operand.type != nullptr && operand.type->is_error()) return error(at);
  const std::string what =
      operand.type != nullptr ? "the type '" + operand.type->display + "'" : "the namespace '" + operand.space + "'";
  return error(at, "SL4005", what + " stands where a value is needed");
}

const Type* Checker::named_type(std::string_view name, const std::vector<const Type*>& arguments, const Syntax* at,
                                bool quiet) {
  if (name == "dynamic") {
    error(at, "SL3005", "'dynamic' cannot be used in policy expressions");
    return core().error;
  }
  if (const TypeDefinition* definition = find_type(name, arguments.size())) {
    for (const Type* argument : arguments) {
      if (argument->is_error()) return core().error;
    }
    if (definition->name == "Nullable") return nullable_of(arguments[0]);
    return instance_of(*definition, arguments);
  }
  if (quiet) return nullptr;
  if (is_refused(name) || (is_system(name))) {
    error(at, "SL4002", "the type '" + std::string(name) + "' may not be used in policy expressions");
  } else {
    error(at, "SL4001", "the type '" + std::string(name) + "' is not known");
  }
  return core().error;
}

std::vector<const Type*> Checker::resolve_types(const std::vector<Syntax*>& syntax) {
  std::vector<const Type*> types;
  for (const Syntax* item : syntax) types.push_back(resolve_type(item));
  return types;
}

const Type* Checker::resolve_type(const Syntax* syntax) {
  switch (syntax->kind) {
    case SyntaxKind::type_array: return array_of(resolve_type(syntax->items[0]));
    case SyntaxKind::type_tuple: {
      std::vector<Field> items;
      for (const Syntax* item : syntax->items) {
        items.push_back({std::string(item->text), resolve_type(item->type)});
        if (items.back().type->is_error()) return core().error;
      }
      if (const Type* type = tuple_of(items)) return type;
      error(syntax, "SL3005", "tuples of more than seven items cannot be used");
      return core().error;
    }
    case SyntaxKind::type_nullable: {
      const Type* type = resolve_type(syntax->items[0]);
      if (!type->is_error() && !type->is_value()) {
        error(syntax, "SL3005", "nullable reference types of C# 8 cannot be used in policy expressions");
        return type;
      }
      return nullable_of(type);
    }
    case SyntaxKind::type_name: return named_type(syntax->text, resolve_types(syntax->types), syntax, false);
    default: return core().error;
  }
}

}  // namespace sluice::expression
