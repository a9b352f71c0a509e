// SPDX-License-Identifier: Apache-2.0
#include "expression/library/json_index.hpp"

#include <algorithm>
#include <bit>

#include "base/text_hash.hpp"

namespace sluice::expression {
namespace {

/// Stands where something was taken out, so that what was put behind it is still found.
JsonProperty taken_out;

}  // namespace

JsonIndex* JsonIndex::make(Evaluation& run, const JsonContainer& object) {
  auto* index = run.make<JsonIndex>();
  if (index == nullptr || !run.charge(object.count / 4)) return nullptr;
  index->capacity_ = std::bit_ceil(std::max(object.count, wide) * 4);
  index->slots_ = run.make_array<JsonProperty*>(index->capacity_);
  if (index->slots_ == nullptr) return nullptr;
  for (std::uint32_t i = 0; i < object.count; ++i) index->add(static_cast<JsonProperty*>(object.items[i]));
  return index;
}

std::uint32_t JsonIndex::place_of(std::string_view name) const {
  return static_cast<std::uint32_t>(TextHash{}(name)) & (capacity_ - 1);
}

JsonProperty* JsonIndex::find(std::string_view name) const {
  // Half of the slots are free, and nobody can choose names that share a place: the way is short.
  for (std::uint32_t at = place_of(name); slots_[at] != nullptr; at = (at + 1) & (capacity_ - 1)) {
    if (slots_[at] != &taken_out && slots_[at]->name == name) return slots_[at];
  }
  return nullptr;
}

bool JsonIndex::add(JsonProperty* property) {
  if (used_ >= capacity_ / 2) return false;
  std::uint32_t at = place_of(property->name);
  while (slots_[at] != nullptr) at = (at + 1) & (capacity_ - 1);
  slots_[at] = property;
  ++used_;
  return true;
}

void JsonIndex::remove(const JsonProperty* property) {
  for (std::uint32_t at = place_of(property->name); slots_[at] != nullptr; at = (at + 1) & (capacity_ - 1)) {
    if (slots_[at] != property) continue;
    slots_[at] = &taken_out;
    return;
  }
}

}  // namespace sluice::expression
