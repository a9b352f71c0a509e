// SPDX-License-Identifier: Apache-2.0
// What Liquid makes of values: their parts by name and place, their elements, text, truth, order. JSON, XML, the
// context and what expressions leave in variables are the values of lib/expression as they are.
#pragma once

#include "expression/objects.hpp"

#include <sluice/liquid.hpp>

#include <optional>
#include <string_view>

namespace sluice::liquid {

using expression::Evaluation;
using expression::Items;

/// The values of `forloop`, one object for each run of a loop.
struct LoopObject : Object {
  std::uint32_t index;  ///< From 0.
  std::uint32_t length;
};
Value make_loop(Evaluation& run, std::uint32_t length);
/// What `context` stands for.
Value context_value();
/// A list of these values.
Value make_list(Evaluation& run, const Value* items, std::uint32_t count);

/// Scalars of JSON as what they hold; everything else as it is.
Value plain(const Value& value);
/// The part of that name; null when there is none.
/// **Shape**: members of JSON objects; elements of XML by local name, without case when no other name agrees (several:
/// a list), attributes as `@name`; what expressions see of the context; `size`, `first` and `last` of what has
/// elements.
Value part(Evaluation& run, const LiquidOptions& options, const Value& of, std::string_view name);
/// `of[index]`: by place when it is a whole number (from the end when negative), otherwise by name.
Value item(Evaluation& run, const LiquidOptions& options, const Value& of, const Value& index);

/// The elements of a sequence; pairs of a JSON object; the elements inside an XML element. Nothing for the rest.
Items elements(Evaluation& run, const LiquidOptions& options, const Value& of);
/// Whether `elements` has something to say about the value.
bool is_sequence(const Value& value);
/// Number of elements, or of characters; nothing for what has neither.
std::optional<std::int64_t> size_of(Evaluation& run, const LiquidOptions& options, const Value& value);

/// What is written for it: null as nothing, truth in lower case, lists without anything between their elements.
std::string_view shown_text(Evaluation& run, const Value& value);
/// Everything but null and false.
bool is_true(const Value& value);
/// Nothing in it: an empty text or sequence.
bool is_empty(Evaluation& run, const LiquidOptions& options, const Value& value);

/// A number, if it is one or a text that reads as one.
struct Number {
  bool is_whole = true;
  std::int64_t whole = 0;
  double real = 0;  ///< Of both kinds.
};
std::optional<Number> number_of(Evaluation& run, const Value& value);

/// Numbers and texts that read as numbers by what they are worth, dates likewise, all else by its text.
bool are_equal(Evaluation& run, const Value& left, const Value& right);
/// Below 0, 0 or above it; nothing when the two have no order (null, sequences).
std::optional<int> order_of(Evaluation& run, const Value& left, const Value& right);
/// A text in a text, an element in a sequence, a name in an object.
bool contains(Evaluation& run, const LiquidOptions& options, const Value& whole, const Value& what);

}  // namespace sluice::liquid
