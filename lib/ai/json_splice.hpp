// SPDX-License-Identifier: Apache-2.0
// Changes inside the strings of a JSON text: everything else stays byte for byte, other parts of the strings too.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::ai {

/// In the string whose opening quote is at `string`, the bytes of its decoded value from `begin` to `end` become
/// `text`.
struct StringEdit {
  std::uint32_t string;
  std::size_t begin, end;
  std::string text;  ///< Not escaped.
};

/// The JSON text with the edits, of which none may overlap; in any order. A character that is escaped as a whole goes
/// when any of its bytes does. `json` must be valid (base/json.hpp).
std::string splice_json(std::string_view json, std::vector<StringEdit> edits);

}  // namespace sluice::ai
