// SPDX-License-Identifier: Apache-2.0
// Text to tokens.
#pragma once

#include "expression/findings.hpp"
#include "expression/token.hpp"

#include <string_view>
#include <vector>

namespace sluice::expression {

/// Splits `text` into tokens, the last of kind `end`. Offsets count from `base`. Reports SL3001 and SL3002.
std::vector<Token> tokenize(std::string_view text, std::uint32_t base, Findings& findings);

}  // namespace sluice::expression
