// SPDX-License-Identifier: Apache-2.0
// How deep and how large JSON may be that a request brings, or its answer (L15).
#pragma once

#include <sluice/context.hpp>
#include <sluice/limits.hpp>

#include "base/json.hpp"

namespace sluice {

inline JsonLimits json_limits(const ContentLimits& content) { return {content.depth, content.members}; }
inline JsonLimits json_limits(const RequestContext& context) { return json_limits(context.services.limits.content); }

}  // namespace sluice
