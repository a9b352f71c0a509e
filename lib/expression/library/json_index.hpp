// SPDX-License-Identifier: Apache-2.0
// The names of a wide JSON object, hashed: finding one must not take time with the number of the others, or a body of
// many names would make every expression over it slow.
#pragma once

#include "expression/library/json.hpp"

namespace sluice::expression {

/// Open addressing, linear probing; lives in the arena and grows by being made anew.
class JsonIndex {
 public:
  /// Objects of fewer properties are searched one by one.
  static constexpr std::uint32_t wide = 24;

  /// Null when a budget is used up.
  static JsonIndex* make(Evaluation& run, const JsonContainer& object);

  JsonProperty* find(std::string_view name) const;
  /// False when it is full: it is to be made anew.
  bool add(JsonProperty* property);
  void remove(const JsonProperty* property);

 private:
  std::uint32_t place_of(std::string_view name) const;

  JsonProperty** slots_ = nullptr;
  std::uint32_t capacity_ = 0;  ///< A power of two.
  std::uint32_t used_ = 0;      ///< Slots that ever held something.
};

}  // namespace sluice::expression
