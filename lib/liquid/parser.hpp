// SPDX-License-Identifier: Apache-2.0
// From the text of a template to its nodes. Tags are rows of tables, one file a family.
#pragma once

#include "liquid/markup.hpp"
#include "liquid/names.hpp"
#include "liquid/node.hpp"

#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>

namespace sluice::liquid {

class Parser {
 public:
  /// What is given must outlive the nodes, `findings` apart.
  Parser(std::string_view source, const LiquidOptions& options, expression::Findings& findings)
      : options_(options), findings_(findings), scanner_(source, findings) {}

  Block parse();

  /// The tag that ended a block.
  struct End {
    std::string_view name;
    Markup markup;  ///< Read up to behind the name.
  };
  /// Reads a block up to one of the tags `ends`, which is passed. One that does not end is reported at its tag, whose
  /// markup is `opener`; `name` is empty then.
  End parse_block(Block& to, const Markup& opener, std::string_view tag, std::initializer_list<std::string_view> ends);
  /// Passes what stands between a tag and its end without looking into it.
  std::string_view pass_to(const Markup& opener, std::string_view tag, std::string_view end);

  Names& names() { return names_; }
  const LiquidOptions& options() const { return options_; }
  void note_body() { reads_body_ = true; }
  bool reads_body() const { return reads_body_; }

  /// One level of blocks or values inside of others, as long as it lives.
  class Level {
   public:
    /// Too deep is reported (SL9004); the parser stops then.
    Level(Parser& parser, std::uint32_t offset);
    ~Level() { --parser_.depth_; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;
    bool ok() const { return !parser_.stopped_; }

   private:
    Parser& parser_;
  };

 private:
  void parse_text_or_output(Block& to, const Piece& piece);
  void parse_tag(Block& to, Markup& markup, std::string_view name);
  void report_open(const Markup& opener, std::string_view tag, std::string_view end);

  const LiquidOptions& options_;
  expression::Findings& findings_;
  Scanner scanner_;
  Names names_;
  unsigned depth_ = 0;
  bool reads_body_ = false;
  bool stopped_ = false;
};

/// A row for a tag. `parse` reads the rest of its markup and, for blocks, what follows up to its end; null for nothing.
struct Tag {
  std::string_view name;
  std::unique_ptr<const Node> (*parse)(Parser& parser, Markup& markup);
};

extern const std::span<const Tag> choice_tags, loop_tags, variable_tags;

}  // namespace sluice::liquid
