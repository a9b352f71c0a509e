// SPDX-License-Identifier: Apache-2.0
// What the head of an answer says of how its body can be read.
#pragma once

#include <sluice/message.hpp>

#include "base/text.hpp"

namespace sluice::ai {

inline bool is_event_stream(const Headers& headers) {
  const std::string_view type = headers.get("Content-Type");
  return equal_ignoring_case(trim(type.substr(0, type.find(';'))), "text/event-stream");
}

inline bool is_compressed(const Headers& headers) {
  const std::string_view coding = trim(headers.get("Content-Encoding"));
  return !coding.empty() && !equal_ignoring_case(coding, "identity");
}

}  // namespace sluice::ai
