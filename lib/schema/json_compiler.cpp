// SPDX-License-Identifier: Apache-2.0
// Schemas are compiled from a list of those that are still to do, so that neither references in a chain nor schemas
// that refer to themselves cost call depth. A value of a document becomes one node, however often it is referred to.
#include "schema/json_program.hpp"

#include "base/text.hpp"
#include "schema/bounds.hpp"
#include "schema/json_equality.hpp"
#include "schema/json_references.hpp"

#include <array>
#include <cmath>

namespace sluice::schema {
namespace {

constexpr std::array<std::string_view, 4> misread = {"unevaluatedProperties", "unevaluatedItems", "$dynamicRef",
                                                     "$recursiveRef"};
constexpr std::array<std::pair<std::string_view, TypeSet>, 7> type_names = {{{"null", type_null},
                                                                             {"boolean", type_boolean},
                                                                             {"integer", type_integer},
                                                                             {"number", type_number | type_integer},
                                                                             {"string", type_string},
                                                                             {"array", type_array},
                                                                             {"object", type_object}}};

class Compiler {
 public:
  Compiler(const JsonSchemaOptions& options, const SchemaLimits& limits, const SchemaSource& others)
      : options_(options), program_(std::make_unique<JsonProgram>()), references_(*program_, limits, others) {
    program_->additional_properties = options.additional_properties;
    program_->ignore_name_case = options.ignore_name_case;
  }

  std::unique_ptr<const JsonProgram> run(std::string_view text, std::string& error) {
    if (start(text)) {
      while (error_.empty() && !to_do_.empty()) {
        const Work work = to_do_.back();
        to_do_.pop_back();
        fill(work);
      }
    }
    error = std::move(error_);
    if (!error.empty()) return nullptr;
    return std::move(program_);
  }

 private:
  struct Work {
    NodeId id;
    SchemaPlace place;
  };

  bool start(std::string_view text) {
    auto root = references_.begin(text);
    if (root && !options_.pointer.empty()) root = references_.resolve(options_.pointer, *root);
    if (!root) return refuse(std::move(root.error()));
    program_->root = node_of(*root);
    return true;
  }

  bool refuse(std::string why) {
    if (error_.empty()) error_ = std::move(why);
    return false;
  }
  /// `place_` is the schema being compiled.
  bool refuse_at(const JsonValue& value, const std::string& why) {
    return refuse("line " + std::to_string(place_of(place_.source->text, value.offset).line) +
                  " of the schema: " + why);
  }

  NodeId node_of(const SchemaPlace& place) {
    const auto [found, is_new] = ids_.try_emplace(place.value, static_cast<NodeId>(program_->nodes.size()));
    if (is_new) {
      if (program_->nodes.size() >= schemas_per_document) {
        refuse("it holds more than " + std::to_string(schemas_per_document) + " schemas");
        return 0;
      }
      program_->nodes.emplace_back();
      to_do_.push_back({found->second, place});
    }
    return found->second;
  }
  NodeId node_of(const JsonValue& schema) {
    if (!schema.is_object() && schema.kind != JsonKind::boolean) {
      refuse_at(schema, "a schema must be an object");
      return no_node;
    }
    return node_of(SchemaPlace{place_.source, &schema});
  }

  void fill(const Work& work) {
    place_ = work.place;
    const JsonValue& schema = *work.place.value;
    Node node;
    if (schema.kind == JsonKind::boolean) {
      node.refuses_all = !schema.truth;
    } else if (!schema.is_object()) {
      refuse_at(schema, "a schema must be an object");
    } else if (!read_reference(schema, node)) {
      read_any(schema, node);
      read_number(schema, node);
      read_text(schema, node);
      read_array(schema, node);
      read_object(schema, node);
      read_in_place(schema, node);
    }
    program_->nodes[work.id] = std::move(node);  // Only now: new nodes may have moved the others.
  }

  /// True when nothing but the reference counts, as in drafts 4 to 7.
  bool read_reference(const JsonValue& schema, Node& node) {
    for (std::string_view name : misread) {
      if (const JsonValue* keyword = schema.find(name)) {
        return !refuse_at(*keyword, "'" + std::string(name) + "' is not carried out by this version");
      }
    }
    const JsonValue* reference = schema.find("$ref");
    if (reference == nullptr || !reference->is_string()) return false;
    const auto target = references_.resolve(reference->text, place_);
    if (!target) return !refuse_at(*reference, target.error());
    in_place(node).reference = node_of(*target);
    return references_.ignores_siblings(*place_.source);
  }

  void read_any(const JsonValue& schema, Node& node) {
    if (const JsonValue* type = schema.find("type")) node.types = read_types(*type);
    if (const JsonValue* values = find(schema, "enum", JsonKind::array)) {
      node.is_enumeration = true;
      for (const JsonValue& value : values->items) node.allowed.push_back(&value);
    }
    if (const JsonValue* value = schema.find("const")) {
      if (!node.is_enumeration) {
        node.is_enumeration = true;
        node.allowed.push_back(value);
      } else {
        std::erase_if(node.allowed, [&](const JsonValue* other) { return !equal_json(*other, *value); });
      }
    }
  }

  TypeSet read_types(const JsonValue& type) {
    if (type.is_string()) return type_of(type);
    TypeSet types = 0;
    for (const JsonValue& item : type.items) types = static_cast<TypeSet>(types | type_of(item));
    if (type.items.empty()) refuse_at(type, "'type' must be a type's name or a list of some");
    return types;
  }
  TypeSet type_of(const JsonValue& name) {
    for (const auto& [known, types] : type_names) {
      if (name.is_string() && name.text == known) return types;
    }
    // Swagger's `file` and draft 3's `any` say nothing about JSON.
    if (!name.is_string() || (name.text != "file" && name.text != "any")) {
      refuse_at(name, "'" + std::string(name.text) + "' is not a type");
    }
    return any_type;
  }

  const JsonValue* find(const JsonValue& schema, std::string_view name, JsonKind kind) {
    const JsonValue* value = schema.find(name);
    if (value == nullptr || value->kind == kind) return value;
    refuse_at(*value, "'" + std::string(name) + "' is not of its type");
    return nullptr;
  }
  std::optional<double> number(const JsonValue& schema, std::string_view name) {
    const JsonValue* value = find(schema, name, JsonKind::number);
    return value == nullptr ? std::nullopt : value->number();
  }
  std::optional<std::uint64_t> count(const JsonValue& schema, std::string_view name) {
    const auto value = number(schema, name);
    if (!value) return std::nullopt;
    if (*value < 0 || *value != std::floor(*value)) {
      refuse_at(*schema.find(name), "'" + std::string(name) + "' must be a whole number from 0 on");
      return std::nullopt;
    }
    return *value >= 9e18 ? UINT64_MAX : static_cast<std::uint64_t>(*value);
  }
  NodeId sub(const JsonValue& schema, std::string_view name) {
    const JsonValue* value = schema.find(name);
    return value == nullptr ? no_node : node_of(*value);
  }
  std::vector<NodeId> subs(const JsonValue& schema, std::string_view name) {
    std::vector<NodeId> all;
    if (const JsonValue* list = find(schema, name, JsonKind::array)) {
      for (const JsonValue& item : list->items) all.push_back(node_of(item));
    }
    return all;
  }
  Format format(const JsonValue& schema) {
    const JsonValue* name = find(schema, "format", JsonKind::string);
    return name == nullptr ? Format::none : format_of(name->text);
  }

  /// A limit with its exclusive form: a number of its own, or (draft 4, OpenAPI 3.0) a boolean beside it.
  void read_limit(const JsonValue& schema, std::string_view name, std::string_view exclusive_name,
                  std::optional<double>& inclusive, std::optional<double>& exclusive) {
    inclusive = number(schema, name);
    const JsonValue* flag = schema.find(exclusive_name);
    if (flag == nullptr) return;
    if (flag->kind != JsonKind::boolean) {
      exclusive = number(schema, exclusive_name);
    } else if (flag->truth) {
      exclusive = std::exchange(inclusive, std::nullopt);
    }
  }

  void read_number(const JsonValue& schema, Node& node) {
    NumberRules rules;
    rules.multiple_of = number(schema, "multipleOf");
    if (rules.multiple_of && *rules.multiple_of <= 0) {
      refuse_at(schema, "'multipleOf' must be greater than 0");
    }
    read_limit(schema, "minimum", "exclusiveMinimum", rules.minimum, rules.above);
    read_limit(schema, "maximum", "exclusiveMaximum", rules.maximum, rules.below);
    const Format named = format(schema);
    if (is_numeric(named)) rules.format = named;
    if (rules.multiple_of || rules.minimum || rules.maximum || rules.above || rules.below ||
        rules.format != Format::none) {
      node.number = std::make_unique<NumberRules>(rules);
    }
  }

  std::optional<Pattern> pattern(std::string_view text, const JsonValue& at) {
    auto compiled = Pattern::compile(text);
    if (compiled) return std::move(*compiled);
    refuse_at(at, compiled.error());
    return std::nullopt;
  }

  void read_text(const JsonValue& schema, Node& node) {
    TextRules rules;
    rules.min_length = count(schema, "minLength");
    rules.max_length = count(schema, "maxLength");
    if (const JsonValue* text = find(schema, "pattern", JsonKind::string)) rules.pattern = pattern(text->text, *text);
    const Format named = format(schema);
    if (!is_numeric(named)) rules.format = named;
    if (rules.min_length || rules.max_length || rules.pattern || rules.format != Format::none) {
      node.text = std::make_unique<TextRules>(std::move(rules));
    }
  }

  void read_array(const JsonValue& schema, Node& node) {
    ArrayRules rules;
    const JsonValue* items = schema.find("items");
    if (schema.find("prefixItems") != nullptr) {
      rules.first_items = subs(schema, "prefixItems");
      if (items != nullptr) rules.items = node_of(*items);
    } else if (items != nullptr && items->is_array()) {
      rules.first_items = subs(schema, "items");
      rules.items = sub(schema, "additionalItems");
    } else if (items != nullptr) {
      rules.items = node_of(*items);
    }
    rules.contains = sub(schema, "contains");
    rules.min_items = count(schema, "minItems");
    rules.max_items = count(schema, "maxItems");
    rules.min_contains = count(schema, "minContains");
    rules.max_contains = count(schema, "maxContains");
    const JsonValue* unique = find(schema, "uniqueItems", JsonKind::boolean);
    rules.unique = unique != nullptr && unique->truth;
    if (!rules.first_items.empty() || rules.items != no_node || rules.contains != no_node || rules.min_items ||
        rules.max_items || rules.unique) {
      node.array = std::make_unique<ArrayRules>(std::move(rules));
    }
  }

  std::string name_key(std::string_view name) const {
    return program_->ignore_name_case ? to_lower(name) : std::string(name);
  }
  std::vector<std::string> names(const JsonValue& list) {
    std::vector<std::string> all;
    for (const JsonValue& item : list.items) {
      if (!item.is_string()) refuse_at(item, "a property's name must be text");
      all.push_back(name_key(item.text));
    }
    return all;
  }

  void read_object(const JsonValue& schema, Node& node) {
    ObjectRules rules;
    if (const JsonValue* properties = find(schema, "properties", JsonKind::object)) {
      for (const JsonMember& property : properties->members) {
        rules.properties[name_key(property.name)] = node_of(property.value);
      }
    }
    if (const JsonValue* patterns = find(schema, "patternProperties", JsonKind::object)) {
      for (const JsonMember& member : patterns->members) {
        auto compiled = pattern(member.name, member.value);
        if (compiled) rules.patterns.emplace_back(std::move(*compiled), node_of(member.value));
      }
    }
    rules.additional = sub(schema, "additionalProperties");
    rules.names = sub(schema, "propertyNames");
    // `required: true` beside a property is draft 3, and a slip in many specifications: it says nothing here.
    const JsonValue* required = schema.find("required");
    if (required != nullptr && required->kind != JsonKind::boolean) {
      if (find(schema, "required", JsonKind::array) != nullptr) rules.required = names(*required);
    }
    rules.min_properties = count(schema, "minProperties");
    rules.max_properties = count(schema, "maxProperties");
    read_dependencies(schema, rules);
    const bool speaks_of_objects = schema.find("properties") != nullptr || !rules.patterns.empty() ||
                                   rules.additional != no_node ||
                                   (node.types != any_type && (node.types & type_object));
    if (speaks_of_objects || rules.names != no_node || !rules.required.empty() || rules.min_properties ||
        rules.max_properties || !rules.dependencies.empty()) {
      node.object = std::make_unique<ObjectRules>(std::move(rules));
    }
  }

  void read_dependencies(const JsonValue& schema, ObjectRules& rules) {
    for (std::string_view keyword : {"dependencies", "dependentRequired", "dependentSchemas"}) {
      const JsonValue* all = find(schema, keyword, JsonKind::object);
      if (all == nullptr) continue;
      for (const JsonMember& member : all->members) {
        Dependency dependency;
        dependency.name = name_key(member.name);
        if (member.value.is_array()) {
          dependency.required = names(member.value);
        } else {
          dependency.schema = node_of(member.value);
        }
        rules.dependencies.push_back(std::move(dependency));
      }
    }
  }

  static InPlaceRules& in_place(Node& node) {
    if (node.in_place == nullptr) node.in_place = std::make_unique<InPlaceRules>();
    return *node.in_place;
  }

  void read_in_place(const JsonValue& schema, Node& node) {
    for (std::string_view name : {"allOf", "anyOf", "oneOf"}) {
      if (schema.find(name) == nullptr) continue;
      auto& list = name == "allOf"   ? in_place(node).all_of
                   : name == "anyOf" ? in_place(node).any_of
                                     : in_place(node).one_of;
      list = subs(schema, name);
      if (list.empty()) refuse_at(schema, "'" + std::string(name) + "' must hold schemas");
    }
    if (schema.find("not") != nullptr) in_place(node).negated = sub(schema, "not");
    if (schema.find("if") != nullptr) {
      in_place(node).condition = sub(schema, "if");
      in_place(node).then = sub(schema, "then");
      in_place(node).otherwise = sub(schema, "else");
    }
  }

  JsonSchemaOptions options_;
  std::unique_ptr<JsonProgram> program_;
  References references_;
  std::unordered_map<const JsonValue*, NodeId> ids_;
  std::vector<Work> to_do_;
  SchemaPlace place_;
  std::string error_;
};

}  // namespace

std::unique_ptr<const JsonProgram> compile_json_schema(std::string_view text, const JsonSchemaOptions& options,
                                                       const SchemaLimits& limits, const SchemaSource& others,
                                                       std::string& error) {
  return Compiler(options, limits, others).run(text, error);
}

}  // namespace sluice::schema
