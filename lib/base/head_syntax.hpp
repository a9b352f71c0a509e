// SPDX-License-Identifier: Apache-2.0
// What policies may write into the head of a message (P7), and how they write fields: one edit with the rules of
// set-header, shared by every policy that writes a field.
#pragma once

#include <sluice/error.hpp>
#include <sluice/message.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace sluice {

/// Whether `text` may be a field value or a reason phrase: TAB, blanks, visible ASCII and bytes from 0x80 (R6).
bool is_field_text(std::string_view text);

/// What to do when the field (or query parameter) is there already.
enum class ExistsAction : std::uint8_t { replace, skip, append, remove };
/// The spellings of `ExistsAction` in policies, in the order of its enumerators.
inline constexpr std::string_view exists_action_names = "override skip append delete";
/// The action of that name, compared without case; nothing for other texts.
std::optional<ExistsAction> exists_action(std::string_view name);

/// Writes one field. Values of one name become one line joined with `,`, except for the names whose grammar forbids it
/// (Set-Cookie, WWW-Authenticate, dates, …), which keep a line each. Fields of the framing (Connection, Content-Length,
/// Keep-Alive, Transfer-Encoding) stay as they are, and Server is never removed.
/// **Errors**: policy_value_invalid when name or value could not stand in a head.
/// **Source**: API Management policy reference, set-header.
Result<void> edit_header(Headers& headers, std::string_view name, ExistsAction action,
                         std::span<const std::string_view> values);

/// Whether policies leave the field as it is.
bool is_immutable_header(std::string_view name);

}  // namespace sluice
