// SPDX-License-Identifier: Apache-2.0
// Fields as HTTP/2 carries them: which may be received (H1), and lists of those that are sent (P7). Both sides use
// them for heads and trailers. Pure. Format: RFC 9113 section 8.
#pragma once

#include "base/field_role.hpp"
#include "http/h2_library.hpp"
#include "http/head_check.hpp"
#include "http/line_list.hpp"

#include <sluice/message.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace sluice::http {

/// The lines of one section that arrive one after the other, checked and counted before any copy is made. Each is kept
/// as HTTP/1 writes it, `name: value CR LF`, so that a head made of them takes it over in one piece.
class H2FieldSection {
 public:
  enum class Outcome : std::uint8_t {
    taken,
    malformed,  ///< Not in a message: stream error PROTOCOL_ERROR.
    too_large,  ///< Beyond L2 or L3.
  };

  H2FieldSection(Arena& arena, const HeadBounds& bounds) : arena_(arena), bounds_(bounds), lines_(arena) {}

  /// A line whose name does not begin with `:`. `is_never_indexed`: it came as such.
  Outcome add(std::string_view name, std::string_view value, bool is_never_indexed = false);
  /// A line of our own: known to be good, not counted.
  void keep(std::string_view name, std::string_view value) {
    keep(HeaderName(name), value, role_of(HeaderName(name)), false);
  }
  /// Counts a pseudo-header field, whose name and value the caller looks at.
  Outcome count(std::string_view name, std::string_view value);
  /// Joins the crumbs of Cookie with `; ` (H2) and gives out the lines, as a head without first line.
  HeadLines finish();

 private:
  void keep(const HeaderName& name, std::string_view value, FieldRole role, bool is_never_indexed);
  void join_cookies();

  Arena& arena_;
  const HeadBounds bounds_;
  LineList lines_;
  std::size_t fields_ = 0;
  std::size_t cost_ = 0;
  std::uint32_t cookies_ = 0;
  FieldRoles roles_ = 0;
  bool has_underscore_ = false;
};

/// Fields on their way out, in nghttp2's form. It copies them when they are submitted, names in lower case.
class H2FieldList {
 public:
  /// Room for `most` lines, in the arena.
  H2FieldList(Arena& arena, std::size_t most) : fields_(arena.make_room<nghttp2_nv>(most)) {}

  /// A line of our own: known to be good, its text lives until it is submitted.
  void add(std::string_view name, std::string_view value);
  /// False when the line's name or value may not stand in a head.
  bool add_line(const Header& line);
  /// The lines whose role is not among `left_out`. False when a name or value may not stand in a head.
  bool add_lines(const Headers& headers, FieldRoles left_out);

  /// Marks secrets as never to be indexed, by us or by who passes them on: on a connection that callers share, the size
  /// of one's head must not tell what another's holds. Cookies of 20 bytes and more are too long to be guessed
  /// (RFC 7541 section 7.1.3).
  void never_index_secrets();

  const nghttp2_nv* data() const { return fields_; }
  std::size_t size() const { return count_; }

 private:
  nghttp2_nv* fields_;
  std::size_t count_ = 0;
};

/// What the fields that HTTP/2 frames by itself are left out by.
inline constexpr FieldRoles framed_by_h2 = connection_roles | bit(FieldRole::content_length);

}  // namespace sluice::http
