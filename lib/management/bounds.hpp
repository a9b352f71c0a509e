// SPDX-License-Identifier: Apache-2.0
// How much a caller of the management interface may send and get. What the folder may hold in all are the bounds of its
// reader (lib/model/bounds.hpp).
#pragma once

#include <cstddef>

namespace sluice::management {

/// The body of one request: a specification of the greatest size, written as a string of JSON.
inline constexpr std::size_t request_bytes = 34u << 20;
/// An id; names of folders have at most 255 bytes.
inline constexpr std::size_t id_bytes = 240;
/// Items of one page of a collection; `$top` asks for fewer.
inline constexpr std::size_t page_items = 1'000;
/// Findings that one refusal tells; the message says how many there are.
inline constexpr std::size_t told_findings = 100;
/// Levels of folders in an API, when one is made of another: `operations/<id>/policy.xml`.
inline constexpr unsigned copied_depth = 4;
/// The least length of a token: one that cannot be guessed by trying.
inline constexpr std::size_t token_bytes = 16;

}  // namespace sluice::management
