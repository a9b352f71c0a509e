// SPDX-License-Identifier: Apache-2.0
// VectorStore: embeddings in partitions, and which of them is nearest. Nothing of one partition is ever found in
// another. Trouble is a miss, never a failed request. Any thread may call it.
#pragma once

#include <sluice/error.hpp>
#include <sluice/task.hpp>

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sluice {

/// What lies nearest to a vector.
struct VectorMatch {
  std::string value;    ///< What was stored with it.
  double distance = 0;  ///< 1 - cosine: 0 the same direction, 2 the opposite one.
};

class VectorStore {
 public:
  virtual ~VectorStore() = default;
  /// The nearest vector of the partition that has not expired; nothing when there is none within `most_distance`.
  /// Vectors of another length than `vector` are not compared.
  virtual Task<Result<std::optional<VectorMatch>>> nearest(std::string_view partition, std::span<const float> vector,
                                                           double most_distance) = 0;
  /// Stores `value` under a vector; one that is the same takes its place.
  virtual Task<Result<void>> put(std::string_view partition, std::span<const float> vector, std::string_view value,
                                 std::chrono::milliseconds lifetime) = 0;
};

}  // namespace sluice
