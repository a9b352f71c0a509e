// SPDX-License-Identifier: Apache-2.0
// Any bytes as what a backend answers, interim answers, head, body and trailers: read whole and byte by byte they are
// the same answer. U1: whoever reads what is passed on of it finds one answer, with the same status, fields, body and
// trailers.
#include "http/answer_head.hpp"
#include "http/body_reader.hpp"
#include "http/head_check.hpp"
#include "http/head_writer.hpp"

#include "base/field_role.hpp"

#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

using namespace sluice;
using namespace sluice::http;

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

/// The fields that travel on, without those that each connection's own framing makes.
std::string text_of(const Headers& fields) {
  std::string text;
  for (const Header& line : fields) {
    must(!contains(connection_roles, role_of(line)));
    if (role_of(line) != FieldRole::content_length) text.append(line.name).append("=").append(line.value).append("\n");
  }
  return text;
}

/// One answer while it arrives.
class Answer {
 public:
  Answer(const HttpLimits& limits, std::string_view method)
      : limits_(limits), method_(method), response_(arena_), reader_(Framing::none, 0, chunk_bounds(limits)) {}

  /// False when nothing more is wanted of it: it is whole, or none.
  bool take(std::string_view bytes) {
    received_ += bytes;
    while (!framing_ && !received_.empty()) {
      const auto extent = find_head_end(received_, seen_, answer_bounds(limits_));
      if (!extent) return refuse();
      seen_ = received_.size();
      if (extent->bytes == 0) return true;
      if (!take_head(extent->bytes)) return false;
    }
    if (!framing_) return true;
    const BodyReader::Piece piece = reader_.take(received_.data(), received_.size());
    if (!piece.valid) return refuse();
    body_ += piece.data;
    received_.erase(0, piece.consumed);
    return !reader_.finished();
  }
  void end() {
    is_whole_ = is_valid_ && framing_ && reader_.end_of_input();
    if (is_whole_ && reader_.has_trailers()) trailers_ = reader_.take_trailers();
  }

  /// As it goes on to the caller.
  std::string passed_on() const {
    OutgoingFraming framing{framing_->body, std::nullopt};
    if (framing.body == Framing::until_close) framing.body = Framing::chunked;
    if (framing.body == Framing::length) framing.content_length = framing_->content_length;
    std::string text;
    must(append_answer_head(text, response_, framing, ""));
    if (framing.body != Framing::chunked) return text + body_;
    if (!body_.empty()) {
      append_chunk_size(text, body_.size());
      text.append(body_).append("\r\n");
    }
    must(append_last_chunk(text, trailers_ ? trailers_->fields() : nullptr));
    return text;
  }
  bool is_whole() const { return is_whole_; }
  bool has_leftovers() const { return !received_.empty(); }
  bool may_be_passed_on() const { return is_whole_ && framing_->status >= 200; }
  bool says_the_same(const Answer& other) const {
    if (is_valid_ != other.is_valid_ || is_whole_ != other.is_whole_) return false;
    if (!is_whole_) return true;
    return framing_->status == other.framing_->status && body_ == other.body_ &&
           text_of(response_.headers) == text_of(other.response_.headers) && trailers() == other.trailers();
  }

 private:
  bool refuse() {
    is_valid_ = false;
    return false;
  }
  bool take_head(std::size_t bytes) {
    seen_ = 0;
    Response response(arena_);
    const auto framing =
        read_answer_head(arena_.copy(std::string_view(received_).substr(0, bytes)), limits_, method_, response);
    received_.erase(0, bytes);
    if (!framing) return refuse();
    if (framing->status < 200 && framing->status != 101) return ++interim_ <= limits_.interim_responses || refuse();
    reader_ = BodyReader(framing->body, framing->content_length, chunk_bounds(limits_));
    framing_ = *framing;
    response_ = std::move(response);
    return true;
  }
  std::string trailers() const { return trailers_ && trailers_->fields() ? text_of(*trailers_->fields()) : ""; }

  const HttpLimits& limits_;
  const std::string_view method_;
  Arena arena_;
  Response response_;
  BodyReader reader_;
  std::unique_ptr<Trailers> trailers_;
  std::optional<AnswerFraming> framing_;
  std::string received_;
  std::string body_;
  std::size_t seen_ = 0;
  unsigned interim_ = 0;
  bool is_valid_ = true;
  bool is_whole_ = false;
};

void read(Answer& answer, std::string_view bytes, std::size_t step) {
  while (!bytes.empty() && answer.take(bytes.substr(0, step))) bytes.remove_prefix(std::min(step, bytes.size()));
  answer.end();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view method = data[0] % 4 == 0 ? "HEAD" : "GET";
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const HttpLimits limits;
  Answer whole(limits, method);
  read(whole, bytes, size);
  Answer slow(limits, method);
  read(slow, bytes, 1);
  must(slow.says_the_same(whole));
  if (!whole.may_be_passed_on()) return 0;
  HttpLimits wide = limits;
  wide.response_head_bytes *= 2;
  const std::string text = whole.passed_on();
  Answer again(wide, method);
  read(again, text, text.size());
  must(again.is_whole() && !again.has_leftovers() && again.says_the_same(whole));
  return 0;
}
