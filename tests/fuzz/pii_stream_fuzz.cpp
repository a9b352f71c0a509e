// SPDX-License-Identifier: Apache-2.0
// Any bytes as a streamed answer, in any pieces: nothing is lost but what is masked, and cuts change nothing.
#include "ai/event_filter.hpp"

#include <cstdint>
#include <cstdlib>

namespace {

std::string filtered(std::string_view text, bool passes_unreadable, std::size_t piece) {
  static const sluice::pii::Detector detector;
  sluice::ai::FindingFilter findings(detector, sluice::ai::FindingAction::mask, 0, nullptr);
  sluice::ai::EventFilter filter(std::move(findings), {}, passes_unreadable);
  std::string out;
  while (!text.empty()) {
    const std::size_t size = std::min(text.size(), piece);
    filter.feed(text.substr(0, size), out);
    text.remove_prefix(size);
  }
  filter.finish(out);
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 2, size - 2);
  const bool open = (data[0] & 1) != 0;
  const std::string whole = filtered(text, open, text.size());
  if (open && text.find("\"") == std::string_view::npos && whole != text) std::abort();
  if (open && filtered(text, open, 1u + data[1] % 50u) != whole) std::abort();
  if (!open) (void)filtered(text, open, 1u + data[1] % 50u);
  return 0;
}
