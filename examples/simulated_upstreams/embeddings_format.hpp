// SPDX-License-Identifier: Apache-2.0
// Embeddings: the texts of a request and the answer with their vectors, as numbers or as base64 of 32-bit floats.
// Source: OpenAI API reference, embeddings; Azure AI Model Inference, get embeddings.
#pragma once

#include "answer.hpp"

#include <optional>
#include <string>

namespace sluice::simulated {

/// The answer; nothing when the request has no usable `input`, or `dimensions` that are none.
std::optional<std::string> embeddings_answer(const JsonValue& body, const Answer& answer, std::int64_t dimensions);

}  // namespace sluice::simulated
