// SPDX-License-Identifier: Apache-2.0
// CeilingStream: a stream of events that goes on only as far as its tokens can be had. Whole events pass in the pieces
// that they come in; when the next one finds no room the stream ends as if the model had met its bound, and the backend
// is told to stop. An event that is not whole yet waits for its end, which costs nothing where each comes in one piece.
// Where more has been granted than a piece can have tokens, it passes first and is counted when it has left.
#pragma once

#include <sluice/message.hpp>

#include "ai/answer_watch.hpp"
#include "ai/stream_ending.hpp"
#include "base/wrapping_stream.hpp"

#include <memory>
#include <string>

namespace sluice::ai {

/// Whoever grants tokens to a stream.
class TokenGrants {
 public:
  virtual ~TokenGrants() = default;
  /// Whether the completion may have `tokens` in all by now; may wait for a store.
  virtual Task<bool> grant(std::int64_t tokens) = 0;
  /// So many have been granted already.
  virtual bool has(std::int64_t tokens) const = 0;
  /// So many have passed; nothing is under way, so that more may be taken for what is to come.
  virtual Task<void> note_passed(std::int64_t tokens) = 0;
};

class CeilingStream final : public WrappingStream {
 public:
  /// Longest event; a stream with a longer one ends there.
  static constexpr std::size_t max_event_bytes = SseReader::max_line_bytes;

  /// Both must live until the stream has ended. `watch` counts through this stream alone.
  CeilingStream(std::unique_ptr<BodyStream> inner, AnswerWatch& watch, TokenGrants& grants)
      : WrappingStream(std::move(inner)), watch_(watch), grants_(grants) {
    watch_.count_by_hand();
  }

  Task<BodyChunk> read() override;
  void cancel() override;
  Task<void> close() override;

 private:
  void count_unseen();
  /// How much of the whole events that `bytes` begins with may pass.
  Task<std::size_t> pass(std::string_view bytes, std::size_t length);
  void end();

  AnswerWatch& watch_;
  TokenGrants& grants_;
  StreamEnding ending_;
  std::string held_;         ///< The beginning of an event.
  std::string out_;          ///< What the last piece was made of, when it is not a piece of the other.
  std::string_view unseen_;  ///< Whole events that have passed and not been counted, as long as `inner` keeps them.
  std::int64_t passed_tokens_ = 0;
  bool is_over_ = false;
};

}  // namespace sluice::ai
