// SPDX-License-Identifier: Apache-2.0
// The detector of personal data: one event of a stream, long prompts of several sorts.
#include "bench.hpp"

#include "ai/event_filter.hpp"
#include "pii/detector.hpp"

#include <memory>

namespace sluice::bench {
namespace {

std::string repeated(std::string_view text, std::size_t bytes) {
  std::string made;
  while (made.size() < bytes) made += text;
  return made;
}

struct State {
  pii::Detector detector;
  std::vector<pii::Match> matches;
};

}  // namespace

void add_pii_stages(Bench& bench) {
  const auto state = std::make_shared<State>();
  const auto add_event = [&](const char* name, const char* what, std::string text) {
    const auto scanner = std::make_shared<pii::Scanner>(state->detector);
    bench.add(name, what, [state, scanner, text = std::move(text)] {
      state->matches.clear();
      scanner->push(text, state->matches);
      keep(state->matches.size());
    });
  };
  add_event("pii.event.plain", "100 bytes of a streamed answer without a finding",
            "I have checked the report, and the total for March comes to 1,284 units; please call back on Monday. ");
  add_event("pii.event.findings", "100 bytes of a streamed answer with a mail address and a telephone number",
            "Sure! You can write to anna.kraus@example.com or call +49 30 1234567; the card ends in 1881, thanks. ");
  const auto add_stream = [&](const char* name, const char* what, std::string event) {
    ai::FindingFilter findings(state->detector, ai::FindingAction::mask, 0, nullptr);
    const auto filter = std::make_shared<ai::EventFilter>(std::move(findings), JsonLimits{}, false);
    bench.add(name, what, [state, filter, out = std::make_shared<std::string>(), event = std::move(event)] {
      out->clear();
      filter->feed(event, *out);
      keep(out->size());
    });
  };
  add_stream("pii.stream.plain", "one event of 100 bytes through the filter of streams",
             "data: {\"id\":\"chatcmpl-1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\" the report, \"}}]}\n\n");
  add_stream(
      "pii.stream.findings", "the same with a mail address in it",
      "data: {\"id\":\"chatcmpl-1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\" anna@example.com \"}}]}\n\n");
  const auto add_prompt = [&](const char* name, const char* what, std::string_view text) {
    const auto prompt = std::make_shared<std::string>(repeated(text, 64 * 1024));
    bench.add(name, what, [state, prompt] { keep(state->detector.find(*prompt).size()); });
  };
  add_prompt("pii.prompt.prose", "64 KiB of prose",
             "The quick report was sent to our team after a long call about new delivery dates and open questions. ");
  add_prompt("pii.prompt.digits", "64 KiB of a table of numbers", "2654435761,7919,12.5,104729\n");
  add_prompt("pii.prompt.word", "64 KiB without a blank", "QkxpbmcgdGhlIGxhbXBz");
  add_prompt("pii.prompt.findings", "64 KiB with a finding in each line",
             "Write to anna.kraus@example.com, call +49 30 1234567, or pay with 4111 1111 1111 1111 now.\n");
}

}  // namespace sluice::bench
