// SPDX-License-Identifier: Apache-2.0
// The list of families. A new family is a file in this folder and a line here.
#include "expression/member.hpp"

namespace sluice::expression {

#define SLUICE_FAMILIES(X)        \
  X(core_family)                  \
  X(exception_family)             \
  X(string_family)                \
  X(string_format_family)         \
  X(string_comparer_family)       \
  X(char_family)                  \
  X(number_family)                \
  X(convert_family)               \
  X(context_family)               \
  X(headers_family)               \
  X(entities_family)              \
  X(regex_family)                 \
  X(date_time_family)             \
  X(guid_family)                  \
  X(uri_family)                   \
  X(ip_address_family)            \
  X(web_utility_family)           \
  X(string_builder_family)        \
  X(random_family)                \
  X(security_family)              \
  X(jwt_family)                   \
  X(cipher_family)                \
  X(certificate_family)           \
  X(surroundings_family)          \
  X(collections_family)           \
  X(tuple_family)                 \
  X(collection_interfaces_family) \
  X(linq_operators_family)        \
  X(linq_results_family)          \
  X(linq_order_family)            \
  X(json_family)                  \
  X(json_navigation_family)       \
  X(json_changes_family)          \
  X(xml_names_family)             \
  X(xml_family)                   \
  X(xml_changes_family)           \
  X(body_family)                  \
  X(url_family)

#define X(family) extern const Family family;
SLUICE_FAMILIES(X)
#undef X

std::span<const Family* const> families() {
  static constexpr const Family* all[] = {
#define X(family) &family,
      SLUICE_FAMILIES(X)
#undef X
  };
  return all;
}

}  // namespace sluice::expression
