// SPDX-License-Identifier: Apache-2.0
// SegmentEdges: open addressing with linear probing.
#include "gateway/segment_edges.hpp"

#include "base/text.hpp"

namespace sluice {

std::uint64_t SegmentEdges::hash_of(std::uint32_t node, std::uint64_t segment) {
  const std::uint64_t hash = (segment ^ node) * 0x9E3779B97F4A7C15u;
  return hash ^ (hash >> 29);
}

std::uint32_t SegmentEdges::find(std::uint32_t node, const PathSegment& segment) const {
  if (slots_.empty()) return none;
  const std::uint64_t hash = hash_of(node, segment.hash);
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t i = hash & mask;; i = (i + 1) & mask) {
    const Edge& edge = slots_[i];
    if (edge.to == none) return none;
    if (edge.hash == hash && edge.node == node && same_name(edge.segment, segment.text)) return edge.to;
  }
}

void SegmentEdges::add(std::uint32_t node, std::string_view segment, std::uint32_t to) {
  if ((used_ + 1) * 2 > slots_.size()) grow();
  place({node, to, hash_of(node, segment_hash(segment)), std::string(segment)});
  ++used_;
}

void SegmentEdges::place(Edge edge) {
  const std::size_t mask = slots_.size() - 1;
  std::size_t i = edge.hash & mask;
  while (slots_[i].to != none) i = (i + 1) & mask;
  slots_[i] = std::move(edge);
}

void SegmentEdges::grow() {
  std::vector<Edge> old(slots_.empty() ? 16 : slots_.size() * 2);
  old.swap(slots_);
  for (Edge& edge : old) {
    if (edge.to != none) place(std::move(edge));
  }
}

}  // namespace sluice
