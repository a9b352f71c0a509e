// SPDX-License-Identifier: Apache-2.0
// What costs a peer of HTTP/2 little and us much is allowed only so often (H3), and a header block has only so many
// frames (H4). Frames of callers are looked at by their headers, before nghttp2 gets the bytes. Pure: the caller says
// what time it is.
#pragma once

#include <sluice/clock.hpp>
#include <sluice/limits.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sluice::http {

/// Which budget something is taken from.
enum class H2Abuse : std::uint8_t { reset, ping_or_settings, empty_frame, small_update };

/// A bucket for each kind, full at first, that fills again as time passes.
class H2Budget {
 public:
  explicit H2Budget(const Http2Limits& limits);
  /// Takes one. False when nothing is left.
  bool spend(H2Abuse kind, SteadyTime now);

 private:
  static constexpr std::int64_t event = 1'000'000;  // as much as one event a second adds in a second

  struct Bucket {
    AllowedRate rate;
    std::int64_t left = rate.burst * event;
    SteadyTime at{};
  };
  std::array<Bucket, 4> buckets_;
};

/// Follows the frames in received bytes, wherever those are cut.
class H2FrameGuard {
 public:
  explicit H2FrameGuard(const Http2Limits& limits) : limits_(limits) {}

  /// Looks at the next bytes behind the connection preface. False when the peer has done too much of something.
  bool take(std::string_view bytes, H2Budget& budget, SteadyTime now);
  /// A header block has begun and not ended (T2).
  bool in_header_block() const { return in_block_; }
  /// How many have begun.
  std::uint32_t header_blocks() const { return blocks_; }

 private:
  static constexpr std::size_t head_bytes = 9;
  static constexpr std::size_t looked_at_bytes = head_bytes + 4;  // of a payload: padding, a window's increment

  bool begin_frame(H2Budget& budget, SteadyTime now);
  bool look_into_frame(H2Budget& budget, SteadyTime now) const;
  std::uint8_t type() const { return seen_[3]; }
  std::uint8_t flags() const { return seen_[4]; }
  /// How much of the frame is looked at.
  std::size_t wanted() const;

  const Http2Limits& limits_;
  std::array<std::uint8_t, looked_at_bytes> seen_{};
  std::size_t seen_bytes_ = 0;
  std::uint32_t length_ = 0;
  std::uint32_t left_ = 0;  // of the payload, beyond what is looked at
  std::uint32_t continuations_ = 0;
  std::uint32_t blocks_ = 0;
  bool in_block_ = false;
};

}  // namespace sluice::http
