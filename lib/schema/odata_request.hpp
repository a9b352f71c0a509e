// SPDX-License-Identifier: Apache-2.0
// What a request to an OData service must look like, as far as its URL says it by itself and the service's metadata
// name what may be asked for: resource paths, system query options, protocol versions.
// **Source**: OData 4.01 "URL Conventions" sections 4 and 5, "Protocol" sections 8.1.5 and 8.2.6.
#pragma once

#include <sluice/arena.hpp>
#include <tl/expected.hpp>

#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace sluice::schema {

/// `4.01` as 401, `4.0` as 400; nothing for what is no version.
std::optional<int> parse_odata_version(std::string_view text);

/// What metadata name: entity sets, singletons, imports of functions and actions.
class ODataMetadata {
 public:
  /// Reads an EDMX document. **Errors**: why it cannot be read.
  static tl::expected<ODataMetadata, std::string> read(std::string_view text);
  bool has(std::string_view resource) const { return resources_.contains(resource); }

 private:
  std::set<std::string, std::less<>> resources_;
};

/// What is wrong with the rest of the path behind the service's root, or with the query; empty when nothing is. Both
/// are as they came, encoded. `metadata`: null when the service has none.
std::string check_odata_path(std::string_view path, const ODataMetadata* metadata, Arena& arena);
/// The name is that of the option that is wrong.
struct ODataProblem {
  std::string name;
  std::string message;
};
std::optional<ODataProblem> check_odata_query(std::string_view query, Arena& arena);

}  // namespace sluice::schema
