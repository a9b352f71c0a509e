// SPDX-License-Identifier: Apache-2.0
// Binary data as a value: the `byte[]` of an expression, which set-body and send-request write out as it is.
#pragma once

#include <sluice/value.hpp>

#include <optional>
#include <string_view>

namespace sluice {

/// The bytes of a value of the expression type `byte[]`; nothing for every other value.
std::optional<std::string_view> bytes_of(const Value& value);

}  // namespace sluice
