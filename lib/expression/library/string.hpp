// SPDX-License-Identifier: Apache-2.0
// What the families of texts share.
#pragma once

#include "expression/objects.hpp"

namespace sluice::expression {

/// `String.Format`: `{0,-5:yyyy}` in the format are replaced by the items.
/// **Errors** (raised): FormatException.
Value format_items(Call& call, std::string_view format, Items items);

}  // namespace sluice::expression
