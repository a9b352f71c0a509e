// SPDX-License-Identifier: Apache-2.0
#include "expression/sequence.hpp"

#include "expression/entity.hpp"
#include "expression/library/json.hpp"
#include "expression/unicode.hpp"

#include <algorithm>

namespace sluice::expression {
namespace {

const Type* dynamic_type(const Value& value) { return static_cast<const Type*>(value.as_object()->type); }

Layout layout_of(const Type* type) {
  if (type->kind == TypeKind::array) return Layout::array;
  return type->definition == nullptr ? Layout::by_row : type->definition->layout;
}

Items text_items(Evaluation& run, std::string_view text) {
  const std::u16string units = to_utf16(text);
  Value* items = run.make_array<Value>(units.size());
  if (items == nullptr) return {};
  for (std::size_t i = 0; i < units.size(); ++i) items[i] = Value::integer(ValueKind::character, units[i]);
  return {items, static_cast<std::uint32_t>(units.size())};
}

Items byte_items(Evaluation& run, const BytesObject& bytes) {
  Value* items = run.make_array<Value>(bytes.count);
  if (items == nullptr || !run.charge(bytes.count / 16)) return {};
  for (std::uint32_t i = 0; i < bytes.count; ++i) items[i] = Value::integer(ValueKind::uint8, bytes.data[i]);
  return {items, bytes.count};
}

Items stack_items(Evaluation& run, const ListObject& stack) {
  Value* items = run.make_array<Value>(stack.count);
  if (items == nullptr) return {};
  std::reverse_copy(stack.items, stack.items + stack.count, items);
  return {items, stack.count};
}

Items dictionary_items(Evaluation& run, const DictionaryObject& dictionary, const Type* type) {
  Value* items = run.make_array<Value>(dictionary.count);
  if (items == nullptr) return {};
  const bool pairs = type->arguments.size() == 2;
  static const TypeDefinition* pair = find_type("KeyValuePair", 2);
  const Type* pair_type = pairs ? instance_of(*pair, type->arguments) : nullptr;
  std::uint32_t count = 0;
  for (std::uint32_t i = 0; i < dictionary.used; ++i) {
    const auto& entry = dictionary.entries[i];
    if (entry.next == DictionaryObject::removed) continue;
    items[count++] = pairs ? make_pair(run, pair_type, entry.key, entry.value) : entry.key;
  }
  return {items, count};
}

/// What the `$items` row of the type gives: an array or a sequence.
Value row_items(Evaluation& run, const Value& sequence, const Type* type) {
  const Member* member = implicit_members(type).items;
  if (member == nullptr) return run.raise(Fault::invalid_cast, "The value is not a sequence.");
  return call_implicit(run, *member, sequence);
}

Cursor* begin_sequence(Evaluation& run, const SequenceObject& sequence) {
  if (run.depth >= run.limits.call_depth) {
    run.exhaust("call depth");
    return nullptr;
  }
  if (!run.charge(1)) return nullptr;
  ++run.depth;
  Cursor* cursor = sequence.begin(run, sequence);
  --run.depth;
  return cursor;
}

Items collected(Evaluation& run, const Value& sequence) {
  Walk walk;
  ValueList list;
  if (!walk.begin(run, sequence)) return {};
  for (Value item; walk.next(run, item);) {
    if (!list.add(run, item)) return {};
  }
  return run.failed() ? Items() : list.items();
}

Items entity_items(Evaluation& run, const Value& entity) {
  if (elements_of(entity) != nullptr) return collected(run, entity);
  const Value items = row_items(run, entity, type_of(entity));
  return run.failed() ? Items() : items_of(run, items);
}

}  // namespace

Items items_of(Evaluation& run, const Value& sequence) {
  if (sequence.is_null()) {
    run.raise(Fault::argument_null, "Value cannot be null. (Parameter 'source')");
    return {};
  }
  if (sequence.is_string()) return text_items(run, sequence.as_string());
  if (sequence.kind() == ValueKind::entity) return entity_items(run, sequence);
  if (sequence.kind() != ValueKind::object) {
    run.raise(Fault::invalid_cast, "The value is not a sequence.");
    return {};
  }
  const Type* type = dynamic_type(sequence);
  if (type == core().byte_array) return byte_items(run, *static_cast<const BytesObject*>(sequence.as_object()));
  switch (layout_of(type)) {
    case Layout::array: {
      const auto& array = *static_cast<const ArrayObject*>(sequence.as_object());
      return {array.items, array.count};
    }
    case Layout::list: {
      const auto& list = *static_cast<const ListObject*>(sequence.as_object());
      return {list.items, list.count};
    }
    case Layout::stack: return stack_items(run, *static_cast<const ListObject*>(sequence.as_object()));
    case Layout::dictionary:
      return dictionary_items(run, *static_cast<const DictionaryObject*>(sequence.as_object()), type);
    case Layout::sequence: {
      const auto& lazy = *static_cast<const SequenceObject*>(sequence.as_object());
      return lazy.begin == nullptr ? Items{lazy.operands, lazy.count} : collected(run, sequence);
    }
    case Layout::by_row: break;
  }
  const Value items = row_items(run, sequence, type);
  return run.failed() ? Items() : items_of(run, items);
}

const std::uint32_t* version_of(const Value& sequence) {
  if (sequence.kind() != ValueKind::object) return nullptr;
  switch (layout_of(dynamic_type(sequence))) {
    case Layout::list:
    case Layout::stack: return &static_cast<const ListObject*>(sequence.as_object())->version;
    case Layout::dictionary: return &static_cast<const DictionaryObject*>(sequence.as_object())->version;
    default: break;
  }
  if (!is_json(sequence) || !is_json_container(static_cast<const JsonToken*>(sequence.as_object()))) return nullptr;
  return &static_cast<const JsonContainer*>(sequence.as_object())->version;
}

bool Walk::begin(Evaluation& run, const Value& sequence) {
  if (sequence.kind() == ValueKind::entity) {
    next_element_ = elements_of(sequence);
    entity_ = sequence.data();
    if (next_element_ != nullptr) return true;
  }
  if (sequence.kind() == ValueKind::object && layout_of(dynamic_type(sequence)) == Layout::sequence) {
    const auto& lazy = *static_cast<const SequenceObject*>(sequence.as_object());
    if (lazy.begin != nullptr) {
      cursor_ = begin_sequence(run, lazy);
      return !run.failed();
    }
  }
  current_version_ = version_of(sequence);
  if (current_version_ != nullptr) version_ = *current_version_;
  items_ = items_of(run, sequence);
  return !run.failed();
}

bool Walk::next(Evaluation& run, Value& item) {
  if (!run.charge(1)) return false;
  if (next_element_ != nullptr) return next_element_(run, entity_, index_, item);
  if (cursor_ != nullptr) {
    if (run.depth >= run.limits.call_depth) {
      run.exhaust("call depth");
      return false;
    }
    ++run.depth;
    const bool found = cursor_->next(run, item);
    --run.depth;
    return found && !run.failed();
  }
  if (current_version_ != nullptr && *current_version_ != version_) {
    run.raise(Fault::invalid_operation, "Collection was modified; enumeration operation may not execute.");
    return false;
  }
  if (index_ >= items_.count) return false;
  item = items_.data[index_++];
  return true;
}

namespace {

bool walk_to_first(Evaluation& run, const Value& sequence, Value& item) {
  Walk walk;
  return walk.begin(run, sequence) && walk.next(run, item);
}

}  // namespace

bool first_element(Evaluation& run, const Value& sequence, Value& item) {
  const NextElement next = sequence.kind() == ValueKind::entity ? elements_of(sequence) : nullptr;
  if (next == nullptr) return walk_to_first(run, sequence, item);
  std::uint32_t position = 0;
  return next(run, sequence.data(), position, item);
}

bool ValueList::add(Evaluation& run, const Value& value) {
  if (count_ == capacity_) {
    const std::uint32_t wider = capacity_ == 0 ? 8 : capacity_ * 2;
    Value* moved = run.make_array<Value>(wider);
    if (moved == nullptr) return false;
    std::copy(data_, data_ + count_, moved);
    data_ = moved;
    capacity_ = wider;
  }
  data_[count_++] = value;
  return true;
}

Value make_sequence(Evaluation& run, const Type* element, const Value* items, std::uint32_t count) {
  static const TypeDefinition* definition = find_type("IEnumerable", 1);
  auto* made = run.make<SequenceObject>();
  if (made == nullptr) return {};
  made->type = instance_of(*definition, {element});
  made->operands = items;
  made->count = count;
  made->element = element;
  return Value::object(made);
}

Value make_deferred(Call& call, Cursor* (*begin)(Evaluation&, const SequenceObject&)) {
  const std::vector<Parameter>& parameters = call.site->member->parameters;
  for (std::uint32_t i = 0; i < call.count; ++i) {
    static const TypeDefinition* sequence = find_type("IEnumerable", 1);
    const Type* type = parameters[i].type;
    const bool needed = i == 0 || type->kind == TypeKind::function || type->definition == sequence;
    if (needed && call.is_null(i) && type->kind != TypeKind::parameter) return call.null_argument(parameters[i].name);
  }
  auto* made = call.run.make<SequenceObject>();
  Value* operands = call.run.make_array<Value>(call.count);
  if (made == nullptr || operands == nullptr) return {};
  std::copy(call.arguments, call.arguments + call.count, operands);
  made->type = call.result();
  made->begin = begin;
  made->operands = operands;
  made->count = call.count;
  made->element = call.result()->arguments[0];
  return Value::object(made);
}

}  // namespace sluice::expression
