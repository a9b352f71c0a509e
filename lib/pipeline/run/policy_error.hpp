// SPDX-License-Identifier: Apache-2.0
// Fills the place of an error in from the step that failed. The innermost step that fails names the place.
#pragma once

#include <sluice/policy.hpp>

namespace sluice {

void place_error(Error& error, const StepOrigin& origin);

}  // namespace sluice
