// SPDX-License-Identifier: Apache-2.0
// Newtonsoft.Json.Linq.
#include "expression/library/body_types.hpp"
#include "expression/library/convert.hpp"

namespace sluice::expression {

Value convert_object(Evaluation& run, const Value& value, const Type* to) {
  return run.raise(Fault::invalid_cast, "Unable to cast object of type '" + type_of(value)->full + "' to type '" + to->full + "'.");
}

std::span<const BodyReader> body_readers() { return {}; }

}  // namespace sluice::expression
