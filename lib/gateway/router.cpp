// SPDX-License-Identifier: Apache-2.0
// Router: matching. One walk down the tree of API paths, then a depth-first search of the operation tree. The search
// visits each node of a tree at most once and recurses no deeper than the longest template (Router's build is in
// router_build.cpp).
#include "gateway/router.hpp"

#include "base/text.hpp"
#include "base/url.hpp"

#include <algorithm>

namespace sluice {
namespace {

/// Splits `orders;rev=2` into name and revision.
std::string_view split_revision(std::string_view segment, std::string_view& revision) {
  const std::size_t semicolon = segment.rfind(';');
  if (semicolon == std::string_view::npos) return segment;
  const std::string_view parameter = segment.substr(semicolon + 1);
  if (parameter.size() <= 4 || !equal_ignoring_case(parameter.substr(0, 4), "rev=")) return segment;
  revision = parameter.substr(4);
  return segment.substr(0, semicolon);
}

}  // namespace

/// How far the path of an API reaches into the path of a request.
struct Router::Prefix {
  std::uint32_t group = none;
  std::string_view rest;      ///< Behind the API's path.
  std::string_view revision;  ///< Of `;rev=n`.
};

/// One search for an operation.
struct Router::Search {
  std::string_view method;
  std::string_view query;
  Arena& arena;
  std::span<std::string_view> captures;
  std::size_t captured = 0;
  const Ending* found = nullptr;
  bool has_other_method = false;
};

Router::Prefix Router::find_prefix(std::string_view path) const {
  Prefix best{nodes_[0].group, path, {}};
  const bool may_name_revision = path.find(';') != std::string_view::npos;
  std::uint32_t node = 0;
  while (!path.empty() && nodes_[node].has_literals) {
    std::string_view revision;
    PathSegment segment = take_segment(path);
    if (may_name_revision) {
      segment.text = split_revision(segment.text, revision);
      segment.hash = segment_hash(segment.text);
    }
    node = edges_.find(node, segment);
    if (node == none) break;
    if (nodes_[node].group != none) best = {nodes_[node].group, path, revision};
    if (!revision.empty()) break;  // The revision ends the API's part.
  }
  return best;
}

const Router::Version* Router::choose_version(const Group& group, const Url& url, const Headers& headers, Arena& arena,
                                              Prefix& prefix) const {
  const Version* original = nullptr;
  bool is_named = false;  // The request carries an identifier, of this version or another.
  for (const Version& version : group.versions) {
    if (version.set == nullptr || version.name.empty()) {
      original = &version;
      continue;
    }
    if (version.set->scheme == VersioningScheme::segment) {
      std::string_view rest = prefix.rest;
      std::string_view revision = prefix.revision;
      if (!equal_ignoring_case(split_revision(take_segment(rest).text, revision), version.name)) continue;
      prefix.rest = rest;
      prefix.revision = revision;
      return &version;
    }
    std::optional<std::string_view> wanted;
    if (version.set->scheme == VersioningScheme::query) {
      wanted = query_value(url.query, version.set->version_query_name, arena);
    } else if (const Header* line = headers.find(HeaderName(version.set->version_header_name))) {
      wanted = line->value;
    }
    if (wanted && equal_ignoring_case(*wanted, version.name)) return &version;
    is_named = is_named || wanted.has_value();
  }
  return is_named ? nullptr : original;
}

Route Router::match(std::string_view method, const Url& url, const Headers& headers, Arena& arena) const {
  Route route;
  Prefix prefix = find_prefix(url.path);
  if (prefix.group == none) return route;
  const Version* version = choose_version(groups_[prefix.group], url, headers, arena, prefix);
  if (version == nullptr) return route;
  const auto revision = std::find_if(version->revisions.begin(), version->revisions.end(), [&](const Revision& r) {
    return prefix.revision.empty() ? r.is_current : r.number == prefix.revision;
  });
  if (revision == version->revisions.end()) return route;

  route.api = revision->api;
  route.path = prefix.rest.empty() ? std::string_view("/") : prefix.rest;
  Search state{method, url.query, arena, arena.make_array<std::string_view>(most_captures_)};
  if (search(roots_[route.api], prefix.rest, state)) {
    route.operation = state.found->operation;
    auto parameters = arena.make_array<MatchedParameter>(state.captured + state.found->query.size());
    std::size_t count = 0;
    const bool is_encoded = url.path.find('%') != std::string_view::npos;
    for (std::size_t i = 0; i < state.captured; ++i) {
      if (state.found->names[i].empty()) continue;
      const std::string_view value = state.captures[i];
      parameters[count++] = {state.found->names[i], is_encoded ? percent_decode(value, arena) : value};
    }
    for (const QueryCondition& condition : state.found->query) {
      if (condition.parameter.empty()) continue;
      const auto value = query_value(url.query, condition.name, arena);
      if (value) parameters[count++] = {condition.parameter, *value};
    }
    route.parameters = parameters.first(count);
  }
  route.has_other_method = !route.has_operation() && state.has_other_method;
  return route;
}

bool Router::try_endings(const std::vector<Ending>& endings, Search& state) const {
  for (const Ending& ending : endings) {
    const bool fits = std::all_of(ending.query.begin(), ending.query.end(), [&](const QueryCondition& condition) {
      if (!condition.is_required) return true;
      const auto value = query_value(state.query, condition.name, state.arena);
      return value && (!condition.parameter.empty() || equal_ignoring_case(*value, condition.value));
    });
    if (!fits) continue;
    if (ending.method == state.method) {
      state.found = &ending;
      return true;
    }
    state.has_other_method = true;
  }
  return false;
}

bool Router::search_patterns(const Node& node, std::string_view segment, std::string_view behind, Search& state) const {
  const std::size_t captured = state.captured;
  std::vector<std::string_view> pieces;
  for (const Pattern& pattern : node.patterns) {
    if (!match_pattern(pattern.pieces, segment, pieces)) continue;
    for (std::string_view piece : pieces) state.captures[state.captured++] = piece;
    if (search(pattern.to, behind, state)) return true;
    state.captured = captured;
  }
  return false;
}

bool Router::search(std::uint32_t index, std::string_view rest, Search& state) const {
  const Node& node = nodes_[index];
  const std::size_t captured = state.captured;
  const bool is_end = rest.empty() || rest == "/";
  if (is_end && try_endings(node.endings, state)) return true;
  if (!is_end) {
    std::string_view behind = rest;
    const PathSegment segment = take_segment(behind);
    const std::uint32_t literal = node.has_literals ? edges_.find(index, segment) : none;
    if (literal != none && search(literal, behind, state)) return true;
    if (!node.patterns.empty() && search_patterns(node, segment.text, behind, state)) return true;
    if (node.parameter != none && !segment.text.empty()) {
      state.captures[state.captured++] = segment.text;
      if (search(node.parameter, behind, state)) return true;
      state.captured = captured;
    }
  }
  if (node.rest_endings.empty()) return false;
  state.captures[state.captured++] = rest.empty() ? rest : rest.substr(1);
  if (try_endings(node.rest_endings, state)) return true;
  state.captured = captured;
  return false;
}

}  // namespace sluice
