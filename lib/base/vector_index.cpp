// SPDX-License-Identifier: Apache-2.0
// A copy in the graph is a scale and a byte for each number: a fourth of the memory to go through, and near enough for
// a choice of candidates. Source: Malkov, Yashunin, "Efficient and robust approximate nearest neighbor search using
// Hierarchical Navigable Small World graphs"; its authors' library hnswlib.
#include "base/vector_index.hpp"

// Distances are our own; without this the library reads a little beyond the ends of its lists, to have them in time.
#define NO_MANUAL_VECTORIZATION
#include <hnswlib/hnswlib.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <new>
#include <stdexcept>

namespace sluice {
namespace {

constexpr std::size_t neighbours = 12;  ///< Of a point in the graph; twice as many at its bottom.
constexpr std::size_t looked_at_adding = 64, looked_at_searching = 64;
constexpr std::size_t candidates = 16;
constexpr std::size_t least_capacity = 1'024, grown_by = 8;  ///< An eighth of what it is.
constexpr float largest_step = 127;
/// What a point takes beside its copy and its neighbours: a lock, a level, a place in tables.
constexpr std::size_t point_overhead_bytes = 128;

using RoughCopy = std::vector<char>;

RoughCopy rough_copy(std::span<const float> direction, std::size_t bytes) {
  float largest = 0;
  for (const float each : direction) largest = std::max(largest, std::fabs(each));
  const float scale = largest / largest_step;
  RoughCopy copy(bytes);
  std::memcpy(copy.data(), &scale, sizeof(scale));
  for (std::size_t i = 0; i < direction.size(); ++i)
    copy[sizeof(scale) + i] = static_cast<char>(std::lround(direction[i] / scale));
  return copy;
}

float rough_distance(const void* left, const void* right, const void* dimensions) {
  float left_scale = 0, right_scale = 0;
  std::memcpy(&left_scale, left, sizeof(float));
  std::memcpy(&right_scale, right, sizeof(float));
  const auto* a = static_cast<const signed char*>(left) + sizeof(float);
  const auto* b = static_cast<const signed char*>(right) + sizeof(float);
  const std::size_t count = *static_cast<const std::size_t*>(dimensions);
  int sum = 0;  // At most max_dimensions * 127 * 127.
  for (std::size_t i = 0; i < count; ++i) sum += int{a[i]} * int{b[i]};
  return 1 - left_scale * right_scale * static_cast<float>(sum);
}

class RoughSpace final : public hnswlib::SpaceInterface<float> {
 public:
  explicit RoughSpace(std::size_t dimensions) : dimensions_(dimensions) {}
  /// A whole number of words, as words follow.
  std::size_t get_data_size() override { return sizeof(float) + (dimensions_ + 3) / 4 * 4; }
  hnswlib::DISTFUNC<float> get_dist_func() override { return rough_distance; }
  void* get_dist_func_param() override { return &dimensions_; }

 private:
  std::size_t dimensions_;
};

}  // namespace

struct VectorIndex::Graph {
  explicit Graph(std::size_t dimensions)
      : space(dimensions), points(&space, least_capacity, neighbours, looked_at_adding) {
    points.setEf(looked_at_searching);
  }
  RoughSpace space;
  hnswlib::HierarchicalNSW<float> points;
};

VectorIndex::VectorIndex(std::size_t dimensions) : graph_(std::make_unique<Graph>(dimensions)) {}
VectorIndex::~VectorIndex() = default;

void VectorIndex::add(Id id, std::span<const float> direction) {
  auto& points = graph_->points;
  try {
    if (points.cur_element_count == points.max_elements_)
      points.resizeIndex(points.max_elements_ + points.max_elements_ / grown_by);
    points.addPoint(rough_copy(direction, graph_->space.get_data_size()).data(), id);
  } catch (const std::runtime_error&) {
    throw std::bad_alloc();  // All that the library has to complain of here.
  }
}

void VectorIndex::remove(Id id) {
  if (graph_->points.label_lookup_.count(id) > 0) graph_->points.markDelete(id);
}

std::vector<VectorIndex::Id> VectorIndex::near(std::span<const float> direction) const {
  auto found = graph_->points.searchKnn(rough_copy(direction, graph_->space.get_data_size()).data(), candidates);
  std::vector<Id> ids;
  for (; !found.empty(); found.pop()) ids.push_back(found.top().second);
  return ids;
}

std::size_t VectorIndex::size() const { return graph_->points.cur_element_count - graph_->points.num_deleted_; }
std::size_t VectorIndex::removed() const { return graph_->points.num_deleted_; }

std::size_t VectorIndex::bytes() const {
  const auto& points = graph_->points;
  return points.max_elements_ * (points.size_data_per_element_ + point_overhead_bytes) +
         points.link_list_update_locks_.size() * sizeof(std::mutex);
}

}  // namespace sluice
