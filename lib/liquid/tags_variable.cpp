// SPDX-License-Identifier: Apache-2.0
// Tags that make variables: assign, capture, increment, decrement. They are the whole template's, in loops too.
// Source: DotLiquid, Assign, Capture, Increment, Decrement.
#include "liquid/parser.hpp"

namespace sluice::liquid {
namespace {

class Assign final : public Node {
 public:
  Assign(std::size_t slot, FilteredValue value) : slot_(slot), value_(std::move(value)) {}
  Flow render(Rendering& rendering) const override {
    const Value value = value_.value(rendering);
    if (rendering.run.failed()) return Flow::failed;
    Slot& slot = rendering.slot(slot_);
    slot.value = value;
    slot.is_set = true;
    return Flow::next;
  }

 private:
  std::size_t slot_;
  FilteredValue value_;
};

std::unique_ptr<const Node> parse_assign(Parser& parser, Markup& markup) {
  const std::string_view name = markup.needed_name("the name of a variable");
  if (!markup.accept("=")) markup.unexpected("'='");
  FilteredValue value = FilteredValue::parse(parser, markup);
  markup.finish();
  return std::make_unique<Assign>(parser.names().global(name), std::move(value));
}

class Capture final : public Node {
 public:
  Capture(std::size_t slot, Block block) : slot_(slot), block_(std::move(block)) {}
  Flow render(Rendering& rendering) const override {
    expression::ArenaText text(&rendering.run.arena);
    expression::ArenaText* outer = rendering.redirect(&text);
    const Flow flow = block_.render(rendering);
    rendering.redirect(outer);
    if (flow == Flow::failed) return flow;
    Slot& slot = rendering.slot(slot_);
    slot.value = rendering.run.adopt(std::move(text));
    slot.is_set = true;
    return rendering.run.failed() ? Flow::failed : flow;
  }

 private:
  std::size_t slot_;
  Block block_;
};

std::unique_ptr<const Node> parse_capture(Parser& parser, Markup& markup) {
  const auto quoted = markup.quoted();
  const std::string_view name = quoted ? *quoted : markup.needed_name("the name of a variable");
  markup.finish();
  Block block;
  parser.parse_block(block, markup, "capture", {"endcapture"}).markup.finish();
  return std::make_unique<Capture>(parser.names().global(name), std::move(block));
}

/// increment writes 0, 1, 2 …; decrement -1, -2, -3 …: both from the same count.
class Count final : public Node {
 public:
  Count(std::size_t slot, bool goes_up) : slot_(slot), goes_up_(goes_up) {}
  Flow render(Rendering& rendering) const override {
    Slot& slot = rendering.slot(slot_);
    slot.is_counted = true;
    const std::int64_t shown = goes_up_ ? slot.count++ : --slot.count;
    return rendering.write(Value::int64(shown)) ? Flow::next : Flow::failed;
  }

 private:
  std::size_t slot_;
  bool goes_up_;
};

std::unique_ptr<const Node> parse_count(Parser& parser, Markup& markup, bool goes_up) {
  const std::string_view name = markup.needed_name("the name of a variable");
  markup.finish();
  return std::make_unique<Count>(parser.names().global(name), goes_up);
}
std::unique_ptr<const Node> parse_increment(Parser& parser, Markup& markup) {
  return parse_count(parser, markup, true);
}
std::unique_ptr<const Node> parse_decrement(Parser& parser, Markup& markup) {
  return parse_count(parser, markup, false);
}

constexpr Tag rows[] = {{"assign", parse_assign},
                        {"capture", parse_capture},
                        {"increment", parse_increment},
                        {"decrement", parse_decrement}};

}  // namespace

constinit const std::span<const Tag> variable_tags = rows;

}  // namespace sluice::liquid
