// SPDX-License-Identifier: Apache-2.0
// Members of types: rows of tables, from which the checker resolves calls, the program calls functions, and the
// reference is printed. One file per type family in library/; library/tables.cpp lists the families.
#pragma once

#include "expression/type.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::expression {

struct Call;
/// What a member does. Arguments are converted to the parameters' types; instance members get the receiver first,
/// never null. A C# exception is raised through the call and a null value returned.
using Native = Value (*)(Call&);

/// Properties of a row that the compiler uses.
enum class Trait : std::uint8_t {
  none = 0,
  impure = 1,         ///< Depends on more than its arguments, or changes something: never folded.
  hash_variable = 2,  ///< The first argument names a variable: hashed when it is constant.
  hash_header = 4,    ///< The first argument names a header: hashed when it is constant.
  typed = 8,          ///< The function looks at the call's type arguments.
  accepts_null = 16,  ///< Called on null (extension methods are anyway).
  shared = 32,        ///< Gives an object that is the same for every request: known when a pipeline is compiled.
  never_null = 64,    ///< What it gives need not be checked before its members are called.
  constant = 128      ///< A constant in the sense of C#: computed with its use, overflow checked.
};
constexpr Trait operator|(Trait left, Trait right) {
  return static_cast<Trait>(static_cast<std::uint8_t>(left) | static_cast<std::uint8_t>(right));
}
constexpr bool has(Trait all, Trait one) {
  return (static_cast<std::uint8_t>(all) & static_cast<std::uint8_t>(one)) != 0;
}

/// One member. `parameters`: empty for a property, `(…)` for a method, `[…]` for an indexer; C# syntax with `this`,
/// `params`, `out` and `= default`. `name`: `new` constructs, `name=` sets, `op +` is an operator, `implicit` and
/// `explicit` convert. `receiver`: `static T` for static members.
struct MemberRow {
  std::string_view receiver;
  std::string_view name;
  std::string_view parameters;
  std::string_view result;
  Native function;
  std::string_view doc = {};
  Trait traits = Trait::none;
  std::string_view example = {};
  std::string_view source = {};
};

/// A family of types: one file of library/.
struct Family {
  std::string_view name;
  std::string_view doc;
  std::string_view source;
  std::span<const TypeRow> types;
  std::span<const EnumRow> enums;
  std::span<const MemberRow> members;
};
/// All families, in library/tables.cpp.
std::span<const Family* const> families();

struct Parameter {
  std::string_view name;
  const Type* type = nullptr;
  bool optional = false;
  bool is_params = false;
  bool is_out = false;
  Value fallback;
};

/// A row with its signature read.
struct Member {
  const MemberRow* row = nullptr;
  const Type* receiver = nullptr;
  std::string_view name;
  bool is_static = false;
  bool is_extension = false;
  bool is_method = false;
  bool is_indexer = false;
  std::vector<Parameter> parameters;
  const Type* result = nullptr;
  std::string letters;  ///< Type parameters of its own.
};

/// All members of that name.
std::span<const Member* const> members_named(std::string_view name);
/// All members, for the reference and for suggestions.
std::span<const Member* const> all_members();

}  // namespace sluice::expression
