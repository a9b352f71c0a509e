// SPDX-License-Identifier: Apache-2.0
// byte[] for the policies that write it out.
#include <sluice/bytes_value.hpp>

#include "expression/objects.hpp"
#include "expression/type.hpp"

namespace sluice {

std::optional<std::string_view> bytes_of(const Value& value) {
  if (value.kind() != ValueKind::object || value.as_object()->type != expression::core().byte_array)
    return std::nullopt;
  return static_cast<const expression::BytesObject*>(value.as_object())->view();
}

}  // namespace sluice
