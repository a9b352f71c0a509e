// SPDX-License-Identifier: Apache-2.0
// The bytes of a message body as text.
#pragma once

#include <sluice/message.hpp>

#include <string_view>

namespace sluice::expression {

/// The bytes as text: charset of Content-Type, else UTF-8 with byte-order-mark detection. What is not valid is
/// replaced. Lives in the arena or where the bytes live.
std::string_view body_text(Arena& arena, const Headers& headers, std::string_view bytes);

}  // namespace sluice::expression
