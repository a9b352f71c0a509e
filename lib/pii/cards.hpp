// SPDX-License-Identifier: Apache-2.0
// Payment cards and bank accounts.
#pragma once

#include "pii/found.hpp"
#include "pii/number_run.hpp"

namespace sluice::pii {

/// A card number of 13 to 19 digits: of an issuer's range, with its length and Luhn digit, bare or in the groups that
/// cards print. **Source**: ISO/IEC 7812; ranges as the networks publish them.
Found find_card(Window& window, const NumberRun& run);

/// An IBAN with its country's length and check digits, bare or in groups of four.
/// **Source**: ISO 13616, SWIFT IBAN registry.
Found find_iban(Window& window);

}  // namespace sluice::pii
