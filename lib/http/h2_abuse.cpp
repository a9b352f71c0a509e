// SPDX-License-Identifier: Apache-2.0
// Frames: RFC 9113 section 4.1. What is malformed here is left to nghttp2, which ends the connection for it.
#include "http/h2_abuse.hpp"

#include "http/h2_library.hpp"

#include <algorithm>

namespace sluice::http {
namespace {

constexpr std::uint32_t small_increment = 16;

bool is_empty_data(std::uint8_t flags, std::uint32_t length, std::uint8_t padding) {
  if ((flags & NGHTTP2_FLAG_END_STREAM) != 0) return false;
  if (length == 0) return true;
  return (flags & NGHTTP2_FLAG_PADDED) != 0 && length == 1u + padding;
}

}  // namespace

H2Budget::H2Budget(const Http2Limits& limits)
    : buckets_{{{limits.resets}, {limits.pings_and_settings}, {limits.empty_frames}, {limits.small_updates}}} {}

bool H2Budget::spend(H2Abuse kind, SteadyTime now) {
  Bucket& bucket = buckets_[static_cast<std::size_t>(kind)];
  const std::int64_t full = bucket.rate.burst * event;
  const std::int64_t rate = bucket.rate.per_second;
  const std::int64_t passed = std::max<std::int64_t>((now - bucket.at).count(), 0);
  bucket.at = std::max(bucket.at, now);
  const bool fills_up = rate != 0 && passed > (full - bucket.left) / rate;
  bucket.left = fills_up ? full : bucket.left + passed * rate;
  if (bucket.left < event) return false;
  bucket.left -= event;
  return true;
}

std::size_t H2FrameGuard::wanted() const {
  if (type() == NGHTTP2_WINDOW_UPDATE && length_ == 4) return head_bytes + 4;
  if (type() == NGHTTP2_DATA && (flags() & NGHTTP2_FLAG_PADDED) != 0 && length_ > 0) return head_bytes + 1;
  return head_bytes;
}

bool H2FrameGuard::take(std::string_view bytes, H2Budget& budget, SteadyTime now) {
  while (!bytes.empty()) {
    if (left_ != 0 && seen_bytes_ == 0) {
      const std::size_t part = std::min<std::size_t>(left_, bytes.size());
      bytes.remove_prefix(part);
      left_ -= static_cast<std::uint32_t>(part);
      continue;
    }
    seen_[seen_bytes_++] = static_cast<std::uint8_t>(bytes.front());
    bytes.remove_prefix(1);
    if (seen_bytes_ < head_bytes) continue;
    if (seen_bytes_ == head_bytes && !begin_frame(budget, now)) return false;
    if (seen_bytes_ < wanted()) continue;
    if (!look_into_frame(budget, now)) return false;
    left_ = length_ - static_cast<std::uint32_t>(seen_bytes_ - head_bytes);
    seen_bytes_ = 0;
  }
  return true;
}

/// Takes what the frame's header alone tells.
bool H2FrameGuard::begin_frame(H2Budget& budget, SteadyTime now) {
  length_ = std::uint32_t{seen_[0]} << 16 | std::uint32_t{seen_[1]} << 8 | seen_[2];
  const bool ends_block = (flags() & NGHTTP2_FLAG_END_HEADERS) != 0;
  switch (type()) {
    case NGHTTP2_HEADERS:
      in_block_ = !ends_block;
      continuations_ = 0;
      ++blocks_;
      return length_ != 0 || budget.spend(H2Abuse::empty_frame, now);
    case NGHTTP2_CONTINUATION:
      if (++continuations_ > limits_.continuation_frames) return false;
      if (ends_block) in_block_ = false;
      return length_ != 0 || budget.spend(H2Abuse::empty_frame, now);
    case NGHTTP2_RST_STREAM: return budget.spend(H2Abuse::reset, now);
    case NGHTTP2_PING:
    case NGHTTP2_SETTINGS:
    case NGHTTP2_GOAWAY: return budget.spend(H2Abuse::ping_or_settings, now);
    case NGHTTP2_DATA:
    case NGHTTP2_WINDOW_UPDATE: return true;  // looked into
    default: return budget.spend(H2Abuse::small_update, now);
  }
}

bool H2FrameGuard::look_into_frame(H2Budget& budget, SteadyTime now) const {
  if (type() == NGHTTP2_DATA) {
    const std::uint8_t padding = seen_bytes_ > head_bytes ? seen_[head_bytes] : std::uint8_t{0};
    return !is_empty_data(flags(), length_, padding) || budget.spend(H2Abuse::empty_frame, now);
  }
  if (type() == NGHTTP2_WINDOW_UPDATE && length_ == 4) {
    const std::uint32_t increment =
        std::uint32_t{seen_[9]} << 24 | std::uint32_t{seen_[10]} << 16 | std::uint32_t{seen_[11]} << 8 | seen_[12];
    return increment >= small_increment || budget.spend(H2Abuse::small_update, now);
  }
  return true;
}

}  // namespace sluice::http
