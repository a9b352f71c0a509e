// SPDX-License-Identifier: Apache-2.0
// The prompt of a running request, read once for all who ask.
#pragma once

#include <sluice/context.hpp>

#include "ai/prompt.hpp"

#include <string_view>

namespace sluice::ai {

/// The prompt of the request's body, which must be in memory; read again only after the body has changed.
/// **Errors**: bad_request when a field that decides stands twice or is written with escapes: what was checked would
/// not be what a backend reads.
Result<const Prompt*> prompt_of(RequestContext& context);

/// Gives the request another body, which says the same to a model, with all texts where they stood: the prompt need not
/// be read again.
void set_body_of_same_prompt(RequestContext& context, std::string_view body);

}  // namespace sluice::ai
