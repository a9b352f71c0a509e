// SPDX-License-Identifier: Apache-2.0
// Any bytes as a streamed answer of a model, in any pieces: events are the same however they are cut, nothing is lost,
// and what is read of them keeps to its bounds.
#include "ai/asked_usage.hpp"
#include "ai/event_window.hpp"
#include "ai/sse_reader.hpp"
#include "ai/stream_ending.hpp"
#include "ai/usage.hpp"

#include <cstdint>
#include <cstdlib>

using namespace sluice;

namespace {

using Events = std::vector<std::string>;

void require(bool holds) {
  if (!holds) std::abort();
}

/// Calls `take` with each piece of the text.
template <class Take>
void in_pieces(std::string_view text, std::size_t size, Take take) {
  for (; !text.empty(); text.remove_prefix(std::min(text.size(), size))) take(text.substr(0, size));
}

Events cut(std::string_view text, std::size_t size) {
  Events events;
  std::string all;
  ai::EventCutter cutter;
  const auto note = [&](const ai::CutEvent& event) {
    all += event.bytes;
    if (event.has_data) events.emplace_back(event.data);
  };
  in_pieces(text, size, [&](std::string_view piece) {
    while (const auto event = cutter.next(piece)) note(*event);
  });
  if (const auto last = cutter.finish()) note(*last);
  require(all == text);
  return events;
}

Events read(std::string_view text, std::size_t size) {
  Events events;
  ai::SseReader reader;
  const auto note = [&](const ai::SseReader::Event& event) { events.emplace_back(event.data); };
  in_pieces(text, size, [&](std::string_view piece) { reader.feed(piece, note); });
  reader.finish(note);
  return events;
}

std::string without_usage(std::string_view text, std::size_t size, std::size_t& taken_out) {
  std::string out;
  ai::UsageFilter filter([&](std::string_view) { ++taken_out; });
  in_pieces(text, size, [&](std::string_view piece) { filter.feed(piece, out); });
  filter.finish(out);
  return out;
}

void check_usage(const Events& events) {
  ai::StreamUsage usage;
  ai::StreamEnding ending;
  for (const std::string& data : events) {
    usage.add(data);
    ending.add(data);
    if (!usage.usage()) continue;
    const ai::TokenUsage& told = *usage.usage();
    require(told.prompt >= 0 && told.completion >= 0 && told.total >= told.prompt + told.completion);
    require(told.total <= 2 * ai::max_reported_tokens + told.cached);
  }
  for (const auto reason : {ai::StreamEnding::Reason::length, ai::StreamEnding::Reason::content_filter}) {
    const std::string end = ending.text(7, reason);
    require(end.empty() != ending.knows_form());
    require(end.empty() || cut(end, end.size()) == read(end, 1));
  }
}

/// Events leave in their order, whatever windows they are in.
void check_windows(std::string_view text, std::size_t size) {
  ai::EventWindow window({size, size / 2, {}});
  ai::EventCutter cutter;
  std::string passed;
  const auto close = [&] {
    (void)window.words();
    passed += window.events();
    window.clear();
  };
  const auto take = [&](const ai::CutEvent& event) {
    using Fate = ai::EventWindow::Fate;
    Fate fate = window.take(event);
    if (fate == Fate::no_room) {
      require(!window.is_empty());
      close();
      fate = window.take(event);
    }
    require(fate != Fate::no_room);
    if (fate == Fate::passes || fate == Fate::unreadable) {
      if (fate == Fate::unreadable) close();
      require(window.is_empty());
      passed += event.bytes;
    } else if (window.is_full()) {
      close();
    }
  };
  in_pieces(text, size, [&](std::string_view piece) {
    while (const auto event = cutter.next(piece)) take(*event);
  });
  if (const auto last = cutter.finish()) take(*last);
  close();
  require(passed == text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t piece = 1u + data[0];
  const Events events = cut(text, text.size());
  require(cut(text, piece) == events);
  require(read(text, piece) == events);
  std::size_t once = 0, again = 0;
  require(without_usage(text, text.size(), once) == without_usage(text, piece, again) && once == again);
  check_usage(events);
  check_windows(text, piece);
  return 0;
}
