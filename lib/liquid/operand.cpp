// SPDX-License-Identifier: Apache-2.0
#include "liquid/operand.hpp"

#include "base/text.hpp"
#include "expression/regex_pattern.hpp"
#include "liquid/parser.hpp"

#include <cmath>

namespace sluice::liquid {

// ---- Reading ----

Operand Operand::parse(Parser& parser, Markup& markup) {
  const Parser::Level level(parser, markup.opening());
  Operand result;
  if (!level.ok()) {
    markup.give_up();
    return result;
  }
  if (const auto text = markup.quoted()) {
    result.literal_ = Value::string(*text);
    return result;
  }
  if (const auto number = markup.number()) {
    const bool is_real = number->find('.') != std::string_view::npos;
    const auto whole = parse_integer(*number);
    const auto real = parse_double(*number);
    if (!is_real && !whole) markup.error_at(*number, "SL3101", "the number " + std::string(*number) + " is too large");
    result.literal_ = whole ? Value::int64(*whole) : Value::float64(real.value_or(0));
    return result;
  }
  if (markup.accept("(")) return parse_range(parser, markup);
  const std::string_view name = markup.needed_name("a value");
  if (name == "true" || name == "false") {
    result.literal_ = Value::boolean(name == "true");
  } else if (name == "empty" || name == "blank") {
    result.kind_ = name == "empty" ? Kind::empty : Kind::blank;
  } else if (!name.empty() && name != "nil" && name != "null") {
    return parse_path(parser, markup, name);
  }
  return result;
}

Operand Operand::parse_range(Parser& parser, Markup& markup) {
  Operand result;
  result.kind_ = Kind::range;
  result.from_ = std::make_unique<Operand>(parse(parser, markup));
  if (!markup.accept("..")) markup.unexpected("'..'");
  result.to_ = std::make_unique<Operand>(parse(parser, markup));
  if (!markup.accept(")")) markup.unexpected("')'");
  return result;
}

Operand Operand::parse_path(Parser& parser, Markup& markup, std::string_view name) {
  Operand result;
  result.kind_ = Kind::path;
  result.slot_ = parser.names().find(name);
  if (parser.names().is_global(result.slot_)) {
    if (name == "body") {
      result.root_ = Root::body;
      parser.note_body();
    }
    if (name == "context") result.root_ = Root::context;
  }
  for (;;) {
    if (markup.is_next("..")) return result;
    if (markup.accept(".")) {
      result.parts_.push_back({markup.needed_name("a name"), nullptr});
      if (result.parts_.back().name.empty()) return result;
    } else if (markup.accept("[")) {
      result.parts_.push_back({{}, std::make_unique<Operand>(parse(parser, markup))});
      if (!markup.accept("]")) {
        markup.unexpected("']'");
        return result;
      }
    } else {
      return result;
    }
  }
}

FilteredValue FilteredValue::parse(Parser& parser, Markup& markup) {
  FilteredValue result;
  result.operand_ = Operand::parse(parser, markup);
  while (markup.accept("|")) result.parse_filter(parser, markup);
  return result;
}

void FilteredValue::parse_filter(Parser& parser, Markup& markup) {
  const std::string_view name = markup.needed_name("the name of a filter");
  if (name.empty()) return;
  const Filter* filter = find_filter(name);
  if (filter == nullptr) {
    std::vector<std::string_view> names;
    for (const auto& family : filter_families()) {
      for (const Filter& known : family) names.push_back(known.name);
    }
    const std::string_view near = nearest_name(name, names);
    markup.error_at(name, "SL3102", "'" + std::string(name) + "' is no filter of Liquid templates",
                    near.empty() ? "" : "did you mean '" + std::string(near) + "'?");
    return;
  }
  Use use{filter, {}};
  if (markup.accept(":")) {
    do use.arguments.push_back(Operand::parse(parser, markup));
    while (markup.accept(","));
  }
  if (use.arguments.size() < filter->least || use.arguments.size() > filter->most) {
    const std::string wanted = filter->least == filter->most
                                   ? std::to_string(filter->least)
                                   : std::to_string(filter->least) + " to " + std::to_string(filter->most);
    markup.error_at(name, "SL3101",
                    "the filter " + std::string(filter->name) + " takes " + wanted + " arguments, found " +
                        std::to_string(use.arguments.size()));
  }
  if (filter->has_pattern && !use.arguments.empty() && use.arguments[0].literal().is_string()) {
    std::string fault;
    if (expression::RegexPattern::get(use.arguments[0].literal().as_string(), 0, fault) == nullptr)
      markup.error_at(name, "SL3101",
                      "the filter " + std::string(filter->name) + " has a pattern that is none: " + fault);
  }
  filters_.push_back(std::move(use));
}

// ---- Rendering ----

Value Operand::root(Rendering& rendering) const {
  const Slot& slot = rendering.slot(slot_);
  if (slot.is_set) return slot.value;
  if (slot.is_counted) return Value::int64(slot.count);
  if (root_ == Root::body) return rendering.body();
  return root_ == Root::context ? context_value() : Value();
}

Value Operand::numbers(Rendering& rendering) const {
  const auto from = number_of(rendering.run, from_->value(rendering));
  const auto to = number_of(rendering.run, to_->value(rendering));
  if (!from || !to || !from->is_whole || !to->is_whole || from->whole > to->whole)
    return make_list(rendering.run, nullptr, 0);
  const auto count = static_cast<std::uint64_t>(to->whole) - static_cast<std::uint64_t>(from->whole) + 1;
  if (count == 0 || !rendering.run.charge(count)) return rendering.run.exhaust("steps");
  Value* items = rendering.run.make_array<Value>(count);
  for (std::uint64_t i = 0; items != nullptr && i < count; ++i)
    items[i] = Value::int64(from->whole + static_cast<std::int64_t>(i));
  return items == nullptr ? Value() : make_list(rendering.run, items, static_cast<std::uint32_t>(count));
}

Value Operand::value(Rendering& rendering) const {
  if (!rendering.run.charge(1)) return {};
  if (kind_ == Kind::literal) return literal_;
  if (kind_ == Kind::range) return numbers(rendering);
  if (kind_ != Kind::path) return Value::string("");
  Value value = plain(root(rendering));
  for (const Part& part : parts_) {
    if (value.is_null() || !rendering.run.charge(1)) return {};
    const bool is_named = part.index == nullptr;
    value = is_named ? liquid::part(rendering.run, rendering.options, value, part.name)
                     : item(rendering.run, rendering.options, value, part.index->value(rendering));
    if (rendering.run.failed()) return {};
  }
  return value;
}

Value FilteredValue::value(Rendering& rendering) const {
  Value value = operand_.value(rendering);
  for (const Use& use : filters_) {
    std::vector<Value> arguments;
    for (const Operand& argument : use.arguments) arguments.push_back(argument.value(rendering));
    if (rendering.run.failed()) return {};
    value = use.filter->function(FilterCall{rendering.run, rendering.options, value, arguments});
    if (rendering.run.failed()) return {};
  }
  return value;
}

}  // namespace sluice::liquid
