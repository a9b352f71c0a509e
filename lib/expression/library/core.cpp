// SPDX-License-Identifier: Apache-2.0
// What every object has, the interfaces of collections, delegates, System.Type, enums.
#include "expression/number_format.hpp"
#include "expression/objects.hpp"

#include <bit>

namespace sluice::expression {
namespace {

constexpr TypeRow types[] = {
    {"Type", "System.Type"},
    {"ValueType", "System.ValueType"},
    {"IComparable", "System.IComparable"},
    {"IComparable<T>", "System.IComparable`1"},
    {"IEquatable<T>", "System.IEquatable`1"},
    {"IFormattable", "System.IFormattable"},
    {"IDisposable", "System.IDisposable"},
    {"IComparer<T>", "System.Collections.Generic.IComparer`1"},
    {"IEqualityComparer<T>", "System.Collections.Generic.IEqualityComparer`1"},
    {"IEnumerable", "System.Collections.IEnumerable"},
    {"IEnumerable<T>", "System.Collections.Generic.IEnumerable`1", TypeKind::reference, "IEnumerable"},
    {"ICollection<T>", "System.Collections.Generic.ICollection`1", TypeKind::reference, "IEnumerable<T>"},
    {"IReadOnlyCollection<T>", "System.Collections.Generic.IReadOnlyCollection`1", TypeKind::reference,
     "IEnumerable<T>"},
    {"IList<T>", "System.Collections.Generic.IList`1", TypeKind::reference, "ICollection<T>"},
    {"IReadOnlyList<T>", "System.Collections.Generic.IReadOnlyList`1", TypeKind::reference, "IReadOnlyCollection<T>"},
    {"ISet<T>", "System.Collections.Generic.ISet`1", TypeKind::reference, "ICollection<T>"},
    {"IDictionary<K,V>", "System.Collections.Generic.IDictionary`2", TypeKind::reference,
     "ICollection<KeyValuePair<K,V>>"},
    {"IReadOnlyDictionary<K,V>", "System.Collections.Generic.IReadOnlyDictionary`2", TypeKind::reference,
     "IReadOnlyCollection<KeyValuePair<K,V>>"},
    {"KeyValuePair<K,V>", "System.Collections.Generic.KeyValuePair`2", TypeKind::value},
    {"Nullable<T>", "System.Nullable`1", TypeKind::nullable},
    {"Array", "System.Array", TypeKind::reference, "IEnumerable"},
    {"Enum", "System.Enum", TypeKind::static_class},
    {"Func<R>", "System.Func`1", TypeKind::function},
    {"Func<A,R>", "System.Func`2", TypeKind::function},
    {"Func<A,B,R>", "System.Func`3", TypeKind::function},
    {"Func<A,B,C,R>", "System.Func`4", TypeKind::function},
    {"Func<A,B,C,D,R>", "System.Func`5", TypeKind::function},
    {"Action", "System.Action", TypeKind::function},
    {"Action<A>", "System.Action`1", TypeKind::function},
    {"Action<A,B>", "System.Action`2", TypeKind::function},
    {"Action<A,B,C>", "System.Action`3", TypeKind::function},
    {"Predicate<T>", "System.Predicate`1", TypeKind::function},
    {"Comparison<T>", "System.Comparison`1", TypeKind::function},
};
constexpr EnumRow enums[] = {
    {"StringComparison", "System.StringComparison",
     "CurrentCulture=0 CurrentCultureIgnoreCase=1 InvariantCulture=2 InvariantCultureIgnoreCase=3 Ordinal=4 "
     "OrdinalIgnoreCase=5"},
    {"StringSplitOptions", "System.StringSplitOptions", "None=0 RemoveEmptyEntries=1 TrimEntries=2", true},
    {"MidpointRounding", "System.MidpointRounding", "ToEven=0 AwayFromZero=1"},
    {"DayOfWeek", "System.DayOfWeek", "Sunday=0 Monday=1 Tuesday=2 Wednesday=3 Thursday=4 Friday=5 Saturday=6"},
    {"DateTimeKind", "System.DateTimeKind", "Unspecified=0 Utc=1 Local=2"},
    {"TypeCode", "System.TypeCode",
     "Empty=0 Object=1 DBNull=2 Boolean=3 Char=4 SByte=5 Byte=6 Int16=7 UInt16=8 Int32=9 UInt32=10 Int64=11 UInt64=12 "
     "Single=13 Double=14 Decimal=15 DateTime=16 String=18"},
};

Value object_to_string(Call& call) { return call.run.text_view(text_of(call.run, call[0])); }
Value object_equals(Call& call) { return Value::boolean(equal_values(call[0], call[1])); }
/// As .NET makes the hashes of numbers and times, which expressions may print; of the rest our own.
Value object_hash(Call& call) {
  const Value& value = call[0];
  const auto both_halves = [](std::uint64_t bits) {
    return Value::int32(static_cast<std::int32_t>(bits ^ bits >> 32));
  };
  switch (value.kind()) {
    case ValueKind::boolean:
    case ValueKind::int32:
    case ValueKind::uint32:
    case ValueKind::uint8:
    case ValueKind::uint16: return Value::int32(static_cast<std::int32_t>(value.as_integer()));
    case ValueKind::character:
      return Value::int32(static_cast<std::int32_t>(value.as_integer() | value.as_integer() << 16));
    case ValueKind::int16: return Value::int32(static_cast<std::int32_t>((value.bits() & 0xFFFF) | value.bits() << 16));
    case ValueKind::int8: return Value::int32(static_cast<std::int32_t>((value.bits() & 0xFF) ^ value.bits() << 8));
    case ValueKind::int64:
    case ValueKind::uint64:
    case ValueKind::date_time:
    case ValueKind::time_span: return both_halves(value.bits());
    case ValueKind::float64: return value.as_number() == 0 ? Value::int32(0) : both_halves(value.bits());
    case ValueKind::float32: return Value::int32(std::bit_cast<std::int32_t>(static_cast<float>(value.as_number())));
    default: return Value::int32(static_cast<std::int32_t>(hash_value(value)));
  }
}
Value object_type(Call& call) { return make_type(call.run, type_of(call[0])); }
Value object_reference_equals(Call& call) { return Value::boolean(same_reference(call[0], call[1])); }
Value object_new(Call& call) {
  auto* object = call.run.make<Object>();
  if (object == nullptr) return {};
  object->type = core().object;
  return Value::object(object);
}
Value to_string_format(Call& call) { return call.run.text_view(format_value(call.run, call[0], call.text(1))); }

const Type& described(Call& call) { return *call.object<TypeObject>(0).described; }
Value type_full_name(Call& call) { return Value::string(described(call).full); }
Value type_short_name(Call& call) {
  const std::string& full = described(call).full;
  std::string_view name = std::string_view(full).substr(0, full.find('['));
  std::string_view tail = described(call).kind == TypeKind::array ? std::string_view("[]") : std::string_view();
  name = name.substr(name.rfind('.') + 1);
  return call.text_result(std::string(name) + std::string(tail));
}
Value type_equal(Call& call) { return Value::boolean(equal_values(call[0], call[1])); }
Value type_not_equal(Call& call) { return Value::boolean(!equal_values(call[0], call[1])); }

Value pair_key(Call& call) { return call.object<FieldsObject>(0).fields[0]; }
Value pair_value(Call& call) { return call.object<FieldsObject>(0).fields[1]; }
Value pair_new(Call& call) { return make_pair(call.run, call.result(), call[0], call[1]); }

Value nullable_get(Call& call) {
  if (!call.is_null(0)) return call[0];
  return call.count > 1 ? call[1] : default_value(call.result());
}

Value enum_parse(Call& call) {
  const Type* type = call.object<TypeObject>(0).described;
  if (call.is_null(1)) return call.null_argument("value");
  const auto value = parse_enum(type, call.text(1), call.count > 2 && call.boolean(2));
  if (!value) return call.raise(Fault::argument, "Requested value '" + std::string(call.text(1)) + "' was not found.");
  return Value::enumeration(*type, *value);
}
Value enum_try_parse(Call& call) {
  const Type* type = call.type();
  const bool ignore = call.count > 2 && call.boolean(1);
  Value& out = call.out(call.count - 1);
  const auto value =
      call.is_null(0) || type->kind != TypeKind::enumeration ? std::nullopt : parse_enum(type, call.text(0), ignore);
  out = Value::enumeration(*type, value.value_or(0));
  return Value::boolean(value.has_value());
}
Value enum_has_flag(Call& call) {
  return Value::boolean((call[0].enum_value() & call[1].enum_value()) == call[1].enum_value());
}
Value compare_to(Call& call) {
  if (call.is_null(1)) return Value::int32(1);
  if (call[0].kind() != call[1].kind())
    return call.raise(Fault::argument, "Object must be of type " + std::string(type_of(call[0])->full.substr(7)) + ".");
  // Types narrower than int give the difference.
  const ValueKind kind = call[0].kind();
  if (kind >= ValueKind::character && kind <= ValueKind::uint16)
    return Value::int32(static_cast<std::int32_t>(call.integer(0) - call.integer(1)));
  return Value::int32(compare_values(call[0], call[1]));
}
Value dispose(Call&) { return {}; }

constexpr MemberRow members[] = {
    {"object", "ToString", "()", "string", object_to_string},
    {"object", "Equals", "(object other)", "bool", object_equals},
    {"object", "GetHashCode", "()", "int", object_hash},
    {"object", "GetType", "()", "Type", object_type},
    {"object", "new", "()", "object", object_new, "", Trait::impure},
    {"static object", "Equals", "(object left, object right)", "bool", object_equals},
    {"static object", "ReferenceEquals", "(object left, object right)", "bool", object_reference_equals},
    {"Type", "Name", "", "string", type_short_name},
    {"Type", "FullName", "", "string", type_full_name},
    {"Type", "ToString", "()", "string", type_full_name},
    {"Type", "op ==", "(Type left, Type right)", "bool", type_equal},
    {"Type", "op !=", "(Type left, Type right)", "bool", type_not_equal},
    {"KeyValuePair<K,V>", "new", "(K key, V value)", "", pair_new},
    {"KeyValuePair<K,V>", "Key", "", "K", pair_key},
    {"KeyValuePair<K,V>", "Value", "", "V", pair_value},
    {"T?", "GetValueOrDefault", "()", "T", nullable_get, "The value, or default(T).", Trait::accepts_null},
    {"T?", "GetValueOrDefault", "(T defaultValue)", "T", nullable_get, "The value, or the given one.",
     Trait::accepts_null},
    {"T?", "ToString", "()", "string", object_to_string, "Empty for null.", Trait::accepts_null},
    {"T?", "Equals", "(object other)", "bool", object_equals, "", Trait::accepts_null},
    {"T?", "GetHashCode", "()", "int", object_hash, "", Trait::accepts_null},
    {"Guid", "ToString", "(string format)", "string", to_string_format},
    {"DateTime", "ToString", "(string format)", "string", to_string_format},
    {"DateTimeOffset", "ToString", "(string format)", "string", to_string_format},
    {"TimeSpan", "ToString", "(string format)", "string", to_string_format},
    {"sbyte", "ToString", "(string format)", "string", to_string_format},
    {"byte", "ToString", "(string format)", "string", to_string_format},
    {"short", "ToString", "(string format)", "string", to_string_format},
    {"ushort", "ToString", "(string format)", "string", to_string_format},
    {"int", "ToString", "(string format)", "string", to_string_format},
    {"uint", "ToString", "(string format)", "string", to_string_format},
    {"long", "ToString", "(string format)", "string", to_string_format},
    {"ulong", "ToString", "(string format)", "string", to_string_format},
    {"float", "ToString", "(string format)", "string", to_string_format},
    {"double", "ToString", "(string format)", "string", to_string_format},
    {"decimal", "ToString", "(string format)", "string", to_string_format},
    {"static Enum", "Parse", "(Type enumType, string value)", "object", enum_parse},
    {"static Enum", "Parse", "(Type enumType, string value, bool ignoreCase)", "object", enum_parse},
    {"static Enum", "TryParse", "(string value, out T result)", "bool", enum_try_parse, "",
     Trait::typed | Trait::impure},
    {"static Enum", "TryParse", "(string value, bool ignoreCase, out T result)", "bool", enum_try_parse, "",
     Trait::typed | Trait::impure},
    {"int", "CompareTo", "(int other)", "int", compare_to},
    {"sbyte", "CompareTo", "(sbyte other)", "int", compare_to},
    {"byte", "CompareTo", "(byte other)", "int", compare_to},
    {"short", "CompareTo", "(short other)", "int", compare_to},
    {"ushort", "CompareTo", "(ushort other)", "int", compare_to},
    {"uint", "CompareTo", "(uint other)", "int", compare_to},
    {"ulong", "CompareTo", "(ulong other)", "int", compare_to},
    {"float", "CompareTo", "(float other)", "int", compare_to},
    {"long", "CompareTo", "(long other)", "int", compare_to},
    {"double", "CompareTo", "(double other)", "int", compare_to},
    {"decimal", "CompareTo", "(decimal other)", "int", compare_to},
    {"char", "CompareTo", "(char other)", "int", compare_to},
    {"bool", "CompareTo", "(bool other)", "int", compare_to},
    {"Guid", "CompareTo", "(Guid other)", "int", compare_to},
    {"DateTime", "CompareTo", "(DateTime other)", "int", compare_to},
    {"DateTimeOffset", "CompareTo", "(DateTimeOffset other)", "int", compare_to},
    {"TimeSpan", "CompareTo", "(TimeSpan other)", "int", compare_to},
    {"IDisposable", "Dispose", "()", "void", dispose, "Nothing here holds resources of the system.", Trait::impure},
    {"StringComparison", "HasFlag", "(StringComparison flag)", "bool", enum_has_flag},
};

}  // namespace

extern const Family core_family{"core",
                                "Members of every value, delegates, interfaces of collections.",
                                "ECMA-335 base class library",
                                types,
                                enums,
                                members};

}  // namespace sluice::expression
