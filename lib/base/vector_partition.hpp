// SPDX-License-Identifier: Apache-2.0
// VectorPartition: directions of one length, and which of them is nearest to another. Few are compared one by one,
// which misses none. From `compared_one_by_one` on they move into an index, a few at a time, so that no call has to do
// it all; those that have not moved yet are compared. Candidates of the index are compared exactly: what is found is as
// near as it is said to be, and is in the partition. An index of which a third is gone is made anew, again a few at a
// time, while the old one serves. Not for several threads at a time.
#pragma once

#include "base/vector_index.hpp"

#include <optional>
#include <unordered_map>

namespace sluice {

/// `vector` at unit length; nothing for one that has no direction.
std::vector<float> direction_of(std::span<const float> vector);
/// 1 - cosine, of directions of the same length.
double distance_between(std::span<const float> left, std::span<const float> right);

class VectorPartition {
 public:
  using Id = VectorIndex::Id;
  struct Found {
    Id id;
    double distance;
  };

  /// Where an index begins to be faster: `./dev bench vectors.`
  static constexpr std::size_t compared_one_by_one = 3'000;
  /// Into an index, in one call of `tend`: about a millisecond's work.
  static constexpr std::size_t moved_at_a_time = 4;

  explicit VectorPartition(std::size_t dimensions, std::size_t compared = compared_one_by_one)
      : dimensions_(dimensions), compared_(compared) {}

  /// `id` is not given twice. The direction stays where it is until its removal.
  void add(Id id, std::span<const float> direction);
  void remove(Id id);
  std::optional<Id> same_as(std::span<const float> direction) const;
  std::optional<Found> nearest(std::span<const float> direction, double most_distance) const;
  /// Goes on with what is to be done for the index. Called beside each search and addition.
  void tend();

  std::size_t size() const { return all_.size(); }
  /// What the index takes.
  std::size_t bytes() const;

 private:
  using Direction = std::span<const float>;
  struct Waiting {
    Id id;
    Direction direction;
  };

  void move_some();
  void begin_anew();
  void give_up_index();
  void drop_worn_index();

  const std::size_t dimensions_, compared_;
  std::unordered_map<Id, Direction> all_;
  std::unordered_multimap<std::size_t, Id> by_hash_;
  std::vector<Waiting> waiting_;                ///< In no index.
  std::unique_ptr<VectorIndex> index_, newer_;  ///< What is not waiting is in one of them or in both.
  std::vector<Id> moving_;                      ///< Of the index, those not in the newer one yet; some may be removed.
};

}  // namespace sluice
