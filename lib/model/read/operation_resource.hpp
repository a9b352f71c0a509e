// SPDX-License-Identifier: Apache-2.0
// An operation as its ARM resource has it, with the schemas that its parameters and bodies name.
#pragma once

#include "model/object_reader.hpp"

#include <sluice/model.hpp>

#include <map>
#include <memory>
#include <string_view>

namespace sluice::model {

struct SchemaDocument;

/// Reads operations of one API.
class OperationResources {
 public:
  explicit OperationResources(const Api& api);
  ~OperationResources();

  /// Reads the `properties` of an operation resource. `schemaId` and `typeName` are looked up in the schemas of the
  /// API; what they name is kept as JSON Schema, as for operations of a specification.
  Operation read(ObjectReader& fields, std::string_view id);

 private:
  const Api& api_;
  std::map<const Schema*, std::unique_ptr<SchemaDocument>> documents_;  ///< Each read once.
};

}  // namespace sluice::model
