// SPDX-License-Identifier: Apache-2.0
// URLs: the one normal form of paths (P1, P2), percent-coding, and query strings.
#pragma once

#include <sluice/arena.hpp>
#include <sluice/error.hpp>
#include <sluice/message.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace sluice {

struct PathRules {
  bool allow_encoded_slash = false;  ///< `%2F` stays as it is instead of being refused.
  bool merge_slashes = false;        ///< P3
};

/// The normal form of a path: unreserved characters decoded, hexadecimal in upper case, dot segments removed.
/// **Errors**: bad_request for what P2 refuses.
Result<std::string_view> normalize_path(std::string_view path, Arena& arena, const PathRules& rules = {});

/// Decodes `%xx`; malformed sequences stay as they are. `plus_is_blank` for query strings.
std::string_view percent_decode(std::string_view text, Arena& arena, bool plus_is_blank = false);
/// Whether all of it are RFC 3986 unreserved characters, which are never encoded.
bool is_unreserved(std::string_view text);
/// Encodes all but RFC 3986 unreserved characters (and those in `also_kept`).
std::string percent_encode(std::string_view text, std::string_view also_kept = {});
/// The same into the arena; a text that needs no change is given back as it is.
std::string_view percent_encode(std::string_view text, std::string_view also_kept, Arena& arena);

/// One `name=value` of a query, still encoded.
struct QueryItem {
  std::string_view name;
  std::string_view value;
  bool has_value = false;  ///< `a=` against `a`.
};

/// Walks the items of a query string without `?`; empty items are skipped.
class QueryReader {
 public:
  explicit QueryReader(std::string_view query) : rest_(query) {}
  std::optional<QueryItem> next();

 private:
  std::string_view rest_;
};

/// First value of `name` (compared decoded), decoded; nothing when absent.
std::optional<std::string_view> query_value(std::string_view query, std::string_view name, Arena& arena);

/// Joins two paths with one slash between them, beside those of empty segments that `rest` begins with.
std::string_view join_paths(std::string_view base, std::string_view rest, Arena& arena);

/// Checks `host[:port]` as R8 wants it: no userinfo, path, comma, control or high bytes.
bool is_valid_authority(std::string_view authority);

}  // namespace sluice
