// SPDX-License-Identifier: Apache-2.0
// Checking policy documents outside a gateway: what `sluice check` and editors do.
#pragma once

#include <sluice/diagnostic.hpp>
#include <sluice/limits.hpp>
#include <sluice/model.hpp>
#include <sluice/policy_registry.hpp>
#include <sluice/services.hpp>

namespace sluice {

struct CheckOptions {
  const ServiceModel* model = nullptr;  ///< Null: the document stands alone; unknown ids are then warnings.
  Deployment deployment;
  Limits limits;
  Behaviour behaviour;
};

/// Reads and compiles one document (`<policies>`, `<fragment>`, or a data source) and reports everything that is wrong
/// with it. Policies or sections without a document round them are checked as snippets, with an info that they are
/// none.
Diagnostics check_policy_document(const PolicySource& source, const PolicyRegistry& registry,
                                  const CheckOptions& options);

}  // namespace sluice
