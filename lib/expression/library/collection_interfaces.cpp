// SPDX-License-Identifier: Apache-2.0
// What the interfaces of collections promise: calls go to the member of the value's own type, as virtual calls do.
#include "expression/sequence.hpp"

namespace sluice::expression {
namespace {

constexpr TypeRow types[] = {
    {"IEnumerator<T>", "System.Collections.Generic.IEnumerator`1", TypeKind::reference, "IDisposable"},
};

/// The row of the same name and number of parameters whose receiver is nearest to the type; null when only the
/// interface has one.
const Member* own_member(const Type* type, const Member& promised) {
  const Member* best = nullptr;
  for (const Member* member : members_named(promised.name)) {
    if (member == &promised || member->is_static || member->is_extension ||
        member->parameters.size() != promised.parameters.size()) {
      continue;
    }
    Bindings bindings;
    if (!unify(member->receiver, type, bindings) || !is_a(type, substitute(member->receiver, bindings))) continue;
    // Other interfaces promise too; only what the type itself has counts.
    if (member->receiver->definition != type->definition) continue;
    if (best == nullptr) best = member;
  }
  return best;
}

Value dispatch(Call& call) {
  const Member* own = own_member(type_of(call[0]), *call.site->member);
  if (own == nullptr) return call.raise(Fault::not_supported, "Collection was of a fixed size.");
  CallSite site = *call.site;
  site.member = own;
  site.function = own->row->function;
  Call inner{call.run, call.arguments, call.count, &site};
  return site.function(inner);
}

// What arrays do as well.
Value assign(Call& call) {
  if (type_of(call[0])->kind != TypeKind::array) return dispatch(call);
  if (call.integer(1) < 0 || call.integer(1) >= items_of(call.run, call[0]).count) {
    return call.raise(
        Fault::argument_out_of_range,
        "Index was out of range. Must be non-negative and less than the size of the collection. (Parameter 'index')");
  }
  return set_element(call.run, call[0], call.integer(1), call[2]);
}
std::int64_t position(Call& call) {
  std::int64_t at = 0;
  for (const Value& item : items_of(call.run, call[0])) {
    if (equal_values(item, call[1])) return at;
    if (!call.run.charge(1)) break;
    ++at;
  }
  return -1;
}
Value index_of(Call& call) { return Value::int32(static_cast<std::int32_t>(position(call))); }
Value contains(Call& call) { return Value::boolean(position(call) >= 0); }
Value copy_to(Call& call) {
  if (call.is_null(1)) return call.null_argument("array");
  const Items items = items_of(call.run, call[0]);
  const std::int64_t start = call.integer(2), room = items_of(call.run, call[1]).count;
  if (start < 0) return call.raise(Fault::argument_out_of_range, "Non-negative number required. (Parameter 'index')");
  if (start + items.count > room) return call.raise(Fault::argument, "Destination array was not long enough.");
  for (std::uint32_t i = 0; i < items.count && !call.run.failed(); ++i)
    set_element(call.run, call[1], start + i, items.data[i]);
  return {};
}
Value is_read_only(Call& call) {
  return Value::boolean(own_member(type_of(call[0]), *call.site->member) == nullptr &&
                        type_of(call[0])->kind == TypeKind::array);
}
Value get_or_default(Call& call) {
  static const TypeDefinition* read_only = find_type("IReadOnlyDictionary", 2);
  const Type* pair_element = element_of(as_instance(type_of(call[0]), read_only));
  for (const Value& item : items_of(call.run, call[0])) {
    const auto& pair = *static_cast<const FieldsObject*>(item.as_object());
    if (equal_values(pair.fields[0], call[1])) return pair.fields[1];
  }
  return call.count > 2 ? call[2] : default_value(pair_element->arguments[1]);
}

// Enumerators
struct EnumeratorObject : Object {
  Value source;
  Walk walk;
  Value current;
  bool begun;
};
Value get_enumerator(Call& call) {
  auto* made = call.run.make<EnumeratorObject>();
  if (made == nullptr) return {};
  made->type = call.result();
  made->source = call[0];
  made->current = default_value(call.result()->arguments[0]);
  return Value::object(made);
}
EnumeratorObject& enumerator(Call& call) { return call.object<EnumeratorObject>(0); }
Value move_next(Call& call) {
  EnumeratorObject& of = enumerator(call);
  if (!of.begun && !of.walk.begin(call.run, of.source)) return {};
  of.begun = true;
  return Value::boolean(of.walk.next(call.run, of.current));
}
Value current(Call& call) { return enumerator(call).current; }
Value reset(Call& call) {
  enumerator(call).walk = Walk();
  enumerator(call).begun = false;
  return {};
}

constexpr Trait changes = Trait::impure;
constexpr MemberRow members[] = {
    {"ICollection<T>", "Add", "(T item)", "void", dispatch, "", changes},
    {"ICollection<T>", "Clear", "()", "void", dispatch, "", changes},
    {"ICollection<T>", "Remove", "(T item)", "bool", dispatch, "", changes},
    {"ICollection<T>", "Contains", "(T item)", "bool", contains, "", changes},
    {"ICollection<T>", "CopyTo", "(T[] array, int arrayIndex)", "void", copy_to, "", changes},
    {"ICollection<T>", "IsReadOnly", "", "bool", is_read_only, "", changes},
    {"IList<T>", "this=", "[int index, T value]", "void", assign, "", changes},
    {"IList<T>", "IndexOf", "(T item)", "int", index_of, "", changes},
    {"IList<T>", "Insert", "(int index, T item)", "void", dispatch, "", changes},
    {"IList<T>", "RemoveAt", "(int index)", "void", dispatch, "", changes},
    {"ISet<T>", "Add", "(T item)", "bool", dispatch, "", changes},
    {"ISet<T>", "UnionWith", "(IEnumerable<T> other)", "void", dispatch, "", changes},
    {"ISet<T>", "ExceptWith", "(IEnumerable<T> other)", "void", dispatch, "", changes},
    {"ISet<T>", "IntersectWith", "(IEnumerable<T> other)", "void", dispatch, "", changes},
    {"ISet<T>", "IsSubsetOf", "(IEnumerable<T> other)", "bool", dispatch, "", changes},
    {"ISet<T>", "IsSupersetOf", "(IEnumerable<T> other)", "bool", dispatch, "", changes},
    {"ISet<T>", "Overlaps", "(IEnumerable<T> other)", "bool", dispatch, "", changes},
    {"IDictionary<K,V>", "this", "[K key]", "V", dispatch, "KeyNotFoundException for an unknown key.", changes},
    {"IDictionary<K,V>", "this=", "[K key, V value]", "void", dispatch, "", changes},
    {"IDictionary<K,V>", "Add", "(K key, V value)", "void", dispatch, "", changes},
    {"IDictionary<K,V>", "ContainsKey", "(K key)", "bool", dispatch, "", changes},
    {"IDictionary<K,V>", "TryGetValue", "(K key, out V value)", "bool", dispatch, "", changes},
    {"IDictionary<K,V>", "Remove", "(K key)", "bool", dispatch, "", changes},
    {"IDictionary<K,V>", "Keys", "", "ICollection<K>", dispatch, "", changes},
    {"IDictionary<K,V>", "Values", "", "ICollection<V>", dispatch, "", changes},
    {"IReadOnlyDictionary<K,V>", "this", "[K key]", "V", dispatch, "KeyNotFoundException for an unknown key.", changes},
    {"IReadOnlyDictionary<K,V>", "ContainsKey", "(K key)", "bool", dispatch, "", changes},
    {"IReadOnlyDictionary<K,V>", "TryGetValue", "(K key, out V value)", "bool", dispatch, "", changes},
    {"IReadOnlyDictionary<K,V>", "Keys", "", "IEnumerable<K>", dispatch, "", changes},
    {"IReadOnlyDictionary<K,V>", "Values", "", "IEnumerable<V>", dispatch, "", changes},
    {"IReadOnlyDictionary<K,V>", "GetValueOrDefault", "(K key)", "V", get_or_default, "", changes},
    {"IReadOnlyDictionary<K,V>", "GetValueOrDefault", "(K key, V defaultValue)", "V", get_or_default, "", changes},
    {"IEnumerable<T>", "GetEnumerator", "()", "IEnumerator<T>", get_enumerator, "A walk by hand.", changes},
    {"IEnumerator<T>", "MoveNext", "()", "bool", move_next, "False at the end.", changes},
    {"IEnumerator<T>", "Current", "", "T", current, "The element that MoveNext came to.", changes},
    {"IEnumerator<T>", "Reset", "()", "void", reset, "Back before the first.", changes},
};

}  // namespace

extern const Family collection_interfaces_family{
    "collection_interfaces", "Interfaces of collections.", "System.Collections.Generic", types, {}, members};

}  // namespace sluice::expression
