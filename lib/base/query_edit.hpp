// SPDX-License-Identifier: Apache-2.0
// Changes of one parameter in a query string. All other parameters keep their bytes and places (P3).
#pragma once

#include <sluice/arena.hpp>

#include "base/head_syntax.hpp"

#include <span>
#include <string_view>

namespace sluice {

/// `name=value&name=value`, encoded.
std::string_view query_items(std::string_view name, std::span<const std::string_view> values, Arena& arena);

/// The query (without `?`) after the edit: `name` and `values` are given decoded and are percent-encoded; several
/// values repeat the parameter. Names are compared decoded and with case.
/// **Source**: API Management policy reference, set-query-parameter.
std::string_view edit_query(std::string_view query, std::string_view name, ExistsAction action,
                            std::span<const std::string_view> values, Arena& arena);

/// Joins two query strings, each possibly empty.
std::string_view join_queries(std::string_view first, std::string_view second, Arena& arena);

}  // namespace sluice
