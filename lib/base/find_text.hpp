// SPDX-License-Identifier: Apache-2.0
// Whether a text holds another one, where most texts do not: sixteen places are looked at together, by the first and
// the last byte of what is wanted.
#pragma once

#include <string_view>

namespace sluice {

bool holds(std::string_view text, std::string_view wanted);

}  // namespace sluice
