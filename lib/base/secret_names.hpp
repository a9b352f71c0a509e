// SPDX-License-Identifier: Apache-2.0
// Names that tell that their values are secrets: for logs (K3) and for what must not be compressed with others' bytes.
#pragma once

#include <string_view>

namespace sluice {

/// `name` in any case: something with authorization, cookie, api-key, apikey, subscription-key, functions-key, token,
/// password or secret in it.
bool is_secret_name(std::string_view name);

}  // namespace sluice
