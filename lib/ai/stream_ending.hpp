// SPDX-License-Identifier: Apache-2.0
// StreamEnding: how a stream of events is ended before its time so that clients take it for whole: as if the model had
// met its bound (`length`, `max_tokens`, `incomplete`).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::ai {

class StreamEnding {
 public:
  /// Looks at the data of an event that has gone to the caller.
  void add(std::string_view data);

  /// The events that end the stream after those that were seen; empty for a stream of no known form.
  std::string text(std::int64_t completion_tokens) const;

 private:
  enum class Form : std::uint8_t { unknown, chat, text, messages, responses };

  void note_head(std::string_view data);
  std::string chunk_text() const;
  std::string messages_text(std::int64_t completion_tokens) const;
  std::string responses_text() const;

  Form form_ = Form::unknown;
  std::string head_;                ///< Members that chunks of one answer share, or the response's id: JSON.
  std::int64_t number_ = 0;         ///< Responses: of the last event.
  std::vector<std::int64_t> open_;  ///< Choices, or blocks, that have begun and not ended.
};

}  // namespace sluice::ai
