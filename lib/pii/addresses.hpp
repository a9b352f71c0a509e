// SPDX-License-Identifier: Apache-2.0
// Addresses: of mail, and of machines.
#pragma once

#include "pii/found.hpp"
#include "pii/window.hpp"

namespace sluice::pii {

/// The longest part before the `@` that is looked at whole: of a longer one the last bytes are taken.
inline constexpr std::size_t max_local_bytes = 40;
/// How far on the search for a mail address goes inside a word that is longer than that.
inline constexpr std::size_t long_word_stride = 20;

/// How many bytes from the window's start on may be the part before an `@`; at most `max_local_bytes` and one.
std::size_t local_part_length(Window& window);

/// A mail address, whose local part has `local` bytes. Letters of any alphabet; the domain has two labels at least and
/// ends in letters. One of more than the window is cut there, and goes on with its domain.
/// **Source**: RFC 5321 section 4.1.2, without quoted local parts and address literals.
Found find_email(Window& window, std::size_t local);

/// Four decimal parts. Not: parts of versions and object identifiers, addresses that are nobody's (0/8, loopback,
/// multicast and above).
Found find_ipv4(Window& window);

/// RFC 4291, with global unicast, unique local, link local and IPv4-mapped prefixes.
Found find_ipv6(Window& window);

}  // namespace sluice::pii
