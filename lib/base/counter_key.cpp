// SPDX-License-Identifier: Apache-2.0
#include <sluice/counter_store.hpp>

namespace sluice {

std::string counter_key(std::initializer_list<std::string_view> parts) {
  std::string key;
  for (auto part : parts) {
    key += std::to_string(part.size());
    key += ':';
    key += part;
  }
  return key;
}

}  // namespace sluice
