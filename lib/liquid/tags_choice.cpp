// SPDX-License-Identifier: Apache-2.0
// Tags that choose: if, unless, case; and those that leave out: comment, raw.
// Source: DotLiquid, If, Unless, Case, Comment, Raw.
#include "liquid/condition.hpp"
#include "liquid/parser.hpp"

#include <optional>

namespace sluice::liquid {
namespace {

/// if with its elsif and else; of unless the first condition must not hold.
class If final : public Node {
 public:
  struct Branch {
    std::optional<Condition> condition;  ///< Nothing: else.
    bool must_hold = true;
    Block block;
  };
  explicit If(std::vector<Branch> branches) : branches_(std::move(branches)) {}

  Flow render(Rendering& rendering) const override {
    for (const Branch& branch : branches_) {
      const bool is_taken = !branch.condition || branch.condition->holds(rendering) == branch.must_hold;
      if (rendering.run.failed()) return Flow::failed;
      if (is_taken) return branch.block.render(rendering);
    }
    return Flow::next;
  }

 private:
  std::vector<Branch> branches_;
};

std::unique_ptr<const Node> parse_branches(Parser& parser, Markup& markup, std::string_view tag, std::string_view end) {
  std::vector<If::Branch> branches(1);
  branches.back().must_hold = tag == "if";
  branches.back().condition = Condition::parse(parser, markup);
  markup.finish();
  for (bool is_else = false;;) {
    Parser::End found = is_else ? parser.parse_block(branches.back().block, markup, tag, {end})
                                : parser.parse_block(branches.back().block, markup, tag, {"elsif", "else", end});
    if (found.name.empty() || found.name == end) {
      found.markup.finish();
      return std::make_unique<If>(std::move(branches));
    }
    is_else = found.name == "else";
    If::Branch next;
    if (!is_else) next.condition = Condition::parse(parser, found.markup);
    found.markup.finish();
    branches.push_back(std::move(next));
  }
}
std::unique_ptr<const Node> parse_if(Parser& parser, Markup& markup) {
  return parse_branches(parser, markup, "if", "endif");
}
std::unique_ptr<const Node> parse_unless(Parser& parser, Markup& markup) {
  return parse_branches(parser, markup, "unless", "endunless");
}

/// Every when that names the value is rendered; else when none does.
class Case final : public Node {
 public:
  struct When {
    std::vector<Operand> values;  ///< None: else.
    Block block;
  };
  Case(Operand subject, std::vector<When> whens) : subject_(std::move(subject)), whens_(std::move(whens)) {}

  Flow render(Rendering& rendering) const override {
    bool was_found = false;
    for (const When& when : whens_) {
      const bool is_taken = when.values.empty() ? !was_found : names(when, rendering);
      if (rendering.run.failed()) return Flow::failed;
      if (!is_taken) continue;
      was_found = true;
      const Flow flow = when.block.render(rendering);
      if (flow != Flow::next) return flow;
    }
    return Flow::next;
  }

 private:
  bool names(const When& when, Rendering& rendering) const {
    for (const Operand& value : when.values) {
      if (are_equal(rendering, subject_, value)) return true;
    }
    return false;
  }

  Operand subject_;
  std::vector<When> whens_;
};

std::vector<Operand> parse_when(Parser& parser, Markup& markup) {
  std::vector<Operand> values;
  do values.push_back(Operand::parse(parser, markup));
  while (markup.accept(",") || markup.accept_word("or"));
  markup.finish();
  return values;
}

std::unique_ptr<const Node> parse_case(Parser& parser, Markup& markup) {
  Operand subject = Operand::parse(parser, markup);
  markup.finish();
  std::vector<Case::When> whens;
  Block before;  // What stands before the first when belongs to none.
  for (bool is_else = false;;) {
    Block& block = whens.empty() ? before : whens.back().block;
    Parser::End found = is_else ? parser.parse_block(block, markup, "case", {"endcase"})
                                : parser.parse_block(block, markup, "case", {"when", "else", "endcase"});
    if (found.name.empty() || found.name == "endcase") {
      found.markup.finish();
      return std::make_unique<Case>(std::move(subject), std::move(whens));
    }
    is_else = found.name == "else";
    Case::When next;
    if (is_else) {
      found.markup.finish();
    } else {
      next.values = parse_when(parser, found.markup);
    }
    whens.push_back(std::move(next));
  }
}

std::unique_ptr<const Node> parse_comment(Parser& parser, Markup& markup) {
  markup.finish();
  parser.pass_to(markup, "comment", "endcomment");
  return nullptr;
}

class Raw final : public Node {
 public:
  explicit Raw(std::string_view text) : text_(text) {}
  Flow render(Rendering& rendering) const override { return rendering.write(text_) ? Flow::next : Flow::failed; }

 private:
  std::string_view text_;
};

std::unique_ptr<const Node> parse_raw(Parser& parser, Markup& markup) {
  markup.finish();
  return std::make_unique<Raw>(parser.pass_to(markup, "raw", "endraw"));
}

constexpr Tag rows[] = {
    {"if", parse_if}, {"unless", parse_unless}, {"case", parse_case}, {"comment", parse_comment}, {"raw", parse_raw}};

}  // namespace

constinit const std::span<const Tag> choice_tags = rows;

}  // namespace sluice::liquid
