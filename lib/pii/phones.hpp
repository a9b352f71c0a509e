// SPDX-License-Identifier: Apache-2.0
// Telephone numbers.
#pragma once

#include "pii/found.hpp"
#include "pii/window.hpp"

namespace sluice::pii {

/// A telephone number: `+` or `00` and a country code with as many digits as the country's numbers have; forms of North
/// America; forms with a leading 0 and separators; with a word for telephones near it, any 7 to 15 digits.
/// The window begins with `+`, `(` or a digit. **Source**: ITU-T E.164 and its list of assigned country codes; North
/// American Numbering Plan.
Found find_phone(Window& window);

}  // namespace sluice::pii
