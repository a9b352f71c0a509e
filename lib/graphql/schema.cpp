// SPDX-License-Identifier: Apache-2.0
#include "graphql/schema.hpp"

#include "graphql/parser.hpp"

#include <algorithm>
#include <set>

namespace sluice::graphql {
namespace {

/// What every service has. **Source**: sections 3.5, 3.13 and 4.
constexpr std::string_view built_in = R"(
scalar Int scalar Float scalar String scalar Boolean scalar ID
directive @skip(if: Boolean!) on FIELD | FRAGMENT_SPREAD | INLINE_FRAGMENT
directive @include(if: Boolean!) on FIELD | FRAGMENT_SPREAD | INLINE_FRAGMENT
directive @deprecated(reason: String = "No longer supported") on FIELD_DEFINITION | ENUM_VALUE
directive @specifiedBy(url: String!) on SCALAR
type __Schema { description: String types: [__Type!]! queryType: __Type! mutationType: __Type subscriptionType: __Type
  directives: [__Directive!]! }
type __Type { kind: __TypeKind! name: String description: String fields(includeDeprecated: Boolean = false): [__Field!]
  interfaces: [__Type!] possibleTypes: [__Type!] enumValues(includeDeprecated: Boolean = false): [__EnumValue!]
  inputFields(includeDeprecated: Boolean = false): [__InputValue!] ofType: __Type specifiedByURL: String }
enum __TypeKind { SCALAR OBJECT INTERFACE UNION ENUM INPUT_OBJECT LIST NON_NULL }
type __Field { name: String! description: String args(includeDeprecated: Boolean = false): [__InputValue!]! type: __Type!
  isDeprecated: Boolean! deprecationReason: String }
type __InputValue { name: String! description: String type: __Type! defaultValue: String isDeprecated: Boolean!
  deprecationReason: String }
type __EnumValue { name: String! description: String isDeprecated: Boolean! deprecationReason: String }
type __Directive { name: String! description: String locations: [__DirectiveLocation!]!
  args(includeDeprecated: Boolean = false): [__InputValue!]! isRepeatable: Boolean! }
enum __DirectiveLocation { QUERY MUTATION SUBSCRIPTION FIELD FRAGMENT_DEFINITION FRAGMENT_SPREAD INLINE_FRAGMENT
  VARIABLE_DEFINITION SCHEMA SCALAR OBJECT FIELD_DEFINITION ARGUMENT_DEFINITION INTERFACE UNION ENUM ENUM_VALUE
  INPUT_OBJECT INPUT_FIELD_DEFINITION }
type __Introspection { __typename: String! __schema: __Schema! __type(name: String!): __Type }
)";
constexpr std::string_view introspection = "__Introspection";
constexpr std::size_t most_faults = 100;
constexpr unsigned built_in_depth = 10;

template <class T>
void append(std::vector<T>& to, std::vector<T>& from) {
  std::move(from.begin(), from.end(), std::back_inserter(to));
}

}  // namespace

struct Schema::Maker {
  Schema& schema;
  std::vector<Fault>& faults;

  void fault(std::size_t offset, std::string message) {
    if (faults.size() < most_faults) faults.push_back({offset, std::move(message)});
  }
  static std::string quoted(std::string_view name) { return "'" + std::string(name.substr(0, 100)) + "'"; }

  void add(TypeDocument document) {
    std::vector<TypeDefinition> extensions;
    for (TypeDefinition& type : document.types) {
      if (type.is_extension) {
        extensions.push_back(std::move(type));
      } else if (const auto [place, is_new] = schema.types_.emplace(type.name, type); !is_new) {
        fault(type.offset, "The type " + quoted(place->first) + " is defined twice.");
      }
    }
    for (TypeDefinition& extension : extensions) extend(extension);
    for (DirectiveDefinition& directive : document.directives) {
      const std::string_view name = directive.name;
      const std::size_t offset = directive.offset;
      if (!schema.directives_.emplace(name, std::move(directive)).second)
        fault(offset, "The directive " + quoted(name) + " is defined twice.");
    }
    for (const RootDefinition& root : document.roots) {
      if (!schema.roots_.emplace(root.kind, root.type).second) fault(root.offset, "A root type is named twice.");
    }
  }
  void extend(TypeDefinition& extension) {
    const auto base = schema.types_.find(extension.name);
    if (base == schema.types_.end() || base->second.kind != extension.kind)
      return fault(extension.offset, "There is no such type " + quoted(extension.name) + " to extend.");
    append(base->second.fields, extension.fields);
    append(base->second.inputs, extension.inputs);
    append(base->second.names, extension.names);
    append(base->second.value_notes, extension.value_notes);
  }

  void default_roots() {
    if (!schema.roots_.empty()) return;
    const std::pair<OperationKind, std::string_view> defaults[] = {{OperationKind::query, "Query"},
                                                                   {OperationKind::mutation, "Mutation"},
                                                                   {OperationKind::subscription, "Subscription"}};
    for (const auto& [kind, name] : defaults) {
      if (schema.type(name) != nullptr) schema.roots_.emplace(kind, name);
    }
  }
  void check() {
    for (const auto& [kind, name] : schema.roots_) {
      const TypeDefinition* type = schema.type(name);
      if (type == nullptr || type->kind != TypeKind::object)
        fault(0, "The root type " + quoted(name) + " is no object.");
    }
    if (!schema.roots_.contains(OperationKind::query)) fault(0, "The schema has no type for queries.");
    for (const auto& [name, type] : schema.types_) check_type(type);
    for (const auto& [name, directive] : schema.directives_) check_inputs(directive.arguments);
  }
  void check_type(const TypeDefinition& type) {
    std::set<std::string_view> seen;
    const auto unique = [&](std::string_view name, std::size_t offset) {
      if (!seen.insert(name).second) fault(offset, quoted(name) + " stands twice in " + quoted(type.name) + ".");
    };
    const bool has_fields = type.kind == TypeKind::object || type.kind == TypeKind::interface;
    if (has_fields && type.fields.empty()) fault(type.offset, "The type " + quoted(type.name) + " has no fields.");
    for (const Field& field : type.fields) {
      unique(field.name, field.offset);
      check_reference(field.type, false);
      check_inputs(field.arguments);
    }
    for (const InputValue& input : type.inputs) unique(input.name, input.offset);
    check_inputs(type.inputs);
    for (const std::string_view name : type.names) {
      if (!has_fields) unique(name, type.offset);
      if (type.kind == TypeKind::enumeration) continue;
      const TypeKind wanted = has_fields ? TypeKind::interface : TypeKind::object;
      const TypeDefinition* named = schema.type(name);
      if (named == nullptr || named->kind != wanted) {
        fault(type.offset,
              quoted(name) + " in " + quoted(type.name) + " is no " + (has_fields ? "interface." : "object type."));
      } else if (has_fields) {
        check_implementation(type, *named);
      }
    }
  }
  void check_implementation(const TypeDefinition& type, const TypeDefinition& interface) {
    for (const Field& wanted : interface.fields) {
      const auto is_it = [&](const Field& field) { return field.name == wanted.name; };
      if (std::none_of(type.fields.begin(), type.fields.end(), is_it)) {
        fault(type.offset, quoted(type.name) + " lacks the field " + quoted(wanted.name) + " of the interface " +
                               quoted(interface.name) + ".");
      }
    }
  }
  void check_inputs(const std::vector<InputValue>& inputs) {
    for (const InputValue& input : inputs) check_reference(input.type, true);
  }
  void check_reference(const TypeReference& reference, bool for_input) {
    const TypeDefinition* type = schema.type(reference.name);
    if (type == nullptr) return fault(reference.offset, "The type " + quoted(reference.name) + " does not exist.");
    const bool fits = for_input ? is_input(*type) : type->kind != TypeKind::input;
    if (!fits) fault(reference.offset, "The type " + quoted(reference.name) + " may not stand here.");
  }
};

std::shared_ptr<const Schema> Schema::make(std::string text, std::size_t most_bytes, unsigned depth,
                                           std::vector<Fault>& faults) {
  if (text.size() > most_bytes) {
    faults.push_back({0, "The schema has more than " + std::to_string(most_bytes) + " bytes."});
    return nullptr;
  }
  auto schema = std::make_shared<Schema>(std::move(text));
  auto document = parse_types(schema->text_, {depth, most_bytes});
  if (!document) {
    faults.push_back(std::move(document.error()));
    return nullptr;
  }
  Maker maker{*schema, faults};
  maker.add(*parse_types(built_in, {built_in_depth, built_in.size()}));
  schema->notes_ = document->notes;
  maker.add(std::move(*document));
  maker.default_roots();
  maker.check();
  return faults.empty() ? schema : nullptr;
}

const TypeDefinition* Schema::type(std::string_view name) const {
  const auto found = types_.find(name);
  return found == types_.end() ? nullptr : &found->second;
}
const DirectiveDefinition* Schema::directive(std::string_view name) const {
  const auto found = directives_.find(name);
  return found == directives_.end() ? nullptr : &found->second;
}
const TypeDefinition* Schema::root(OperationKind kind) const {
  const auto found = roots_.find(kind);
  return found == roots_.end() ? nullptr : type(found->second);
}

const Field* Schema::field(const TypeDefinition& of, std::string_view name) const {
  const auto find = [&](const std::vector<Field>& fields) -> const Field* {
    const auto found =
        std::find_if(fields.begin(), fields.end(), [&](const Field& field) { return field.name == name; });
    return found == fields.end() ? nullptr : &*found;
  };
  if (!name.starts_with("__")) return find(of.fields);
  const bool is_everywhere = name == "__typename" && is_composite(of);
  return is_everywhere || &of == root(OperationKind::query) ? find(type(introspection)->fields) : find(of.fields);
}

bool Schema::may_be(const TypeDefinition& of, const TypeDefinition& object) const {
  if (&of == &object) return true;
  const auto names = [](const TypeDefinition& where, std::string_view name) {
    return std::find(where.names.begin(), where.names.end(), name) != where.names.end();
  };
  if (of.kind == TypeKind::union_of) return names(of, object.name);
  return of.kind == TypeKind::interface && names(object, of.name);
}

bool Schema::overlap(const TypeDefinition& left, const TypeDefinition& right) const {
  if (&left == &right) return true;
  if (left.kind == TypeKind::object) return may_be(right, left);
  if (right.kind == TypeKind::object) return may_be(left, right);
  return std::any_of(types_.begin(), types_.end(), [&](const auto& each) {
    const TypeDefinition& object = each.second;
    return object.kind == TypeKind::object && may_be(left, object) && may_be(right, object);
  });
}

bool is_composite(const TypeDefinition& type) {
  return type.kind == TypeKind::object || type.kind == TypeKind::interface || type.kind == TypeKind::union_of;
}
bool is_input(const TypeDefinition& type) {
  return type.kind == TypeKind::scalar || type.kind == TypeKind::enumeration || type.kind == TypeKind::input;
}

const InputValue* find_input(const std::vector<InputValue>& inputs, std::string_view name) {
  const auto found = std::find_if(inputs.begin(), inputs.end(), [&](const InputValue& i) { return i.name == name; });
  return found == inputs.end() ? nullptr : &*found;
}

}  // namespace sluice::graphql
