// SPDX-License-Identifier: Apache-2.0
// By which encoding the tokens of a running request and its answer are counted, where nobody reports them.
#pragma once

#include <sluice/context.hpp>

#include "tokenizer/encoding.hpp"

namespace sluice::ai {

/// That of the deployment in the path (`…/deployments/gpt-4o/…`), which by custom has the name of its model. Not known:
/// the default, which is called a guess.
tokenizer::ModelEncoding encoding_of_deployment(const RequestContext& context);
/// That of the model which the body names, when that is in memory, or else of the deployment.
tokenizer::ModelEncoding encoding_of(RequestContext& context);

/// The model that the body names, or else the deployment in the path; empty: neither is known.
std::string_view model_of(RequestContext& context);

/// Reads the tables of the two encodings that current models have, so that no request waits for them.
void load_encodings();

/// Tells the metrics that tokens were counted, of `what` (`prompt`, `answer`), by which encoding, and whether the model
/// was known.
void note_counted(RequestContext& context, std::string_view what, tokenizer::ModelEncoding by);

}  // namespace sluice::ai
