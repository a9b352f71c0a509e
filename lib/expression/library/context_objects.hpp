// SPDX-License-Identifier: Apache-2.0
// Objects of the context that more than one file of the library makes.
#pragma once

#include "expression/evaluation.hpp"

namespace sluice::expression {

// The sequences among the entities (`NextElement`).
bool next_group_of_user(Evaluation& run, const void* user, std::uint32_t& position, Value& item);
bool next_identity_of_user(Evaluation& run, const void* user, std::uint32_t& position, Value& item);
bool next_group_of_product(Evaluation& run, const void* product, std::uint32_t& position, Value& item);
bool next_api_of_product(Evaluation& run, const void* product, std::uint32_t& position, Value& item);

/// The text of the body that the call's first argument is; null after raising.
Value read_body_text(Call& call, bool preserve);

}  // namespace sluice::expression
