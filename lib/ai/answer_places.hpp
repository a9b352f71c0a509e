// SPDX-License-Identifier: Apache-2.0
// Where the words of an answer stand: the strings of a model's answer, or of one event of a streamed answer, that carry
// words for its reader, and which of them go on with one another.
#pragma once

#include <sluice/arena.hpp>

#include "base/json.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace sluice::ai {

/// A choice, a block of content, an item of output: texts of one speaker come one after another.
using AnswerSpeaker = std::uint32_t;

struct AnswerPlace {
  std::string_view text;     ///< Decoded, in the arena.
  std::uint32_t offset = 0;  ///< Of the string's opening quote.
  AnswerSpeaker speaker = 0;
  std::uint32_t channel = 0;  ///< Deltas of one channel of a speaker are one text.
  bool is_delta = false;      ///< Goes on with the text of the channel; otherwise a text of its own.
  bool is_repeat = false;     ///< No words of their own for whoever counts: what deltas have said already, summaries.
  bool is_json = false;       ///< The text is JSON itself: arguments of a call.
};

struct AnswerPlaces {
  bool readable = false;             ///< The text is JSON, within `limits`.
  std::vector<AnswerPlace> places;   ///< In the order of the readers, not of the text.
  std::vector<AnswerSpeaker> ended;  ///< Who says nothing more.
  bool all_ended = false;            ///< Nobody does who has spoken so far.
};

AnswerPlaces read_answer_places(std::string_view json, Arena& arena, const JsonLimits& limits = {});

}  // namespace sluice::ai
