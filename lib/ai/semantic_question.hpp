// SPDX-License-Identifier: Apache-2.0
// SemanticQuestion: what a semantic cache compares of a request to a model: what it asks, by meaning, and everything
// else that decides about the answer, to the letter.
#pragma once

#include <sluice/arena.hpp>

#include "ai/prompt.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::ai {

struct SemanticQuestion {
  std::string text;   ///< What is embedded.
  std::string exact;  ///< The members that it stands in, as they are.
  std::string rest;   ///< All others but those that no answer depends on (`user`, `metadata`, `store`).
};

/// Nothing for a request that words alone do not tell: with images, sounds or token numbers, or without words.
/// `ignores_system`: what the system says is left out of the text (not of `exact`).
std::optional<SemanticQuestion> question_of(const Prompt& prompt, std::string_view body, bool ignores_system);

/// The body of a call for embeddings.
std::string embedding_request(std::string_view text);
/// The first vector of the answer; nothing for anything else, or one of more than `most_dimensions`.
std::optional<std::vector<float>> read_embedding(std::string_view json, std::size_t most_dimensions, Arena& arena,
                                                 const JsonLimits& limits);

}  // namespace sluice::ai
