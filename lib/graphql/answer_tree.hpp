// SPDX-License-Identifier: Apache-2.0
// The answer to a GraphQL request while it is being put together: a tree of the values found so far, and the errors.
// An error makes its place null, or the nearest place around it that may be null.
// Source: GraphQL specification, October 2021, sections 6.4.4 and 7.1.
#pragma once

#include "graphql/lexer.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::graphql {

class AnswerTree {
 public:
  struct Node {
    enum class Kind : std::uint8_t { pending, null, json, object, list };
    Kind kind = Kind::pending;
    bool is_required = false;  ///< Null is no value of it.
    Node* around = nullptr;
    std::string_view name;  ///< Of a member; empty: an item.
    std::size_t index = 0;  ///< Of an item.
    std::string json;       ///< Of kind `json`.
    std::vector<Node*> inside;
  };

  /// `most_errors` are told, the others have their effect only. `text`: the document.
  AnswerTree(std::string_view text, std::size_t most_errors) : text_(text), most_errors_(most_errors) {}

  Node& root() { return root_; }
  Node& add_member(Node& object, std::string_view name, bool is_required);
  Node& add_item(Node& list, bool is_required);

  /// Tells of an error at a place, which becomes null.
  void fail(Node& at, std::size_t offset, std::string_view message, std::string_view code = {});
  /// The same without an error of its own: somebody else has told of one.
  void make_null(Node& at);
  /// An error that is told as it is, JSON.
  void add_error(std::string json);
  bool has_errors() const { return !errors_.empty(); }
  /// Nothing that is found out for this place is part of the answer any more.
  static bool is_lost(const Node& node);

  /// `{"data": …, "errors": […]}`; nothing when it is longer than `most_bytes`.
  std::optional<std::string> write(std::size_t most_bytes) const;

 private:
  static void append_path(std::string& to, const Node& node);
  bool append(std::string& to, const Node& node, std::size_t most_bytes) const;

  std::string_view text_;
  std::size_t most_errors_;
  Node root_{.kind = Node::Kind::object};
  std::deque<Node> nodes_;
  std::vector<std::string> errors_;
};

}  // namespace sluice::graphql
