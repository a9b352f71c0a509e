// SPDX-License-Identifier: Apache-2.0
// System.StringComparer: a handle whose target says which.
#include "expression/objects.hpp"
#include "expression/unicode.hpp"

namespace sluice::expression {
namespace {

constexpr TypeRow types[] = {
    {"StringComparer", "System.StringComparer", TypeKind::reference, "IComparer<string>;IEqualityComparer<string>"},
};

constexpr char comparer_kinds[4] = {};
Value comparer(Call& call, bool by_ordinal, bool ignore) {
  static const Type* type = read_type("StringComparer");
  return make_handle(call.run, type, &comparer_kinds[(by_ordinal ? 2 : 0) + (ignore ? 1 : 0)]);
}
Value comparer_ordinal(Call& call) { return comparer(call, true, false); }
Value comparer_ordinal_ignore(Call& call) { return comparer(call, true, true); }
Value comparer_invariant(Call& call) { return comparer(call, false, false); }
Value comparer_invariant_ignore(Call& call) { return comparer(call, false, true); }
std::ptrdiff_t kind_of_comparer(const Value& comparer) {
  return static_cast<const char*>(static_cast<const HandleObject*>(comparer.as_object())->target) - comparer_kinds;
}

}  // namespace

bool comparer_ignores_case(const Value& comparer) { return (kind_of_comparer(comparer) & 1) != 0; }

int compare_texts(const Value& comparer, const Value& left, const Value& right) {
  if (left.is_null() || right.is_null()) return (left.is_null() ? 0 : 1) - (right.is_null() ? 0 : 1);
  const bool ignore = comparer_ignores_case(comparer);
  return kind_of_comparer(comparer) >= 2 ? compare_ordinal(left.as_string(), right.as_string(), ignore)
                                         : compare_culture(left.as_string(), right.as_string(), ignore);
}

namespace {

Value comparer_equals(Call& call) {
  if (call.is_null(1) || call.is_null(2)) return Value::boolean(call.is_null(1) && call.is_null(2));
  return Value::boolean(comparer_ignores_case(call[0]) ? equal_ignore_case(call.text(1), call.text(2))
                                                       : call.text(1) == call.text(2));
}
Value comparer_compare(Call& call) { return Value::int32(compare_texts(call[0], call[1], call[2])); }
Value comparer_hash(Call& call) {
  return Value::int32(static_cast<std::int32_t>(
      variable_hash(comparer_ignores_case(call[0]) ? to_upper_text(call.text(1)) : std::string(call.text(1)))));
}

constexpr MemberRow members[] = {
    {"static StringComparer", "Ordinal", "", "StringComparer", comparer_ordinal},
    {"static StringComparer", "OrdinalIgnoreCase", "", "StringComparer", comparer_ordinal_ignore},
    {"static StringComparer", "InvariantCulture", "", "StringComparer", comparer_invariant},
    {"static StringComparer", "InvariantCultureIgnoreCase", "", "StringComparer", comparer_invariant_ignore},
    {"static StringComparer", "CurrentCulture", "", "StringComparer", comparer_invariant},
    {"static StringComparer", "CurrentCultureIgnoreCase", "", "StringComparer", comparer_invariant_ignore},
    {"StringComparer", "Equals", "(string x, string y)", "bool", comparer_equals},
    {"StringComparer", "Compare", "(string x, string y)", "int", comparer_compare},
    {"StringComparer", "GetHashCode", "(string obj)", "int", comparer_hash},
};

}  // namespace

extern const Family string_comparer_family{
    "string comparer", "How texts compare.", "System.StringComparer", types, {}, members};

}  // namespace sluice::expression
