// SPDX-License-Identifier: Apache-2.0
#include "ai/answer_text.hpp"

#include "ai/answer_places.hpp"

namespace sluice::ai {

AnswerText read_answer(std::string_view json, Arena& arena, const JsonLimits& limits) {
  const AnswerPlaces places = read_answer_places(json, arena, limits);
  AnswerText answer;
  answer.readable = places.readable;
  for (const AnswerPlace& place : places.places) {
    if (!place.is_repeat) answer.pieces.push_back(place.text);
  }
  return answer;
}

}  // namespace sluice::ai
