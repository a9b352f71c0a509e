// SPDX-License-Identifier: Apache-2.0
// AnswerWatch: finds out what a model's answer cost while it goes to the caller. One for each request, shared by all
// who want to know. A streamed answer is read beside the stream; nothing is held back.
//
// What a run of assistants or a response in the background has cost is told by every answer about it: the first that
// tells counts, which the counter store remembers. A report that cannot be true is none: nothing at all for words that
// were seen, or of a stream less than half of its words; these are counted in its place.
#pragma once

#include <sluice/context.hpp>

#include "ai/sse_reader.hpp"
#include "ai/usage.hpp"
#include "tokenizer/token_counter.hpp"

#include <optional>
#include <string>

namespace sluice::ai {

class AnswerWatch final : public BodyObserver {
 public:
  explicit AnswerWatch(Arena&) {}

  /// The watch of this request; watching from the first call on. Hooks that are added after it find it up to date.
  /// Where the setting ai.askUsage has it, the request asks for the usage of a stream from then on.
  static AnswerWatch& of(RequestContext& context);
  /// Takes out of the answer the usage that only the watch of this request has asked for, if it has; at the latest done
  /// before the head goes out.
  static void hide_asked_usage(RequestContext& context);

  /// Asks for an answer that is no event stream to be read before its head goes out, when it is not too large.
  void want_before_send() { wants_before_send_ = true; }

  /// From now on only what `count` is shown counts: a stream that stands before the caller looks at each piece first.
  void count_by_hand() { by_hand_ = true; }
  /// Looks at whole events of the stream.
  void count(std::string_view events);
  /// Data of the event that was read last.
  std::string_view last_event() const { return last_event_; }

  /// The answer's head has been seen, and says so.
  bool is_event_stream() const { return is_event_stream_; }
  /// The whole answer has been seen: in memory before its head goes out, at the end for streams.
  bool is_complete() const { return complete_; }
  /// The usage reported so far; once the answer is complete, what of it counts.
  const std::optional<TokenUsage>& usage() const { return stream_usage_.usage(); }
  /// The answer says that its cost is told by another, later or before: it costs nothing itself.
  bool is_told_elsewhere() const { return is_told_elsewhere_; }
  /// Tokens of the words seen so far, by the encoding of the model, for answers that report none.
  std::int64_t estimated_completion_tokens() const {
    return counter_ ? static_cast<std::int64_t>(counter_->tokens()) : 0;
  }

  /// Of a stream: from the request's beginning to its first words, and from those to the last; 0 before there are any.
  std::chrono::microseconds time_to_first_words() const { return first_words_; }
  std::chrono::microseconds time_of_words() const { return last_words_ - first_words_; }

  void on_data(std::string_view data) override;

 private:
  struct BeforeSend;
  struct AfterSend;

  void ask();
  void hide_usage();
  void begin(const Response& response);
  void read_event(std::string_view data);
  void read_whole(std::string_view body);
  void count_words(std::string_view text);
  void finish();
  Task<void> judge();
  Task<void> judge_polled();
  void end_judging();
  Task<bool> is_first_to_tell() const;
  void correct();

  RequestContext* context_ = nullptr;
  bool wants_before_send_ = false;
  bool begun_ = false;
  bool complete_ = false;
  bool is_event_stream_ = false;
  bool by_hand_ = false;
  bool has_asked_ = false;  ///< The caller had not.
  bool is_judged_ = false;
  bool is_told_elsewhere_ = false;
  bool unreadable_ = false;  ///< Compressed, or longer than what may be kept.
  std::string last_event_;
  SseReader reader_;
  StreamUsage stream_usage_;
  std::optional<tokenizer::TokenCounter> counter_;  ///< Of the words, from the first one on.
  tokenizer::ModelEncoding encoding_;
  std::chrono::microseconds first_words_{0}, last_words_{0};  ///< Since the request's beginning.
  std::string kept_;  ///< An answer that streams but is no event stream, within the limit for buffered bodies.
  Arena scratch_{1024};
};

}  // namespace sluice::ai
