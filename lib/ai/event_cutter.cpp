// SPDX-License-Identifier: Apache-2.0
#include "ai/event_cutter.hpp"

#include "base/scan.hpp"

#include <algorithm>
#include <utility>

namespace sluice::ai {
namespace {
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
}

std::optional<CutEvent> EventCutter::next(std::string_view& bytes) {
  if (std::exchange(is_given_, false)) held_.clear();
  if (bytes.empty()) return std::nullopt;
  CutEvent event;
  if (held_.empty() && after_cr_ && bytes.front() == '\n') {
    after_cr_ = false;
    event.bytes = bytes.substr(0, 1);
    event.goes_on = true;
    bytes.remove_prefix(1);
    return event;
  }
  const std::size_t length = end_of_event(bytes);
  if (length == 0) {
    held_ += bytes;
    bytes = {};
    return std::nullopt;
  }
  event.bytes = bytes.substr(0, length);
  if (!held_.empty()) {
    event.bytes = held_ += event.bytes;
    is_given_ = true;
  }
  bytes.remove_prefix(length);
  read_data(event);
  return event;
}

std::optional<CutEvent> EventCutter::finish() {
  if (std::exchange(is_given_, false)) held_.clear();
  if (held_.empty()) return std::nullopt;
  CutEvent event;
  event.bytes = held_;
  is_given_ = true;
  read_data(event);
  return event;
}

/// Where the event that is arriving ends in `bytes`; 0: it goes on behind them.
std::size_t EventCutter::end_of_event(std::string_view bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    const char c = bytes[at];
    if (c != '\r' && c != '\n') {
      is_blank_ = after_cr_ = false;
      at = find_line_end(bytes, at);
      continue;
    }
    ++at;
    if (c == '\n' && std::exchange(after_cr_, false)) continue;
    after_cr_ = c == '\r';
    if (!std::exchange(is_blank_, true)) continue;
    if (after_cr_ && at < bytes.size() && bytes[at] == '\n') {
      after_cr_ = false;
      ++at;
    }
    return at;
  }
  return 0;
}

void EventCutter::read_data(CutEvent& event) {
  std::string_view rest = event.bytes;
  if (std::exchange(at_start_, false) && rest.starts_with(byte_order_mark)) rest.remove_prefix(byte_order_mark.size());
  bool is_joined = false;
  while (!rest.empty()) {
    const std::size_t end = find_line_end(rest);
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const std::size_t colon = line.find(':');
    const std::string_view field = line.substr(0, colon);
    event.has_type = event.has_type || field == "event";
    if (field != "data") continue;
    line.remove_prefix(colon == std::string_view::npos ? line.size() : colon + 1);
    if (line.starts_with(' ')) line.remove_prefix(1);
    if (!std::exchange(event.has_data, true)) {
      event.data = line;
      continue;
    }
    const auto place = [&](std::string_view text) {
      return static_cast<std::size_t>(text.data() - event.bytes.data());
    };
    if (!std::exchange(is_joined, true)) {
      lines_.assign(1, {0, place(event.data)});
      data_ = event.data;
    }
    lines_.push_back({data_.size() + 1, place(line)});
    data_.append("\n").append(line);
    event.data = data_;
  }
}

std::size_t EventCutter::place_in_bytes(const CutEvent& event, std::size_t in_data) const {
  if (event.is_in_place()) return static_cast<std::size_t>(event.data.data() - event.bytes.data()) + in_data;
  const auto behind = std::upper_bound(lines_.begin(), lines_.end(), in_data,
                                       [](std::size_t at, const DataLine& line) { return at < line.in_data; });
  const DataLine& line = *(behind - 1);
  return line.in_bytes + in_data - line.in_data;
}

}  // namespace sluice::ai
