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

/// The field that stands in `text` as in a head: `name: value CR LF`, of what may stand there. It is copied whole when
/// it is written down.
Header ready_field(std::string_view text);

/// What to do when the field (or query parameter) is there already.
enum class ExistsAction : std::uint8_t { replace, skip, append, remove };
/// The spellings of `ExistsAction` in policies, in the order of its enumerators.
inline constexpr std::string_view exists_action_names = "override skip append delete";
/// The action of that name, compared without case; nothing for other texts.
std::optional<ExistsAction> exists_action(std::string_view name);

/// What the edit of a field depends on beside its values: looked up once where the name is constant.
struct EditedField {
  std::uint32_t hash = 0;
  bool is_immutable = false;  ///< Of the framing: Connection, Content-Length, Keep-Alive, Transfer-Encoding.
  bool keeps_lines = false;   ///< Values are never joined: Set-Cookie, WWW-Authenticate, dates, …
  bool is_server = false;     ///< Server, which is never removed.
  std::uint8_t role = Header::unknown_role;
};
/// Nothing when the name could not stand in a head.
std::optional<EditedField> edited_field(std::string_view name);

/// Writes one field. Values of one name become one line joined with `,`, except for those that keep a line each. Fields
/// of the framing stay as they are. Name and values must live as long as the headers.
/// **Errors**: policy_value_invalid when a value could not stand in a head.
/// **Source**: API Management policy reference, set-header.
Result<void> edit_header(Headers& headers, std::string_view name, const EditedField& field, ExistsAction action,
                         std::span<const std::string_view> values);

}  // namespace sluice
