// SPDX-License-Identifier: Apache-2.0
// XML Schema by libxml2: compiled once, then held against bodies of any thread. A schema may include and import others
// that the caller gives; nothing is fetched, whatever a schema or a body names.
// **Source**: XML Schema 1.0; SOAP 1.1 section 4, SOAP 1.2 part 1 section 5.
#pragma once

#include "schema/finding.hpp"

#include <sluice/limits.hpp>
#include <tl/expected.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace sluice::schema {

class XmlSchema {
 public:
  /// The schema as compiled before for somebody who still uses it, or now. **Errors**: why it cannot be used.
  static tl::expected<std::shared_ptr<const XmlSchema>, std::string> get(std::string_view text,
                                                                         const SchemaLimits& limits,
                                                                         const SchemaSource& others = {});
  ~XmlSchema();
  XmlSchema(const XmlSchema&) = delete;
  XmlSchema& operator=(const XmlSchema&) = delete;

  /// Holds a whole document against the schema.
  CheckResult check_document(std::string_view body, const ContentLimits& limits) const;
  /// Takes the content out of a SOAP envelope (1.1 or 1.2) and holds each element of it against the schema. A fault is
  /// SOAP's own and agrees.
  CheckResult check_envelope(std::string_view body, const ContentLimits& limits) const;

 private:
  explicit XmlSchema(const SchemaLimits& limits) : limits_(limits) {}

  void* schema_ = nullptr;  ///< xmlSchema
  SchemaLimits limits_;
};

}  // namespace sluice::schema
