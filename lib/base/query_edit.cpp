// SPDX-License-Identifier: Apache-2.0
#include "base/query_edit.hpp"

#include "base/url.hpp"

#include <string>

namespace sluice {
namespace {

void append_item(std::pmr::string& query, std::string_view item) {
  if (!query.empty()) query += '&';
  query += item;
}

std::string_view raw_item(const QueryItem& item) {
  return {item.name.data(), item.name.size() + (item.has_value ? 1 + item.value.size() : 0)};
}

}  // namespace

std::string_view query_items(std::string_view name, std::span<const std::string_view> values, Arena& arena) {
  std::pmr::string items(&arena);
  const std::string_view encoded_name = percent_encode(name, {}, arena);
  for (std::string_view value : values) {
    append_item(items, encoded_name);
    items.append("=").append(percent_encode(value, {}, arena));
  }
  return arena.copy(items);
}

std::string_view edit_query(std::string_view query, std::string_view name, ExistsAction action,
                            std::span<const std::string_view> values, Arena& arena) {
  const bool present = query_value(query, name, arena).has_value();
  if (action == ExistsAction::skip && present) return query;
  if (action == ExistsAction::remove && !present) return query;

  const std::string_view added = action == ExistsAction::remove ? "" : query_items(name, values, arena);
  if (query.empty()) return added;
  const bool keeps_present = action == ExistsAction::append;
  std::pmr::string result(&arena);
  result.reserve(query.size() + added.size() + 1);
  bool placed = false;
  QueryReader reader(query);
  while (const auto item = reader.next()) {
    if (keeps_present || percent_decode(item->name, arena, true) != name) {
      append_item(result, raw_item(*item));
    } else if (!placed) {
      if (!added.empty()) append_item(result, added);
      placed = true;
    }
  }
  if (!placed && !added.empty()) append_item(result, added);
  return arena.copy(result);
}

std::string_view join_queries(std::string_view first, std::string_view second, Arena& arena) {
  if (first.empty()) return second;
  if (second.empty()) return first;
  return arena.concat({first, "&", second});
}

}  // namespace sluice
