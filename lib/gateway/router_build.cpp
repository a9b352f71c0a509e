// SPDX-License-Identifier: Apache-2.0
// Router: building its trees from a model. All trees share one table of edges; node 0 is the root of API paths.
// Offline revisions are left out, and what this gateway does not serve. Of two operations with the same method and
// shape the first one serves (the model's rules report them).
#include "gateway/router.hpp"

#include "base/entity_lookup.hpp"
#include "base/text.hpp"

#include <algorithm>

namespace sluice {
namespace {

std::string upper_case(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  }
  return result;
}

/// More conditions on the query come first.
bool is_more_specific(const std::vector<QueryCondition>& left, const std::vector<QueryCondition>& right) {
  return left.size() > right.size();
}

}  // namespace

Router::Router(const ServiceModel& model, const std::vector<bool>& served) {
  new_node();
  roots_.resize(model.apis.size(), none);
  for (std::uint32_t i = 0; i < model.apis.size(); ++i) {
    if (model.apis[i].is_online && (served.empty() || served[i])) add_api(model, i);
  }
}

std::uint32_t Router::new_node() {
  nodes_.emplace_back();
  return static_cast<std::uint32_t>(nodes_.size() - 1);
}

std::uint32_t Router::literal_child(std::uint32_t node, std::string_view segment) {
  std::uint32_t to = edges_.find(node, {segment, segment_hash(segment)});
  if (to != none) return to;
  to = new_node();
  edges_.add(node, segment, to);
  nodes_[node].has_literals = true;
  return to;
}

std::uint32_t Router::child(std::uint32_t node, const TemplateSegment& segment) {
  switch (segment.kind) {
    case TemplateSegment::Kind::literal: return literal_child(node, segment.text);
    case TemplateSegment::Kind::parameter: {
      if (nodes_[node].parameter == none) {
        const std::uint32_t made = new_node();
        nodes_[node].parameter = made;
      }
      return nodes_[node].parameter;
    }
    case TemplateSegment::Kind::pattern: {
      for (const Pattern& pattern : nodes_[node].patterns) {
        if (pattern.pieces == segment.pieces) return pattern.to;
      }
      const std::uint32_t made = new_node();
      nodes_[node].patterns.push_back({segment.pieces, made});
      return made;
    }
    case TemplateSegment::Kind::rest: return node;
  }
  return node;
}

void Router::add_api(const ServiceModel& model, std::uint32_t index) {
  const Api& api = model.apis[index];
  std::uint32_t node = 0;
  for (std::string_view segment : split(api.path, '/')) {
    if (!segment.empty()) node = literal_child(node, segment);
  }
  if (nodes_[node].group == none) {
    nodes_[node].group = static_cast<std::uint32_t>(groups_.size());
    groups_.emplace_back();
  }
  Group& group = groups_[nodes_[node].group];
  const VersionSet* set = find_entity(model.version_sets, api.workspace_id, api.version_set_id);
  const VersionSet* versions = api.version.empty() ? nullptr : set;
  const std::string_view name = versions != nullptr ? std::string_view(api.version) : std::string_view();
  auto version = std::find_if(group.versions.begin(), group.versions.end(),
                              [&](const Version& v) { return v.set == versions && v.name == name; });
  if (version == group.versions.end()) version = group.versions.insert(version, {versions, name, {}});
  version->revisions.push_back({index, api.revision, api.is_current});

  roots_[index] = new_node();
  for (std::uint32_t i = 0; i < api.operations.size(); ++i) add_operation(index, i, api.operations[i]);
}

void Router::add_operation(std::uint32_t api, std::uint32_t index, const Operation& operation) {
  OperationTemplate parsed = parse_operation_template(operation);
  std::uint32_t node = roots_[api];
  Ending ending{index, upper_case(operation.method), {}, std::move(parsed.query)};
  bool is_rest = false;
  for (const TemplateSegment& segment : parsed.segments) {
    node = child(node, segment);
    is_rest = segment.kind == TemplateSegment::Kind::rest;
    for (const std::string& name : segment.parameters) ending.names.push_back(name);
    if (is_rest && segment.parameters.empty()) ending.names.emplace_back();
  }
  most_captures_ = std::max(most_captures_, ending.names.size());
  std::vector<Ending>& endings = is_rest ? nodes_[node].rest_endings : nodes_[node].endings;
  const auto at = std::upper_bound(endings.begin(), endings.end(), ending, [](const Ending& left, const Ending& right) {
    return is_more_specific(left.query, right.query);
  });
  endings.insert(at, std::move(ending));
}

}  // namespace sluice
