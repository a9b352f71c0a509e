// SPDX-License-Identifier: Apache-2.0
// What stands for a value in a template: texts, numbers, words, names with their parts, ranges, and these with filters.
#pragma once

#include "liquid/filters.hpp"
#include "liquid/rendering.hpp"

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace sluice::liquid {

class Markup;
class Parser;

/// A value without filters.
class Operand {
 public:
  enum class Kind : std::uint8_t {
    literal,
    path,
    range,
    empty,  ///< The word `empty`, to compare with.
    blank   ///< Likewise: also null, false and white space.
  };

  Kind kind() const { return kind_; }
  /// The text or number, when it is one.
  const Value& literal() const { return literal_; }
  Value value(Rendering& rendering) const;

  /// Reads one; what is no value is reported.
  static Operand parse(Parser& parser, Markup& markup);

 private:
  /// `.name` or `[index]`.
  struct Part {
    std::string_view name;
    std::unique_ptr<Operand> index;  ///< Null: the name.
  };

  static Operand parse_range(Parser& parser, Markup& markup);
  static Operand parse_path(Parser& parser, Markup& markup, std::string_view name);
  Value root(Rendering& rendering) const;
  Value numbers(Rendering& rendering) const;

  Kind kind_ = Kind::literal;
  enum class Root : std::uint8_t { variable, body, context } root_ = Root::variable;
  Value literal_;
  std::size_t slot_ = 0;
  std::vector<Part> parts_;
  std::unique_ptr<Operand> from_, to_;
};

/// `value | Filter: argument, argument | Filter`.
class FilteredValue {
 public:
  Value value(Rendering& rendering) const;
  static FilteredValue parse(Parser& parser, Markup& markup);

 private:
  struct Use {
    const Filter* filter;
    std::vector<Operand> arguments;
  };

  void parse_filter(Parser& parser, Markup& markup);

  Operand operand_;
  std::vector<Use> filters_;
};

}  // namespace sluice::liquid
