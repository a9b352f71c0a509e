// SPDX-License-Identifier: Apache-2.0
// A value that was read, written again.
#pragma once

#include "base/json.hpp"

namespace sluice {

/// Numbers as they stood. The reader has bounded its depth.
void write_json(const JsonValue& value, JsonWriter& writer);

}  // namespace sluice
