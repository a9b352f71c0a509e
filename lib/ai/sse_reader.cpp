// SPDX-License-Identifier: Apache-2.0
#include "ai/sse_reader.hpp"

#include "base/scan.hpp"

namespace sluice::ai {
namespace {
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
}

std::size_t first_event_length(std::string_view bytes) {
  bool is_blank = true;  // the line that is being read
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    const char c = bytes[at];
    if (c != '\r' && c != '\n') {
      is_blank = false;
      at = find_line_end(bytes, at) - 1;
      continue;
    }
    if (c == '\r') {
      if (at + 1 == bytes.size()) return 0;
      if (bytes[at + 1] == '\n') ++at;
    }
    if (is_blank) return at + 1;
    is_blank = true;
  }
  return 0;
}

std::size_t whole_events_length(std::string_view bytes) {
  std::size_t length = 0;
  while (const std::size_t next = first_event_length(bytes.substr(length))) length += next;
  return length;
}

bool SseReader::take_line(std::string_view& bytes) {
  if (after_cr_) {
    // CR LF is one end of line, also when the two arrive apart.
    after_cr_ = false;
    if (bytes.front() == '\n') bytes.remove_prefix(1);
    if (bytes.empty()) return false;
  }
  const std::size_t end = find_line_end(bytes);
  const std::string_view part = bytes.substr(0, end);
  if (line_.size() + part.size() > max_line_bytes) {
    line_too_long_ = overflowed_ = true;
  } else if (!line_too_long_) {
    line_ += part;
  }
  if (end == bytes.size()) {
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
