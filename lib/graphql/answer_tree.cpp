// SPDX-License-Identifier: Apache-2.0
#include "graphql/answer_tree.hpp"

#include "base/json.hpp"
#include "graphql/request.hpp"

#include <algorithm>

namespace sluice::graphql {

AnswerTree::Node& AnswerTree::add_member(Node& object, std::string_view name, bool is_required) {
  Node& node = nodes_.emplace_back();
  node.is_required = is_required;
  node.around = &object;
  node.name = name;
  object.inside.push_back(&node);
  return node;
}

AnswerTree::Node& AnswerTree::add_item(Node& list, bool is_required) {
  Node& node = add_member(list, {}, is_required);
  node.index = list.inside.size() - 1;
  return node;
}

void AnswerTree::make_null(Node& at) {
  Node* place = &at;
  while (place->is_required && place->around != nullptr) place = place->around;
  place->kind = Node::Kind::null;
  place->inside.clear();  // The nodes stay: calls for them may be under way.
}

bool AnswerTree::is_lost(const Node& node) {
  for (const Node* around = node.around; around != nullptr; around = around->around) {
    if (around->kind == Node::Kind::null) return true;
  }
  return node.kind == Node::Kind::null;
}

void AnswerTree::append_path(std::string& to, const Node& node) {
  std::vector<const Node*> path;
  for (const Node* at = &node; at->around != nullptr; at = at->around) path.push_back(at);
  to += '[';
  for (auto at = path.rbegin(); at != path.rend(); ++at) {
    if (to.back() != '[') to += ',';
    if ((*at)->name.empty()) {
      to += std::to_string((*at)->index);
    } else {
      append_json_string(to, (*at)->name);
    }
  }
  to += ']';
}

void AnswerTree::fail(Node& at, std::size_t offset, std::string_view message, std::string_view code) {
  const bool is_new = !is_lost(at);
  make_null(at);
  // What happens inside of a value that is gone concerns nobody.
  if (!is_new || errors_.size() >= most_errors_) return;
  std::string error = error_json(text_, {offset, std::string(message)});
  error.pop_back();
  error += ",\"path\":";
  append_path(error, at);
  if (!code.empty()) {
    error += ",\"extensions\":{\"code\":";
    append_json_string(error, code);
    error += '}';
  }
  errors_.push_back(error + "}");
}

void AnswerTree::add_error(std::string json) {
  if (errors_.size() < most_errors_) errors_.push_back(std::move(json));
}

/// As deep as the answer, which selections and types bound.
bool AnswerTree::append(std::string& to, const Node& node, std::size_t most_bytes) const {
  const bool is_object = node.kind == Node::Kind::object;
  if (node.kind == Node::Kind::json) {
    to += node.json;
  } else if (is_object || node.kind == Node::Kind::list) {
    to += is_object ? '{' : '[';
    for (const Node* inner : node.inside) {
      if (inner != node.inside.front()) to += ',';
      if (is_object) {
        append_json_string(to, inner->name);
        to += ':';
      }
      if (!append(to, *inner, most_bytes)) return false;
    }
    to += is_object ? '}' : ']';
  } else {
    to += "null";
  }
  return to.size() <= most_bytes;
}

std::optional<std::string> AnswerTree::write(std::size_t most_bytes) const {
  std::string text = "{\"data\":";
  if (!append(text, root_, most_bytes)) return std::nullopt;
  if (!errors_.empty()) text += ",\"errors\":" + errors_json(errors_);
  text += '}';
  return text.size() <= most_bytes ? std::optional(std::move(text)) : std::nullopt;
}

}  // namespace sluice::graphql
