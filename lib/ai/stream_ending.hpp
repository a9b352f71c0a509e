// SPDX-License-Identifier: Apache-2.0
// StreamEnding: how a stream of events is ended before its time so that clients take it for whole: as if the model had
// met its bound (`length`, `max_tokens`, `incomplete`), or its filter had stopped it (`content_filter`, `refusal`).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::ai {

class StreamEnding {
 public:
  enum class Reason : std::uint8_t { length, content_filter };

  /// Looks at the data of an event that has gone to the caller.
  void add(std::string_view data);

  /// The events that end the stream after those that were seen; empty for a stream of no known form.
  std::string text(std::int64_t completion_tokens, Reason reason = Reason::length) const;
  /// The form is known, and its end tells how many tokens there were.
  bool tells_tokens() const { return form_ == Form::messages; }
  /// Events have told which form the stream has.
  bool knows_form() const { return form_ != Form::unknown; }

 private:
  enum class Form : std::uint8_t { unknown, chat, text, messages, responses, run };

  void note_head(std::string_view data);
  std::string chunk_text(Reason reason) const;
  std::string messages_text(std::int64_t completion_tokens, Reason reason) const;
  std::string responses_text(Reason reason) const;
  std::string run_text(Reason reason) const;

  Form form_ = Form::unknown;
  std::string head_;                ///< Members that chunks of one answer share, or the id of a response or run: JSON.
  std::int64_t number_ = 0;         ///< Responses: of the last event.
  std::vector<std::int64_t> open_;  ///< Choices, or blocks, that have begun and not ended.
};

}  // namespace sluice::ai
