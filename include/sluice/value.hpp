// SPDX-License-Identifier: Apache-2.0
// Value: what expressions compute and context variables hold. 16 bytes, trivially copyable, never counted:
// text and objects live in the request's arena (or in a literal) and end with it.
#pragma once

#include <sluice/arena.hpp>

#include <cstdint>
#include <string_view>

namespace sluice {

/// The .NET type families of the values.
enum class ValueKind : std::uint8_t {
  null,
  boolean,
  character,  ///< UTF-16 code unit.
  int8,
  uint8,
  int16,
  uint16,
  int32,
  uint32,
  int64,
  uint64,
  float32,
  float64,
  decimal,           ///< Points to an object; 128 bits.
  string,            ///< UTF-8.
  date_time,         ///< 100 ns ticks since 0001-01-01; two bits of kind.
  date_time_offset,  ///< UTC ticks; offset in minutes.
  time_span,         ///< 100 ns ticks.
  guid,              ///< Points to 16 bytes in RFC 4122 order.
  enumeration,       ///< 32-bit value of a named enum; `type()` names it.
  object,            ///< Reference type; `object()->type` names it.
  entity             ///< Something of the gateway, pointed to as it is; `extra()` tells the expression engine what.
};

/// Describes a reference or enum type at run time; compared by address.
struct ObjectType {
  std::string_view name;  ///< Full .NET name: `Newtonsoft.Json.Linq.JObject`.
};

/// First member of everything a value of kind `object` points to.
struct Object {
  const ObjectType* type;
};

class Value {
 public:
  constexpr Value() : head_(0), bits_(0) {}

  static constexpr Value boolean(bool value) { return {ValueKind::boolean, static_cast<std::uint64_t>(value)}; }
  static constexpr Value int32(std::int32_t value) { return integer(ValueKind::int32, value); }
  static constexpr Value int64(std::int64_t value) { return integer(ValueKind::int64, value); }
  /// Any integer kind, `character` and `time_span`; the caller keeps to the kind's range.
  static constexpr Value integer(ValueKind kind, std::int64_t value) {
    return {kind, static_cast<std::uint64_t>(value)};
  }
  static Value float64(double value) {
    Value result(ValueKind::float64, 0);
    result.number_ = value;
    return result;
  }
  static Value float32(float value) {
    Value result(ValueKind::float32, 0);
    result.number_ = value;
    return result;
  }
  /// The text is not copied. Longer than 4 GiB is not representable.
  static constexpr Value string(std::string_view text) {
    Value result(ValueKind::string, 0);
    result.set_size(static_cast<std::uint32_t>(text.size()));
    result.text_ = text.data();
    return result;
  }
  static Value object(const Object* object) {
    Value result(ValueKind::object, 0);
    result.pointer_ = object;
    return result;
  }
  static Value pointer(ValueKind kind, const void* data) {
    Value result(kind, 0);
    result.pointer_ = data;
    return result;
  }
  static Value entity(std::uint16_t what, const void* target) {
    Value result(ValueKind::entity, 0);
    result.set_extra(what);
    result.pointer_ = target;
    return result;
  }
  static Value enumeration(const ObjectType& type, std::int32_t value) {
    Value result(ValueKind::enumeration, 0);
    result.set_size(static_cast<std::uint32_t>(value));
    result.pointer_ = &type;
    return result;
  }
  /// `ticks` since 0001-01-01 UTC, local or unspecified (`date_kind` 1 = UTC, 2 = local, 0 = unspecified).
  static constexpr Value date_time(std::int64_t ticks, std::uint8_t date_kind) {
    Value result(ValueKind::date_time, static_cast<std::uint64_t>(ticks));
    result.set_extra(date_kind);
    return result;
  }
  static constexpr Value date_time_offset(std::int64_t utc_ticks, std::int16_t offset_minutes) {
    Value result(ValueKind::date_time_offset, static_cast<std::uint64_t>(utc_ticks));
    result.set_extra(static_cast<std::uint16_t>(offset_minutes));
    return result;
  }

  constexpr ValueKind kind() const { return static_cast<ValueKind>(head_ & 0xFF); }
  constexpr bool is_null() const { return kind() == ValueKind::null; }
  constexpr bool is_integer() const { return kind() >= ValueKind::int8 && kind() <= ValueKind::uint64; }
  constexpr bool is_string() const { return kind() == ValueKind::string; }
  /// Of a reference type, apart from strings.
  constexpr bool is_reference() const { return kind() >= ValueKind::object; }

  constexpr bool as_boolean() const { return bits_ != 0; }
  constexpr std::int64_t as_integer() const { return static_cast<std::int64_t>(bits_); }
  constexpr std::uint64_t bits() const { return bits_; }
  double as_number() const { return number_; }
  constexpr std::string_view as_string() const { return {text_, size()}; }
  const void* data() const { return pointer_; }
  const Object* as_object() const { return static_cast<const Object*>(pointer_); }
  std::int32_t enum_value() const { return static_cast<std::int32_t>(size()); }
  const ObjectType& enum_type() const { return *static_cast<const ObjectType*>(pointer_); }
  constexpr std::uint16_t extra() const { return static_cast<std::uint16_t>(head_ >> 16); }

 private:
  constexpr Value(ValueKind kind, std::uint64_t bits) : head_(static_cast<std::uint64_t>(kind)), bits_(bits) {}

  constexpr std::uint32_t size() const { return static_cast<std::uint32_t>(head_ >> 32); }
  // Each once, while the value is made.
  constexpr void set_extra(std::uint16_t extra) { head_ |= std::uint64_t{extra} << 16; }
  constexpr void set_size(std::uint32_t size) { head_ |= std::uint64_t{size} << 32; }

  // One word, so that copies are two words: the kind in 8 bits, 8 unused, `extra` in 16, a size in 32.
  std::uint64_t head_;
  union {
    std::uint64_t bits_;
    double number_;
    const char* text_;
    const void* pointer_;
  };
};

static_assert(sizeof(Value) == 16);

/// The text a policy puts into a header or body: `Convert.ToString(value, CultureInfo.InvariantCulture)`.
/// Null gives the empty text.
std::string_view to_text(const Value& value, Arena& arena);

/// Full .NET name of the value's run-time type; `null` for null.
std::string_view type_name(const Value& value);

}  // namespace sluice
