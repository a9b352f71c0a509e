// SPDX-License-Identifier: Apache-2.0
// Texts that stages read.
#pragma once

#include <string>

namespace sluice::bench {

/// The prose of the repository and JSON beside it, each only once: about 300 KiB, which caches do not know by heart.
std::string mixed_text();

}  // namespace sluice::bench
