// SPDX-License-Identifier: Apache-2.0
// VectorIndex: which of many directions lie near to one, by a graph (hnswlib) over rough copies of them. Whoever asks
// compares the few that it names exactly. What has been removed is never named again; it stays a way to its neighbours,
// and takes memory, until the index is made anew. Not for several threads at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace sluice {

class VectorIndex {
 public:
  using Id = std::uint64_t;
  /// Longer directions cannot be indexed.
  static constexpr std::size_t max_dimensions = 65'536;

  /// For directions of unit length and so many numbers.
  explicit VectorIndex(std::size_t dimensions);
  ~VectorIndex();

  /// `id` is not given twice, not after a removal either.
  void add(Id id, std::span<const float> direction);
  /// Nothing when it is not there.
  void remove(Id id);
  /// Those that seem to lie nearest, the nearest of them last.
  std::vector<Id> near(std::span<const float> direction) const;

  std::size_t size() const;     ///< Without those that were removed.
  std::size_t removed() const;  ///< Since the index was made.
  std::size_t bytes() const;    ///< Of memory, about.

 private:
  struct Graph;
  std::unique_ptr<Graph> graph_;
};

}  // namespace sluice
