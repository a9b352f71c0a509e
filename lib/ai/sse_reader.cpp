// SPDX-License-Identifier: Apache-2.0
#include "ai/sse_reader.hpp"

namespace sluice::ai {
namespace {
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
}

bool SseReader::take_line(std::string_view& bytes) {
  if (after_cr_) {
    // CR LF is one end of line, also when the two arrive apart.
    after_cr_ = false;
    if (bytes.front() == '\n') bytes.remove_prefix(1);
    if (bytes.empty()) return false;
  }
  const std::size_t end = bytes.find_first_of("\r\n");
  const std::string_view part = bytes.substr(0, end);
  if (line_.size() + part.size() > max_line_bytes) {
    line_too_long_ = overflowed_ = true;
  } else if (!line_too_long_) {
    line_ += part;
  }
  if (end == std::string_view::npos) {
    bytes = {};
    return false;
  }
  after_cr_ = bytes[end] == '\r';
  bytes.remove_prefix(end + 1);
  return true;
}

bool SseReader::end_line() {
  std::string_view line = line_;
  if (at_start_ && line.starts_with(byte_order_mark)) line.remove_prefix(byte_order_mark.size());
  at_start_ = false;
  if (line_too_long_) {
    line_too_long_ = false;
    event_too_long_ = true;
    line_.clear();
    return false;
  }
  if (line.empty()) {
    line_.clear();
    if (has_data_ && !event_too_long_) return true;
    clear_event();
    return false;
  }
  const std::size_t colon = line.find(':');
  const std::string_view field = line.substr(0, colon);
  std::string_view value = colon == std::string_view::npos ? std::string_view() : line.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (field == "data") {
    if (data_.size() + value.size() + 1 > max_line_bytes) {
      event_too_long_ = overflowed_ = true;
    } else {
      if (has_data_) data_ += '\n';
      data_ += value;
      has_data_ = true;
    }
  } else if (field == "event") {
    type_ = value;
  }
  line_.clear();
  return false;
}

void SseReader::clear_event() {
  type_.clear();
  data_.clear();
  has_data_ = false;
  event_too_long_ = false;
}

}  // namespace sluice::ai
