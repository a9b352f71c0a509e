// SPDX-License-Identifier: Apache-2.0
// Embeddings without a model: texts that say the same in other words lie near one another, others far.
//
// A text is the set of its words, in lower case, without their commonest endings, with a few everyday synonyms taken
// for one another; words that say little weigh little. Each word adds itself and its groups of three letters, hashed
// to a place and a sign; the sum has length 1. The order of words, marks and repetition change nothing, so
// "hello there" and "hi there, hello" are the same, and an ending or a slip of the pen moves a text only a little.
#pragma once

#include <string_view>
#include <vector>

namespace sluice::simulated {

/// A vector of `dimensions` numbers and length 1; the same for the same text, always and everywhere.
std::vector<double> embed(std::string_view text, std::size_t dimensions);

}  // namespace sluice::simulated
