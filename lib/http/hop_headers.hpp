// SPDX-License-Identifier: Apache-2.0
// What belongs to one connection and not to the message (P4), and names that could be taken for others (P6).
#pragma once

#include <sluice/message.hpp>

#include <span>
#include <string_view>

namespace sluice::http {

/// What the Connection fields of a message say.
struct ConnectionTokens {
  bool close = false;
  bool keep_alive = false;
  bool names_fields = false;  ///< Holds tokens other than these two: names of fields to drop.
};

ConnectionTokens read_connection(std::span<const Header> lines);

/// Removes hop-by-hop fields, Connection and, with `names_fields`, what it names.
void keep_end_to_end(Headers& headers, bool names_fields);

/// Drops lines whose name has `_` where a line of that name with `-` is present or the gateway acts on the latter.
/// `reserved`: further names that it acts on.
void drop_ambiguous_names(Headers& headers, std::span<const HeaderName> reserved);

}  // namespace sluice::http
