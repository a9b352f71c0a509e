// SPDX-License-Identifier: Apache-2.0
// The prompt of a running request, read once for all who ask.
#pragma once

#include <sluice/context.hpp>

#include "ai/prompt.hpp"

namespace sluice::ai {

/// The prompt of the request's body, which must be in memory; read again only after the body has changed.
/// **Errors**: bad_request when a field that decides stands twice: what was checked would not be what a backend reads.
Result<const Prompt*> prompt_of(RequestContext& context);

}  // namespace sluice::ai
