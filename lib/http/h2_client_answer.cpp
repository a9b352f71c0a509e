// SPDX-License-Identifier: Apache-2.0
#include "http/h2_client_answer.hpp"

#include <limits>

namespace sluice::http {
namespace {

constexpr std::string_view too_large = "its fields are too large or too many";

/// Three digits, 100 to 599; 0 for anything else.
int read_status(std::string_view text) {
  if (text.size() != 3) return 0;
  int status = 0;
  for (char c : text) {
    if (c < '0' || c > '9') return 0;
    status = status * 10 + (c - '0');
  }
  return status >= 100 && status <= 599 ? status : 0;
}

}  // namespace

H2Answer::Taken H2Answer::malformed(std::string_view problem) {
  problem_ = problem;
  return Taken::malformed;
}

void H2Answer::begin_section() {
  has_fields_ = false;
  section_ = had_head_ ? Section::trailers : Section::head;
  if (section_ == Section::head) {
    status_ = 0;
    fields_.emplace(*arena_, answer_bounds(limits_));
    return;
  }
  trailers_ = std::make_unique<Trailers>();
  constexpr std::size_t any = std::numeric_limits<std::size_t>::max();
  fields_.emplace(trailers_->arena(), HeadBounds{any, limits_.trailer_bytes, limits_.response_header_lines});
}

H2Answer::Taken H2Answer::take_pseudo(std::string_view name, std::string_view value) {
  if (fields_->count(name, value) == H2FieldSection::Outcome::too_large) {
    problem_ = too_large;
    return Taken::too_large;
  }
  if (section_ != Section::head || name != ":status") return malformed("it has a pseudo-header that no answer has");
  if (has_fields_) return malformed("its status stands behind fields");
  if (status_ != 0) return malformed("it has its status twice");
  status_ = read_status(value);
  return status_ != 0 ? Taken::good : malformed("its status is malformed");
}

H2Answer::Taken H2Answer::take_field(std::string_view name, std::string_view value, bool is_never_indexed) {
  if (section_ == Section::none) return malformed("it has fields in no place for them");
  if (!name.empty() && name.front() == ':') return take_pseudo(name, value);
  has_fields_ = true;
  switch (fields_->add(name, value, is_never_indexed)) {
    case H2FieldSection::Outcome::taken: return Taken::good;
    case H2FieldSection::Outcome::malformed: return malformed("a field of it is malformed");
    case H2FieldSection::Outcome::too_large: break;
  }
  problem_ = too_large;
  return Taken::too_large;
}

H2Answer::Taken H2Answer::end_section(bool ends_stream) {
  const Section section = std::exchange(section_, Section::none);
  if (section == Section::head) return end_head(ends_stream);
  if (!ends_stream) return malformed("its trailers are not its end");
  trailers_->take(fields_->finish());
  fields_.reset();
  return end_stream();
}

H2Answer::Taken H2Answer::end_head(bool ends_stream) {
  if (status_ == 0) return malformed("it has no status");
  if (status_ == 101) return malformed("it switches protocols");  // RFC 9113 section 8.6
  Response response(*arena_);
  const auto framing = read_h2_answer_head(status_, fields_->finish(), is_head_, response);
  fields_.reset();
  if (!framing) return malformed(framing.error().message);
  if (status_ < 200) {
    if (ends_stream) return malformed("an interim answer is its end");
    if (++interim_ > limits_.interim_responses) return malformed("it has too many interim answers");
    return Taken::good;
  }
  had_head_ = true;
  framing_ = *framing;
  head_.emplace(std::move(response));
  return ends_stream ? end_stream() : Taken::good;
}

H2Answer::Taken H2Answer::take_data(std::string_view data) {
  if (data.empty()) return Taken::good;
  if (!had_head_) return malformed("its body comes before its head");
  if (!may_have_body()) return malformed("it has a body where none can be");
  received_ += data.size();
  if (framing_.body == Framing::length && received_ > framing_.content_length)
    return malformed("its body is longer than it says");
  arrived_ += data;
  return Taken::good;
}

H2Answer::Taken H2Answer::end_stream() {
  if (!had_head_) return malformed("it ends before its head");
  if (framing_.body == Framing::length && received_ != framing_.content_length)
    return malformed("its body is shorter than it says");
  ended_ = true;
  return Taken::good;
}

Response H2Answer::take_head() {
  Response head = std::move(*head_);
  head_.reset();
  arena_ = nullptr;
  return head;
}

std::optional<std::uint64_t> H2Answer::announced_length() const {
  return framing_.body == Framing::length ? std::optional(framing_.content_length) : std::nullopt;
}

std::string_view H2Answer::take_body() {
  given_.clear();
  given_.swap(arrived_);
  given_bytes_ += given_.size();
  return given_;
}

}  // namespace sluice::http
