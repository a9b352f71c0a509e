// SPDX-License-Identifier: Apache-2.0
// Blocks, texts, outputs; tags are looked up in the tables of their families.
#include "liquid/parser.hpp"

#include <algorithm>
#include <array>

namespace sluice::liquid {
namespace {

class Text final : public Node {
 public:
  explicit Text(std::string_view text) : text_(text) {}
  Flow render(Rendering& rendering) const override { return rendering.write(text_) ? Flow::next : Flow::failed; }

 private:
  std::string_view text_;
};

class Output final : public Node {
 public:
  explicit Output(FilteredValue value) : value_(std::move(value)) {}
  Flow render(Rendering& rendering) const override {
    const Value value = value_.value(rendering);
    return !rendering.run.failed() && rendering.write(value) ? Flow::next : Flow::failed;
  }

 private:
  FilteredValue value_;
};

const Tag* find_tag(std::string_view name) {
  for (const std::span<const Tag> family : {choice_tags, loop_tags, variable_tags}) {
    for (const Tag& tag : family) {
      if (tag.name == name) return &tag;
    }
  }
  return nullptr;
}

/// Words that only make sense inside of a block.
bool belongs_to_block(std::string_view name) {
  return name.starts_with("end") || name == "else" || name == "elsif" || name == "when";
}

}  // namespace

Flow Block::render(Rendering& rendering) const {
  for (const auto& node : nodes_) {
    const Flow flow = node->render(rendering);
    if (flow != Flow::next) return flow;
  }
  return Flow::next;
}

Parser::Level::Level(Parser& parser, std::uint32_t offset) : parser_(parser) {
  const unsigned most = parser.options_.limits.nesting_depth;
  if (++parser.depth_ <= most || std::exchange(parser.stopped_, true)) return;
  parser.findings_.error("SL9004", offset, 1, "the template is nested deeper than " + std::to_string(most) + " levels");
}

Block Parser::parse() {
  Block all;
  while (const auto piece = stopped_ ? std::nullopt : scanner_.next()) {
    if (piece->kind != PieceKind::tag) {
      parse_text_or_output(all, *piece);
      continue;
    }
    Markup markup(*piece, findings_);
    const std::string_view name = markup.needed_name("the name of a tag");
    if (!name.empty()) parse_tag(all, markup, name);
  }
  return all;
}

Parser::End Parser::parse_block(Block& to, const Markup& opener, std::string_view tag,
                                std::initializer_list<std::string_view> ends) {
  const Level level(*this, opener.opening());
  while (const auto piece = stopped_ ? std::nullopt : scanner_.next()) {
    if (piece->kind != PieceKind::tag) {
      parse_text_or_output(to, *piece);
      continue;
    }
    Markup markup(*piece, findings_);
    const std::string_view name = markup.needed_name("the name of a tag");
    if (name.empty()) continue;
    if (std::find(ends.begin(), ends.end(), name) != ends.end()) return {name, markup};
    parse_tag(to, markup, name);
  }
  report_open(opener, tag, *(ends.end() - 1));
  return {{}, opener};
}

std::string_view Parser::pass_to(const Markup& opener, std::string_view tag, std::string_view end) {
  const auto passed = scanner_.pass_to(end);
  if (!passed) {
    report_open(opener, tag, end);
    stopped_ = true;
  }
  return passed.value_or(std::string_view());
}

void Parser::report_open(const Markup& opener, std::string_view tag, std::string_view end) {
  if (stopped_ || scanner_.is_broken()) return;
  findings_.error("SL3101", opener.opening(), 2, "{% " + std::string(tag) + " %} is not closed",
                  "write {% " + std::string(end) + " %} where it ends");
}

void Parser::parse_text_or_output(Block& to, const Piece& piece) {
  if (piece.kind == PieceKind::text) return to.add(std::make_unique<Text>(piece.text));
  Markup markup(piece, findings_);
  FilteredValue value = FilteredValue::parse(*this, markup);
  markup.finish();
  to.add(std::make_unique<Output>(std::move(value)));
}

void Parser::parse_tag(Block& to, Markup& markup, std::string_view name) {
  if (const Tag* tag = find_tag(name)) {
    if (auto node = tag->parse(*this, markup)) to.add(std::move(node));
    return;
  }
  if (belongs_to_block(name)) {
    markup.error_at(name, "SL3101", "{% " + std::string(name) + " %} stands where no block is open that it belongs to");
  } else {
    markup.error_at(name, "SL3102", "'" + std::string(name) + "' is no tag of Liquid templates");
  }
}

}  // namespace sluice::liquid
