// SPDX-License-Identifier: Apache-2.0
// Tags of loops: for, JSONArrayFor, break, continue, cycle.
// Source: DotLiquid, For and Cycle; API Management policy reference, set-body, for JSONArrayFor.
#include "liquid/parser.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <optional>

namespace sluice::liquid {
namespace {

/// What a loop walks over and how.
struct LoopPlan {
  std::size_t variable = 0, forloop = 0, cursor = 0;
  Operand collection;
  std::optional<Operand> limit, offset;
  bool continues = false;  ///< `offset:continue`: from where the loop of that name and collection stopped.
  bool reversed = false;
  bool separates = false;  ///< JSONArrayFor: a comma between what two runs have written.
};

class For final : public Node {
 public:
  For(LoopPlan plan, Block body, Block otherwise)
      : plan_(std::move(plan)), body_(std::move(body)), otherwise_(std::move(otherwise)) {}

  Flow render(Rendering& rendering) const override {
    const Value collection = plan_.collection.value(rendering);
    if (rendering.run.failed()) return Flow::failed;
    const Items all = elements(rendering.run, rendering.options, collection);
    const auto part = chosen(rendering, all);
    if (rendering.run.failed()) return Flow::failed;
    if (part.empty()) return otherwise_.render(rendering);
    return walk(rendering, part);
  }

 private:
  /// The elements between offset and limit.
  std::span<const Value> chosen(Rendering& rendering, const Items& all) const {
    const auto number = [&](const std::optional<Operand>& of, std::int64_t fallback) {
      const auto given = of ? number_of(rendering.run, of->value(rendering)) : std::nullopt;
      return given && given->is_whole ? std::max<std::int64_t>(given->whole, 0) : fallback;
    };
    const std::int64_t offset = plan_.continues ? rendering.cursor(plan_.cursor) : number(plan_.offset, 0);
    const auto begin = static_cast<std::size_t>(std::min<std::int64_t>(offset, all.count));
    const auto count =
        static_cast<std::size_t>(std::min<std::int64_t>(number(plan_.limit, all.count), all.count - begin));
    rendering.cursor(plan_.cursor) = static_cast<std::uint32_t>(begin + count);
    return {all.data + begin, count};
  }

  Flow walk(Rendering& rendering, std::span<const Value> items) const {
    const Value forloop = make_loop(rendering.run, static_cast<std::uint32_t>(items.size()));
    if (rendering.run.failed()) return Flow::failed;
    auto& loop = *static_cast<LoopObject*>(const_cast<Object*>(forloop.as_object()));
    rendering.slot(plan_.forloop) = {forloop, true};
    bool has_written = false;
    for (std::size_t i = 0; i < items.size(); ++i) {
      loop.index = static_cast<std::uint32_t>(i);
      rendering.slot(plan_.variable) = {items[plan_.reversed ? items.size() - 1 - i : i], true};
      const std::size_t begin = rendering.output().size();
      const Flow flow = body_.render(rendering);
      if (flow == Flow::failed) return flow;
      if (plan_.separates && !separate(rendering, begin, has_written)) return Flow::failed;
      if (flow == Flow::break_loop) break;
    }
    return Flow::next;
  }

  /// Puts a comma before what was written from `begin` on, if that is anything and not the first.
  static bool separate(Rendering& rendering, std::size_t begin, bool& has_written) {
    const auto written = std::string_view(rendering.output()).substr(begin);
    if (trim(written).empty()) return true;
    if (!std::exchange(has_written, true)) return true;
    return rendering.run.charge(written.size() / 64) && rendering.insert(begin, ",");
  }

  LoopPlan plan_;
  Block body_, otherwise_;
};

/// `limit:`, `offset:`, `reversed`, in any order, perhaps with commas between them.
void parse_options(Parser& parser, Markup& markup, LoopPlan& plan) {
  for (bool more = true; more;) {
    markup.accept(",");
    if (markup.accept_word("reversed")) {
      plan.reversed = true;
    } else if (markup.accept_word("limit")) {
      if (!markup.accept(":")) markup.unexpected("':'");
      plan.limit = Operand::parse(parser, markup);
    } else if (markup.accept_word("offset")) {
      if (!markup.accept(":")) markup.unexpected("':'");
      plan.continues = markup.accept_word("continue");
      if (!plan.continues) plan.offset = Operand::parse(parser, markup);
    } else {
      more = false;
    }
  }
}

std::unique_ptr<const Node> parse_loop(Parser& parser, Markup& markup, std::string_view tag, std::string_view end) {
  LoopPlan plan;
  plan.separates = tag == "JSONArrayFor";
  const std::string_view variable = markup.needed_name("the name of the loop's variable");
  if (!markup.accept_word("in")) markup.unexpected("'in'");
  plan.collection = Operand::parse(parser, markup);
  plan.cursor = parser.names().cursor(markup.passed());
  parse_options(parser, markup, plan);
  markup.finish();
  plan.variable = parser.names().enter(variable);
  plan.forloop = parser.names().enter("forloop");
  Block body, otherwise;
  Parser::End found = parser.parse_block(body, markup, tag, {"else", end});
  parser.names().leave();
  parser.names().leave();
  found.markup.finish();
  if (found.name == "else") parser.parse_block(otherwise, markup, tag, {end}).markup.finish();
  return std::make_unique<For>(std::move(plan), std::move(body), std::move(otherwise));
}
std::unique_ptr<const Node> parse_for(Parser& parser, Markup& markup) {
  return parse_loop(parser, markup, "for", "endfor");
}
std::unique_ptr<const Node> parse_json_array_for(Parser& parser, Markup& markup) {
  return parse_loop(parser, markup, "JSONArrayFor", "endJSONArrayFor");
}

/// break and continue. Outside of a loop they end the template.
class Leave final : public Node {
 public:
  explicit Leave(Flow flow) : flow_(flow) {}
  Flow render(Rendering&) const override { return flow_; }

 private:
  Flow flow_;
};
std::unique_ptr<const Node> parse_break(Parser&, Markup& markup) {
  markup.finish();
  return std::make_unique<Leave>(Flow::break_loop);
}
std::unique_ptr<const Node> parse_continue(Parser&, Markup& markup) {
  markup.finish();
  return std::make_unique<Leave>(Flow::continue_loop);
}

/// Gives its values in turn, each time it is rendered.
class Cycle final : public Node {
 public:
  Cycle(std::size_t cursor, std::vector<Operand> values) : cursor_(cursor), values_(std::move(values)) {}
  Flow render(Rendering& rendering) const override {
    std::uint32_t& at = rendering.cursor(cursor_);
    const Value value = values_[at % values_.size()].value(rendering);
    at = static_cast<std::uint32_t>((at + 1) % values_.size());
    return !rendering.run.failed() && rendering.write(value) ? Flow::next : Flow::failed;
  }

 private:
  std::size_t cursor_;
  std::vector<Operand> values_;
};

/// `{% cycle 'a', 'b' %}` or `{% cycle 'name': 'a', 'b' %}`: those of one name, or with the same values, share a turn.
std::unique_ptr<const Node> parse_cycle(Parser& parser, Markup& markup) {
  std::vector<Operand> values;
  values.push_back(Operand::parse(parser, markup));
  const std::string_view first = markup.passed();
  const bool is_named = markup.accept(":");
  if (is_named) values[0] = Operand::parse(parser, markup);
  while (markup.accept(",")) values.push_back(Operand::parse(parser, markup));
  markup.finish();
  return std::make_unique<Cycle>(parser.names().cursor(is_named ? first : markup.passed()), std::move(values));
}

constexpr Tag rows[] = {{"for", parse_for},
                        {"JSONArrayFor", parse_json_array_for},
                        {"break", parse_break},
                        {"continue", parse_continue},
                        {"cycle", parse_cycle}};

}  // namespace

constinit const std::span<const Tag> loop_tags = rows;

}  // namespace sluice::liquid
