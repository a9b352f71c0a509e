// SPDX-License-Identifier: Apache-2.0
// The answer of one HTTP/2 stream while it arrives. What a message may be is decided here, by the rules that answers
// in HTTP/1 have to keep (H1, U1, U2, L6, L8, L9). Pure. Format: RFC 9113 section 8.
#pragma once

#include "http/answer_head.hpp"
#include "http/h2_fields.hpp"
#include "http/trailers.hpp"

#include <sluice/limits.hpp>
#include <sluice/message.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::http {

class H2Answer {
 public:
  /// How a piece of an answer was taken.
  enum class Taken : std::uint8_t {
    good,
    malformed,  ///< The stream ends in an error: `problem` says why.
    too_large,  ///< So does the connection: nothing more of it is to be decoded (H4).
  };

  /// The head goes into `arena`, which must live until `take_head`. `method`: of the request.
  H2Answer(Arena& arena, const HttpLimits& limits, std::string_view method)
      : limits_(limits), arena_(&arena), is_head_(method == "HEAD") {}

  // What arrives, in its order.
  void begin_section();
  Taken take_field(std::string_view name, std::string_view value, bool is_never_indexed = false);
  Taken end_section(bool ends_stream);
  Taken take_data(std::string_view data);
  Taken end_stream();

  /// The final head is complete.
  bool has_head() const { return head_.has_value(); }
  /// Gives out the head, without a body.
  Response take_head();
  /// Everything has arrived.
  bool ended() const { return ended_; }
  /// Fixed text about a malformed answer.
  std::string_view problem() const { return problem_; }
  /// How long the body says it is.
  std::optional<std::uint64_t> announced_length() const;
  bool may_have_body() const { return framing_.body != Framing::none; }

  /// Bytes of the body that have arrived and were not given out. The peer's window bounds them.
  std::size_t waiting_bytes() const { return arrived_.size(); }
  /// Gives them out; they stay until the next call.
  std::string_view take_body();
  void drop_waiting() { arrived_.clear(); }
  /// How many have been given out since this was asked.
  std::size_t count_given() { return std::exchange(given_bytes_, 0); }
  /// Null: none.
  const Headers* trailers() const { return trailers_ != nullptr ? trailers_->fields() : nullptr; }

 private:
  enum class Section : std::uint8_t { none, head, trailers };
  Taken malformed(std::string_view problem);
  Taken take_pseudo(std::string_view name, std::string_view value);
  Taken end_head(bool ends_stream);

  const HttpLimits& limits_;
  Arena* arena_;
  const bool is_head_;
  bool ended_ = false;
  bool had_head_ = false;
  bool has_fields_ = false;  // of the section that arrives: no pseudo-header may follow
  Section section_ = Section::none;
  int status_ = 0;
  unsigned interim_ = 0;
  std::uint64_t received_ = 0;
  AnswerFraming framing_;
  std::optional<H2FieldSection> fields_;
  std::optional<Response> head_;
  std::unique_ptr<Trailers> trailers_;
  std::string arrived_;
  std::string given_;
  std::size_t given_bytes_ = 0;
  std::string_view problem_;
};

}  // namespace sluice::http
