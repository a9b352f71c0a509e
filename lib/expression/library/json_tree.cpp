// SPDX-License-Identifier: Apache-2.0
// The JSON tree: making, linking, copying, comparing tokens.
#include "expression/library/json.hpp"

#include "expression/library/json_index.hpp"
#include "expression/unicode.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace sluice::expression {

JsonType json_type(const JsonToken* token) {
  if (is_json_object(token)) return JsonType::object;
  if (is_json_array(token)) return JsonType::array;
  if (is_json_property(token)) return JsonType::property;
  return static_cast<const JsonScalar*>(token)->kind;
}

JsonScalar* make_json_scalar(Evaluation& run, const Value& value, JsonType kind) {
  auto* token = run.make<JsonScalar>();
  if (token == nullptr) return nullptr;
  token->type = core().json_value;
  token->value = value;
  token->kind = kind;
  return token;
}

JsonContainer* make_json_container(Evaluation& run, bool is_object) {
  auto* token = run.make<JsonContainer>();
  if (token != nullptr) token->type = is_object ? core().json_object : core().json_array;
  return token;
}

JsonProperty* make_json_property(Evaluation& run, std::string_view name, JsonToken* value) {
  auto* token = run.make<JsonProperty>();
  if (token == nullptr || value == nullptr) return nullptr;
  token->type = core().json_property;
  token->name = name;
  if (value->parent != nullptr) value = json_copy(run, value);
  if (value == nullptr) return nullptr;
  token->value = value;
  value->parent = token;
  return token;
}

namespace {

/// Keeps the index of an object, which it gets when it becomes wide. False when a budget is used up.
bool note_name(Evaluation& run, JsonContainer& object, JsonProperty* added) {
  if (object.index != nullptr && object.index->add(added)) return true;
  if (object.count < JsonIndex::wide) return true;
  object.index = JsonIndex::make(run, object);
  return object.index != nullptr;
}

}  // namespace

bool json_append(Evaluation& run, JsonContainer& container, JsonToken* item, std::int64_t at) {
  if (item == nullptr || !run.charge(1)) return false;
  if (item->parent != nullptr) item = json_copy(run, item);
  if (item == nullptr) return false;
  if (container.count == container.capacity) {
    const std::uint32_t capacity = container.capacity == 0 ? 4 : container.capacity * 2;
    auto** items = run.make_array<JsonToken*>(capacity);
    if (items == nullptr) return false;
    std::copy(container.items, container.items + container.count, items);
    container.items = items;
    container.capacity = capacity;
  }
  const std::uint32_t place = at < 0 ? container.count : static_cast<std::uint32_t>(at);
  std::copy_backward(container.items + place, container.items + container.count, container.items + container.count + 1);
  container.items[place] = item;
  ++container.count;
  ++container.version;
  item->parent = &container;
  return !is_json_object(&container) || note_name(run, container, static_cast<JsonProperty*>(item));
}

namespace {

JsonProperty* find_long(const JsonContainer& object, std::string_view name) {
  if (object.index != nullptr) return object.index->find(name);
  for (std::uint32_t i = 0; i < object.count; ++i) {
    auto* property = static_cast<JsonProperty*>(object.items[i]);
    if (property->name == name) return property;
  }
  return nullptr;
}

}  // namespace

JsonProperty* json_find(const JsonContainer& object, std::string_view name) {
  // What calls something stands apart, so that the rest needs to save nothing.
  if (name.size() > short_text || object.index != nullptr) return find_long(object, name);
  for (std::uint32_t i = 0; i < object.count; ++i) {
    auto* property = static_cast<JsonProperty*>(object.items[i]);
    const bool same =
        property->name.size() == name.size() && same_short_text(property->name.data(), name.data(), name.size());
    if (same) return property;
  }
  return nullptr;
}

JsonProperty* json_find(const JsonContainer& object, std::string_view name, bool ignore_case) {
  JsonProperty* exact = json_find(object, name);
  if (exact != nullptr || !ignore_case) return exact;
  for (std::uint32_t i = 0; i < object.count; ++i) {
    auto* property = static_cast<JsonProperty*>(object.items[i]);
    if (equal_ignore_case(property->name, name)) return property;
  }
  return nullptr;
}

bool json_set(Evaluation& run, JsonContainer& object, std::string_view name, JsonToken* value) {
  if (value == nullptr) return false;
  if (JsonProperty* property = json_find(object, name)) {
    if (property->value == value) return true;
    if (value->parent != nullptr) value = json_copy(run, value);
    if (value == nullptr) return false;
    property->value->parent = nullptr;
    property->value = value;
    value->parent = property;
    return true;
  }
  JsonProperty* property = make_json_property(run, name, value);
  return property != nullptr && json_append(run, object, property);
}

namespace {

/// Counts the depth of a walk over a tree that code may have nested without end.
struct Descent {
  explicit Descent(Evaluation& owner) : run(owner), ok(++owner.depth <= owner.limits.call_depth * 2) {
    if (!ok) run.exhaust("JSON depth");
  }
  ~Descent() { --run.depth; }
  Descent(const Descent&) = delete;
  Descent& operator=(const Descent&) = delete;
  Evaluation& run;
  bool ok;
};

}  // namespace

JsonToken* json_copy(Evaluation& run, const JsonToken* token) {
  const Descent descent(run);
  if (!descent.ok || token == nullptr || !run.charge(1)) return nullptr;
  if (is_json_property(token)) {
    const auto* property = static_cast<const JsonProperty*>(token);
    return make_json_property(run, property->name, json_copy(run, property->value));
  }
  if (!is_json_container(token)) {
    const auto* scalar = static_cast<const JsonScalar*>(token);
    return make_json_scalar(run, scalar->value, scalar->kind);
  }
  const auto* container = static_cast<const JsonContainer*>(token);
  JsonContainer* copy = make_json_container(run, is_json_object(token));
  for (std::uint32_t i = 0; copy != nullptr && i < container->count; ++i) {
    if (!json_append(run, *copy, json_copy(run, container->items[i]))) return nullptr;
  }
  return copy;
}

void json_remove(Evaluation& run, JsonToken* token) {
  if (token->parent != nullptr && is_json_property(token->parent)) token = token->parent;
  if (token->parent == nullptr) return;
  auto* container = static_cast<JsonContainer*>(token->parent);
  if (!run.charge(container->count / 32)) return;
  if (container->index != nullptr) container->index->remove(static_cast<JsonProperty*>(token));
  JsonToken** end = std::remove(container->items, container->items + container->count, token);
  container->count = static_cast<std::uint32_t>(end - container->items);
  ++container->version;
  token->parent = nullptr;
}

void json_remove_all(JsonContainer& container) {
  for (std::uint32_t i = 0; i < container.count; ++i) container.items[i]->parent = nullptr;
  container.count = 0;
  container.index = nullptr;
  ++container.version;
}

void json_replace(Evaluation& run, JsonToken* token, JsonToken* by) {
  JsonToken* parent = token->parent;
  if (parent == nullptr) {
    run.raise(Fault::invalid_operation, "The parent is missing.");
    return;
  }
  if (by->parent != nullptr) by = json_copy(run, by);
  if (by == nullptr) return;
  if (is_json_property(parent)) {
    static_cast<JsonProperty*>(parent)->value = by;
  } else {
    auto* container = static_cast<JsonContainer*>(parent);
    if (!run.charge(container->count / 32)) return;
    if (is_json_object(container) && !is_json_property(by)) {
      run.raise(Fault::argument, "Can not add " + std::string(by->type->name) + " to Newtonsoft.Json.Linq.JObject.");
      return;
    }
    std::replace(container->items, container->items + container->count, token, by);
    if (container->index != nullptr) container->index = JsonIndex::make(run, *container);
  }
  by->parent = parent;
  token->parent = nullptr;
}

bool json_equal(Evaluation& run, const JsonToken* left, const JsonToken* right) {
  const Descent descent(run);
  if (!descent.ok || !run.charge(1)) return false;
  if (json_type(left) != json_type(right)) return false;
  if (is_json_property(left)) {
    const auto* a = static_cast<const JsonProperty*>(left);
    const auto* b = static_cast<const JsonProperty*>(right);
    return a->name == b->name && json_equal(run, a->value, b->value);
  }
  if (!is_json_container(left))
    return equal_values(static_cast<const JsonScalar*>(left)->value, static_cast<const JsonScalar*>(right)->value);
  const auto* a = static_cast<const JsonContainer*>(left);
  const auto* b = static_cast<const JsonContainer*>(right);
  if (a->count != b->count) return false;
  for (std::uint32_t i = 0; i < a->count; ++i) {
    const JsonToken* other = b->items[i];
    if (is_json_object(left)) {
      other = json_find(*b, static_cast<const JsonProperty*>(a->items[i])->name);
      if (other == nullptr) return false;
    }
    if (!json_equal(run, a->items[i], other)) return false;
  }
  return true;
}

std::string json_path(const JsonToken* token) {
  std::string path;
  for (const JsonToken* at = token; at->parent != nullptr; at = at->parent) {
    if (is_json_property(at)) {
      const std::string_view name = static_cast<const JsonProperty*>(at)->name;
      const bool plain = name.find_first_of(" .[]'\"(){}") == std::string_view::npos;
      std::string step = plain ? std::string(name) : "['" + std::string(name) + "']";
      // Json.NET sets a dot before a quoted name, and none before an index.
      path = step + (path.empty() || (path[0] == '[' && path[1] != '\'') ? "" : ".") + path;
    } else if (is_json_array(at->parent)) {
      const auto* array = static_cast<const JsonContainer*>(at->parent);
      const auto index = std::find(array->items, array->items + array->count, at) - array->items;
      path =
          "[" + std::to_string(index) + "]" + (path.empty() || (path[0] == '[' && path[1] != '\'') ? "" : ".") + path;
    }
  }
  return path;
}

}  // namespace sluice::expression
