// SPDX-License-Identifier: Apache-2.0
#include "base/vector_partition.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <string_view>
#include <unordered_set>
#include <utility>

namespace sluice {
namespace {

/// Sums that do not wait for one another, so that a compiler can make them side by side.
constexpr std::size_t lanes = 16;

float product_of(std::span<const float> left, std::span<const float> right) {
  std::array<float, lanes> sums{};
  const std::size_t whole = left.size() / lanes * lanes;
  for (std::size_t i = 0; i < whole; i += lanes) {
    for (std::size_t lane = 0; lane < lanes; ++lane) sums[lane] += left[i + lane] * right[i + lane];
  }
  const float rest = std::inner_product(left.begin() + static_cast<std::ptrdiff_t>(whole), left.end(),
                                        right.begin() + static_cast<std::ptrdiff_t>(whole), 0.0F);
  return std::accumulate(sums.begin(), sums.end(), rest);
}

std::size_t hash_of(std::span<const float> direction) {
  return std::hash<std::string_view>()({reinterpret_cast<const char*>(direction.data()), direction.size_bytes()});
}

bool is_worn(const VectorIndex& index) { return index.removed() > index.size() / 2; }
bool is_worn_out(const VectorIndex& index) { return index.removed() > index.size() * 2; }

}  // namespace

std::vector<float> direction_of(std::span<const float> vector) {
  const double square = std::inner_product(vector.begin(), vector.end(), vector.begin(), 0.0);
  if (!std::isfinite(square) || square <= 0) return {};
  const double length = std::sqrt(square);
  std::vector<float> direction(vector.size());
  std::transform(vector.begin(), vector.end(), direction.begin(), [&](float each) {
    return static_cast<float>(each / length) + 0.0F;  // There is one zero.
  });
  return direction;
}

double distance_between(std::span<const float> left, std::span<const float> right) {
  return std::clamp(1.0 - static_cast<double>(product_of(left, right)), 0.0, 2.0);
}

void VectorPartition::add(Id id, std::span<const float> direction) {
  all_.emplace(id, direction);
  by_hash_.emplace(hash_of(direction), id);
  waiting_.push_back({id, direction});
}

void VectorPartition::remove(Id id) {
  const auto found = all_.find(id);
  const auto [first, last] = by_hash_.equal_range(hash_of(found->second));
  by_hash_.erase(std::find_if(first, last, [&](const auto& each) { return each.second == id; }));
  all_.erase(found);
  const bool was_waiting = std::erase_if(waiting_, [&](const Waiting& each) { return each.id == id; }) > 0;
  if (was_waiting) return;
  for (VectorIndex* index : {index_.get(), newer_.get()}) {
    if (index != nullptr) index->remove(id);
  }
}

std::optional<VectorPartition::Id> VectorPartition::same_as(std::span<const float> direction) const {
  const auto [first, last] = by_hash_.equal_range(hash_of(direction));
  for (auto each = first; each != last; ++each) {
    const Direction other = all_.at(each->second);
    if (std::equal(direction.begin(), direction.end(), other.begin(), other.end())) return each->second;
  }
  return std::nullopt;
}

std::optional<VectorPartition::Found> VectorPartition::nearest(std::span<const float> direction,
                                                               double most_distance) const {
  std::optional<Found> best;
  const auto compare = [&](Id id, Direction other) {
    const double distance = distance_between(direction, other);
    if (distance <= (best ? best->distance : most_distance)) best = Found{id, distance};
  };
  for (const Waiting& each : waiting_) compare(each.id, each.direction);
  for (const VectorIndex* index : {index_.get(), newer_.get()}) {
    if (index == nullptr) continue;
    for (const Id id : index->near(direction)) compare(id, all_.at(id));
  }
  return best;
}

void VectorPartition::tend() {
  if (dimensions_ > VectorIndex::max_dimensions) return;
  if (index_ != nullptr && all_.size() < compared_ / 2) return give_up_index();
  if (index_ == nullptr && all_.size() < compared_) return;
  if (index_ == nullptr) index_ = std::make_unique<VectorIndex>(dimensions_);
  if (newer_ == nullptr && is_worn(*index_)) begin_anew();
  if (newer_ != nullptr && is_worn_out(*index_)) drop_worn_index();
  move_some();
}

void VectorPartition::move_some() {
  VectorIndex& target = newer_ != nullptr ? *newer_ : *index_;
  std::size_t moved = 0;
  for (; moved < moved_at_a_time && !waiting_.empty(); ++moved, waiting_.pop_back())
    target.add(waiting_.back().id, waiting_.back().direction);
  for (; moved < moved_at_a_time && !moving_.empty(); moving_.pop_back()) {
    const auto found = all_.find(moving_.back());
    if (found == all_.end()) continue;
    target.add(found->first, found->second);
    ++moved;
  }
  if (newer_ != nullptr && moving_.empty()) index_ = std::move(newer_);
}

/// Everything in the index is to move into a newer one.
void VectorPartition::begin_anew() {
  std::unordered_set<Id> waiting;
  for (const Waiting& each : waiting_) waiting.insert(each.id);
  for (const auto& [id, direction] : all_) {
    if (waiting.count(id) == 0) moving_.push_back(id);
  }
  newer_ = std::make_unique<VectorIndex>(dimensions_);
}

/// Few are left: they are compared again.
void VectorPartition::give_up_index() {
  index_.reset();
  newer_.reset();
  moving_.clear();
  waiting_.clear();
  for (const auto& [id, direction] : all_) waiting_.push_back({id, direction});
}

/// So much is gone that the index hardly helps: what has not moved yet waits.
void VectorPartition::drop_worn_index() {
  for (const Id id : std::exchange(moving_, {})) {
    const auto found = all_.find(id);
    if (found != all_.end()) waiting_.push_back({id, found->second});
  }
  index_ = std::move(newer_);
}

std::size_t VectorPartition::bytes() const {
  return (index_ != nullptr ? index_->bytes() : 0) + (newer_ != nullptr ? newer_->bytes() : 0);
}

}  // namespace sluice
