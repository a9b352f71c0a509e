// SPDX-License-Identifier: Apache-2.0
#include "liquid/names.hpp"

namespace sluice::liquid {

std::size_t Names::find(std::string_view name) {
  for (auto inner = inner_.rbegin(); inner != inner_.rend(); ++inner) {
    if (inner->name == name) return inner->place;
  }
  return global(name);
}

std::size_t Names::global(std::string_view name) {
  const auto known = globals_.find(name);
  if (known != globals_.end()) return known->second;
  return globals_[name] = place(true);
}

std::size_t Names::enter(std::string_view name) {
  inner_.push_back({name, place(false)});
  return inner_.back().place;
}

}  // namespace sluice::liquid
