// SPDX-License-Identifier: Apache-2.0
// The edges of a tree of path segments, in one flat hash table: (node, segment) to node. Segments compare without case.
// Filled once when a snapshot is built; only its configuration chooses the entries, so a plain hash serves.
#pragma once

#include "gateway/path_segment.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

class SegmentEdges {
 public:
  static constexpr std::uint32_t none = UINT32_MAX;

  /// The node that `segment` leads to from `node`; `none` when there is no such edge.
  std::uint32_t find(std::uint32_t node, const PathSegment& segment) const;
  /// Adds an edge that is not there yet.
  void add(std::uint32_t node, std::string_view segment, std::uint32_t to);

 private:
  struct Edge {
    std::uint32_t node = none;
    std::uint32_t to = none;
    std::uint64_t hash = 0;
    std::string segment;
  };
  static std::uint64_t hash_of(std::uint32_t node, std::uint64_t segment);
  void place(Edge edge);
  void grow();

  std::vector<Edge> slots_;  ///< A power of two, at most half full.
  std::size_t used_ = 0;
};

}  // namespace sluice
