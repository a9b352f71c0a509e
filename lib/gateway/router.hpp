// SPDX-License-Identifier: Apache-2.0
// Router: from a URL to an API and an operation. Built once per snapshot, immutable, one per gateway.
//
// API: the longest path that is a prefix on segment boundaries; among the versions of that path by segment, query or
// header; among revisions the current one, or the one that `;rev=n` names. Operation: the method and the template of
// the remaining path, literal segments before patterns, parameters and the rest. Paths compare without case.
// Source: policies.md section 4.4.
#pragma once

#include <sluice/context.hpp>
#include <sluice/message.hpp>
#include <sluice/model.hpp>

#include "gateway/operation_template.hpp"
#include "gateway/segment_edges.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

struct Route {
  static constexpr std::uint32_t none = UINT32_MAX;
  std::uint32_t api = none;        ///< Index into the model's APIs.
  std::uint32_t operation = none;  ///< Index into that API's operations.
  bool has_other_method = false;   ///< No operation, but one of another method fits the path.
  std::string_view path;           ///< What follows the API's part; begins with `/`.
  std::span<const MatchedParameter> parameters;

  bool has_api() const { return api != none; }
  bool has_operation() const { return operation != none; }
};

class Router {
 public:
  /// `model` must outlive the router. `served`: for each API whether this gateway serves it; empty: all.
  explicit Router(const ServiceModel& model, const std::vector<bool>& served = {});

  /// Finds API and operation of a request. Texts of the result live in the request or in its arena.
  Route match(std::string_view method, const Url& url, const Headers& headers, Arena& arena) const;

 private:
  static constexpr std::uint32_t none = SegmentEdges::none;

  struct Revision {
    std::uint32_t api;
    std::string_view number;
    bool is_current;
  };
  struct Version {
    const VersionSet* set = nullptr;  ///< Null, or `name` empty: reached without an identifier.
    std::string_view name;
    std::vector<Revision> revisions;
  };
  /// The APIs of one path.
  struct Group {
    std::vector<Version> versions;
  };
  /// An operation at the end of its template.
  struct Ending {
    std::uint32_t operation;
    std::string method;
    std::vector<std::string> names;  ///< Of the captures, in order; empty: not wanted.
    std::vector<QueryCondition> query;
  };
  struct Pattern {
    std::vector<std::string> pieces;
    std::uint32_t to;
  };
  struct Node {
    bool has_literals = false;  ///< Edges for literal segments.
    std::uint32_t parameter = none;
    std::uint32_t group = none;  ///< Nodes of API paths.
    std::vector<Pattern> patterns;
    std::vector<Ending> endings;       ///< The path ends here.
    std::vector<Ending> rest_endings;  ///< Anything may follow.
  };
  struct Prefix;
  struct Search;

  std::uint32_t new_node();
  std::uint32_t literal_child(std::uint32_t node, std::string_view segment);
  std::uint32_t child(std::uint32_t node, const TemplateSegment& segment);
  void add_api(const ServiceModel& model, std::uint32_t index);
  void add_operation(std::uint32_t api, std::uint32_t index, const Operation& operation);

  Prefix find_prefix(std::string_view path) const;
  const Version* choose_version(const Group& group, const Url& url, const Headers& headers, Arena& arena,
                                Prefix& prefix) const;
  bool search(std::uint32_t node, std::string_view rest, Search& state) const;
  bool search_patterns(const Node& node, std::string_view segment, std::string_view behind, Search& state) const;
  bool try_endings(const std::vector<Ending>& endings, Search& state) const;

  std::vector<Node> nodes_;
  std::vector<Group> groups_;
  std::vector<std::uint32_t> roots_;  ///< By API: the tree of its operations.
  SegmentEdges edges_;
  std::size_t most_captures_ = 0;
};

}  // namespace sluice
