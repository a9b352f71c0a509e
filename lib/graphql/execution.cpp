// SPDX-License-Identifier: Apache-2.0
#include "graphql/execution.hpp"

#include "graphql/leaf.hpp"
#include "graphql/request.hpp"
#include "graphql/validation.hpp"

#include <algorithm>

namespace sluice::graphql {
namespace {

/// What a document that was parsed may be parsed with again: it is no deeper than it was.
constexpr unsigned parsed_depth = 1'000;

std::string_view leaf_of(const Described& described) { return described.holds ? "true" : "false"; }

}  // namespace

Execution::Execution(std::string_view text, const Document& document, const Operation& operation, const Schema& schema,
                     const ResolverFields& resolvers, const VariableValues& variables, const ExecutionOptions& options)
    : text_(text),
      document_(document),
      operation_(operation),
      schema_(schema),
      resolvers_(resolvers),
      options_(options),
      values_left_(options.most_values),
      calls_left_(options.most_calls),
      argument_bytes_left_(options.most_bytes),
      tree_(text, options.most_errors),
      collection_(document, schema, variables, values_left_),
      introspection_(schema, variables),
      root_type_(*schema.root(operation.kind)),
      variables_(variables) {}

/// Takes one from what may be put into the answer.
bool Execution::spend() {
  if (values_left_ == 0) is_exhausted_ = true;
  if (is_exhausted_) return false;
  --values_left_;
  return true;
}

void Execution::fail(Node& node, const FieldGroup& group, std::string_view message, std::string_view code) {
  tree_.fail(node, group.selections.front()->offset, message, code);
}

// ---- What is asked ----

const std::deque<Call>& Execution::calls() {
  if (root_groups_ == nullptr) root_groups_ = &collection_.fields(operation_, root_type_);
  // What was left to ask may have concerned places that are gone: the next root field may have calls.
  do {
    gather();
  } while (calls_.empty() && next_root_ < root_groups_->size() && !is_exhausted_);
  return calls_;
}

void Execution::gather() {
  calls_.clear();
  waiting_.clear();
  while (next_calls_.empty() && next_root_ < root_groups_->size() && !is_exhausted_) begin_next();
  const auto is_lost = [](const Waiting& each) { return AnswerTree::is_lost(*each.node); };
  for (std::size_t i = 0; i < next_calls_.size() && !is_exhausted_; ++i) {
    auto& waiting = next_waiting_[i];
    if (std::all_of(waiting.begin(), waiting.end(), is_lost)) continue;
    calls_.push_back(std::move(next_calls_[i]));
    waiting_.push_back(std::move(waiting));
    if (calls_.back().is_passed_on) write_passed(calls_.back(), waiting_.back());
  }
  next_calls_.clear();
  next_waiting_.clear();
}

/// All root fields of a query; of a mutation the next one, and those behind it that are passed on together with it.
void Execution::begin_next() {
  static const Source nothing;
  const auto is_passed = [&] { return !next_calls_.empty() && next_calls_.back().is_passed_on; };
  const bool is_serial = operation_.kind == OperationKind::mutation;
  while (next_root_ < root_groups_->size()) {
    const FieldGroup& group = (*root_groups_)[next_root_];
    const bool is_resolved = resolvers_.contains(group.field);
    if (is_serial && !next_calls_.empty() && (is_resolved || !is_passed())) return;
    ++next_root_;
    begin_field(tree_.root(), root_type_, group, nothing);
  }
}

void Execution::begin_field(Node& object, const TypeDefinition& type, const FieldGroup& group, const Source& source) {
  if (!spend()) return;
  const std::string_view name = group.field_name();
  Node& node = tree_.add_member(object, group.name, group.field->type.refuses_null());
  if (name == "__typename") {
    node.kind = Node::Kind::json;
    append_json_string(node.json, type.name);
  } else if (source.is_described()) {
    complete(node, group.field->type, group,
             {.described = introspection_.field(source.described, *group.selections.front())});
  } else if (name == "__schema" || name == "__type") {
    complete(node, group.field->type, group, {.described = introspection_.root(*group.selections.front())});
  } else if (options_.event != nullptr && &object == &tree_.root()) {
    complete(node, group.field->type, group, {.json = options_.event});
  } else if (const auto resolver = resolvers_.find(group.field); resolver != resolvers_.end()) {
    begin_call(node, group, resolver->second, source);
  } else if (&object != &tree_.root()) {
    complete(node, group.field->type, group, {.json = source.json->find(name)});
  } else if (options_.passes_on) {
    pass_on(node, group);
  } else {
    fail(node, group, "The field " + quoted(name) + " has no resolver.");
  }
}

void Execution::begin_call(Node& node, const FieldGroup& group, std::size_t resolver, const Source& source) {
  auto known = arguments_.find(&group);
  if (known == arguments_.end()) {
    known = arguments_
                .emplace(&group, coerce_arguments(group.field->arguments, *group.selections.front(), variables_,
                                                  schema_, argument_bytes_left_))
                .first;
  }
  const auto& arguments = known->second;
  if (!arguments) return fail(node, group, arguments.error().message);
  if (calls_left_ == 0) {
    return fail(node, group,
                "The request needs more than " + std::to_string(options_.most_calls) + " calls of resolvers.");
  }
  --calls_left_;
  next_calls_.push_back({.resolver = resolver, .arguments = *arguments, .parent = source.json, .body = {}});
  next_waiting_.push_back({{&node, &group}});
}

/// Joins the call that is there already: one request has all of them.
void Execution::pass_on(Node& node, const FieldGroup& group) {
  const auto known =
      std::find_if(next_calls_.begin(), next_calls_.end(), [](const Call& call) { return call.is_passed_on; });
  if (known != next_calls_.end()) {
    return next_waiting_[static_cast<std::size_t>(known - next_calls_.begin())].push_back({&node, &group});
  }
  next_calls_.push_back({.is_passed_on = true, .arguments = {}, .body = {}});
  next_waiting_.push_back({{&node, &group}});
}

void Execution::write_passed(Call& call, const std::vector<Waiting>& waiting) const {
  std::vector<const Selection*> fields;
  for (const Waiting& each : waiting)
    fields.insert(fields.end(), each.group->selections.begin(), each.group->selections.end());
  JsonWriter writer;
  writer.begin_object();
  writer.member("query", std::string_view(document_for(text_, document_, operation_, fields, parsed_depth)));
  if (!operation_.name.empty()) writer.member("operationName", operation_.name);
  if (!variables_.empty()) {
    writer.key("variables");
    writer.begin_object();
    for (const auto& [name, json] : variables_) {
      writer.key(name);
      writer.raw(json);
    }
    writer.end_object();
  }
  writer.end_object();
  call.body = std::move(writer).take();
}

// ---- What was found out ----

void Execution::supply(std::size_t call, const tl::expected<const JsonValue*, CallFailure>& value) {
  if (!value) {
    for (const Waiting& each : waiting_[call]) fail(*each.node, *each.group, value.error().message, value.error().code);
    return;
  }
  if (calls_[call].is_passed_on) return supply_passed(call, **value);
  const auto& [node, group] = waiting_[call].front();
  if (!AnswerTree::is_lost(*node)) complete(*node, group->field->type, *group, {.json = *value});
}

void Execution::supply_text(std::size_t call, const JsonValue& text, std::string_view why) {
  const auto& [node, group] = waiting_[call].front();
  const TypeDefinition* type = schema_.type(group->field->type.name);
  const bool takes_text = type != nullptr && !is_composite(*type) && !group->field->type.is_list();
  if (!takes_text) return fail(*node, *group, "The resolver's answer is no JSON: " + std::string(why) + ".");
  supply(call, &text);
}

/// Values and errors stand as the service has them: it knows the same document.
void Execution::supply_passed(std::size_t call, const JsonValue& answer) {
  const JsonValue* errors = answer.find("errors");
  const bool has_errors = errors != nullptr && errors->is_array() && !errors->items.empty();
  if (has_errors) {
    for (const JsonValue& error : errors->items) {
      std::string json;
      append_json(json, error);
      tree_.add_error(std::move(json));
    }
  }
  const JsonValue* data = answer.find("data");
  for (const auto& [node, group] : waiting_[call]) {
    const JsonValue* value = data == nullptr ? nullptr : data->find(group->name);
    if (value != nullptr && !value->is_null()) {
      node->kind = Node::Kind::json;
      append_json(node->json, *value);
    } else if (has_errors || !node->is_required) {
      tree_.make_null(*node);
    } else {
      fail(*node, *group, "The field " + quoted(group->field_name()) + " must not be null.");
    }
  }
}

// ---- Completion: section 6.4.3 ----

/// As deep as selections and lists of types are inside one another.
void Execution::complete(Node& node, const TypeReference& type, const FieldGroup& group, const Source& value) {
  if (is_exhausted_) return;
  if (value.is_null()) {
    if (!type.refuses_null()) return tree_.make_null(node);
    return fail(node, group, "The field " + quoted(group.field_name()) + " must not be null.");
  }
  if (type.is_list()) return complete_list(node, type, group, value);
  const TypeDefinition* definition = schema_.type(type.name);
  if (is_composite(*definition)) return complete_object(node, *definition, group, value);
  complete_leaf(node, *definition, group, value);
}

void Execution::complete_list(Node& node, const TypeReference& type, const FieldGroup& group, const Source& value) {
  if (!value.is_described() && !value.json->is_array())
    return fail(node, group, "The value of the field " + quoted(group.field_name()) + " is no list.");
  node.kind = Node::Kind::list;
  const TypeReference item = type.item();
  const std::size_t count = value.is_described() ? value.described.items.size() : value.json->items.size();
  for (std::size_t i = 0; i < count && node.kind == Node::Kind::list; ++i) {
    if (!spend()) return;
    Node& inner = tree_.add_item(node, item.refuses_null());
    if (value.is_described()) {
      complete(inner, item, group, {.described = value.described.items[i]});
    } else {
      complete(inner, item, group, {.json = &value.json->items[i]});
    }
  }
}

void Execution::complete_leaf(Node& node, const TypeDefinition& type, const FieldGroup& group, const Source& value) {
  node.kind = Node::Kind::json;
  if (value.described.kind == Described::Kind::word) return append_json_string(node.json, value.described.text);
  if (value.is_described()) {
    node.json = leaf_of(value.described);
    return;
  }
  auto json = leaf_json(*value.json, type);
  if (!json)
    return fail(
        node, group,
        "The value of the field " + quoted(group.field_name()) + " is none of the type " + quoted(type.name) + ".");
  node.json = std::move(*json);
}

const TypeDefinition* Execution::object_type(const TypeDefinition& type, const Source& value,
                                             std::string& fault) const {
  if (type.kind == TypeKind::object) return &type;
  const JsonValue* name = value.json->find("__typename");
  if (name == nullptr || !name->is_string()) {
    fault = "The value needs a member __typename, which says what kind of " + quoted(type.name) + " it is.";
    return nullptr;
  }
  const TypeDefinition* object = schema_.type(name->text);
  if (object != nullptr && object->kind == TypeKind::object && schema_.may_be(type, *object)) return object;
  fault = "The value's __typename is " + quoted(name->text) + ", which is no kind of " + quoted(type.name) + ".";
  return nullptr;
}

void Execution::complete_object(Node& node, const TypeDefinition& type, const FieldGroup& group, const Source& value) {
  if (!value.is_described() && !value.json->is_object())
    return fail(node, group, "The value of the field " + quoted(group.field_name()) + " is no object.");
  std::string fault;
  const TypeDefinition* object = object_type(type, value, fault);
  if (object == nullptr) return fail(node, group, fault);
  node.kind = Node::Kind::object;
  for (const FieldGroup& inner : collection_.fields(group, *object)) {
    if (node.kind != Node::Kind::object) return;
    begin_field(node, *object, inner, value);
  }
}

std::string Execution::answer() {
  const auto refusal = [](std::string message) {
    return "{\"errors\":" + errors_json({error_json({}, {0, std::move(message)})}) + ",\"data\":null}";
  };
  if (is_exhausted_ || values_left_ == 0)
    return refusal("The answer has more than " + std::to_string(options_.most_values) + " values.");
  auto text = tree_.write(options_.most_bytes);
  return text ? std::move(*text)
              : refusal("The answer has more than " + std::to_string(options_.most_bytes) + " bytes.");
}

}  // namespace sluice::graphql
