// SPDX-License-Identifier: Apache-2.0
// Values as bytes and back. Both directions know the same list of forms (`Form`); what has no form there means nothing
// outside of its request. Bytes may come from a store that others write to: reading takes nothing for granted.
#include <sluice/stored_value.hpp>

#include "expression/stored_value.hpp"

namespace sluice {

Result<std::string> store_value(const Value& value, RequestContext& context) {
  expression::Evaluation run(context.arena, &context, context.services.limits.expression);
  return expression::StoredValueWriter(run, context.services.limits).write(value);
}

std::optional<Value> restore_value(std::string_view bytes, RequestContext& context) {
  expression::Evaluation run(context.arena, &context, context.services.limits.expression);
  return expression::StoredValueReader(run, bytes, context.services.limits.content.depth).read();
}

}  // namespace sluice
