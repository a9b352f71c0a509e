// SPDX-License-Identifier: Apache-2.0
#include "ai/event_filter.hpp"

#include "ai/pii_recognition.hpp"
#include "ai/sse_reader.hpp"
#include "pii/fixtures.hpp"

#include <catch2/catch.hpp>

#include <random>

namespace sluice::ai {
namespace {

const pii::Detector& detector() {
  static const pii::Detector made;
  return made;
}

EventFilter masking(FindingAction action = FindingAction::mask, bool passes_unreadable = false) {
  return EventFilter(FindingFilter(detector(), action, 0, nullptr), {}, passes_unreadable);
}

std::string event_of(std::string_view text, int index = 0) {
  std::string data = "data: {\"choices\":[{\"index\":" + std::to_string(index) + ",\"delta\":{\"content\":";
  append_json_string(data, text);
  return data + "}}]}\n\n";
}

/// The words of a stream, and how many events it has.
std::pair<std::string, std::size_t> words_of(std::string_view stream) {
  std::string words;
  std::size_t events = 0;
  SseReader reader;
  Arena arena(4096);
  const auto on_event = [&](const SseReader::Event& event) {
    ++events;
    for (const AnswerPlace& place : read_answer_places(event.data, arena).places) words += place.text;
  };
  reader.feed(stream, on_event);
  reader.finish(on_event);
  return {words, events};
}

std::string masked(std::string_view text) {
  std::string made;
  std::size_t at = 0;
  for (const pii::Match& match : detector().find(text)) {
    made += text.substr(at, match.begin - at);
    made += pii::mask_of(match, text.substr(match.begin, match.end - match.begin));
    at = match.end;
  }
  return made.append(text.substr(at));
}

}  // namespace

TEST_CASE("a stream has the findings of its whole text, wherever events and bytes are cut", "[ai][event_filter]") {
  std::mt19937 random(20241129);
  std::size_t round = 0;
  for (const pii::Fixture& fixture :
       pii::read_fixtures(std::string(SLUICE_SOURCE_DIR) + "/tests/pii/fixtures/positives.txt")) {
    if (++round % 12 != 0) continue;
    // Events end between characters, as those of models do.
    std::string stream;
    std::size_t events = 0;
    for (std::size_t at = 0; at < fixture.text.size(); ++events) {
      std::size_t end = std::min(fixture.text.size(), at + 1 + random() % 12);
      while (end < fixture.text.size() && (static_cast<unsigned char>(fixture.text[end]) & 0xC0) == 0x80) ++end;
      stream += event_of(std::string_view(fixture.text).substr(at, end - at));
      at = end;
    }
    stream += "data: [DONE]\n\n";
    EventFilter filter = masking();
    std::string out;
    for (std::size_t at = 0; at < stream.size();) {
      const std::size_t size = std::min<std::size_t>(stream.size() - at, 1 + random() % 60);
      filter.feed(std::string_view(stream).substr(at, size), out);
      at += size;
    }
    filter.finish(out);
    const auto [words, count] = words_of(out);
    INFO(fixture.text);
    REQUIRE(words == masked(fixture.text));
    REQUIRE(count == events + 1);
  }
}

TEST_CASE("a stream without findings passes byte for byte", "[ai][event_filter]") {
  const std::string stream =
      ": c\r\n\r\nid: 7\r\ndata: {\"choices\":[ {\"delta\":{\"content\":\"H\\u0065llo\"}} ]}\r\n\r\n" +
      event_of("there.") + "retry: 3\n\ndata:[DONE]\n\ntrailing";
  EventFilter filter = masking();
  std::string out;
  for (const char c : stream) filter.feed(std::string_view(&c, 1), out);
  filter.finish(out);
  CHECK(out == stream);
}

TEST_CASE("an event waits only while its text may be part of a finding", "[ai][event_filter]") {
  EventFilter filter = masking();
  std::string out;
  filter.feed(event_of("Hello, "), out);
  CHECK(out == event_of("Hello, "));
  out.clear();
  filter.feed(event_of("my fri"), out);
  CHECK(out.empty());
  filter.feed(event_of("end is"), out);
  CHECK(out == event_of("my fri"));
  filter.feed("data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n", out);
  CHECK(words_of(out).first == "my friend is");
}

TEST_CASE("the end of an event goes with it when lines end in CR LF", "[ai][event_filter]") {
  EventFilter filter = masking();
  std::string out;
  filter.feed("data: {\"choices\":[]}\r\n\r\n", out);
  CHECK(out == "data: {\"choices\":[]}\r\n\r\n");
}

TEST_CASE("a token that never ends is masked as it comes and nothing waits for it", "[ai][event_filter]") {
  EventFilter filter = masking();
  std::string out;
  filter.feed(event_of("-----BEGIN "
                       "PRIVATE KEY-----\n"),
              out);
  for (int i = 0; i < 50; ++i) filter.feed(event_of(std::string(64, 'A')), out);
  const auto [words, events] = words_of(out);
  CHECK(words == "[PRIVATE_KEY]");
  CHECK(events == 51);
}

TEST_CASE("a stream that blocks says so and stops", "[ai][event_filter]") {
  EventFilter filter = masking(FindingAction::block);
  std::string out;
  filter.feed("event: a\n" + event_of("anna@example.com "), out);
  CHECK(filter.is_stopped());
  CHECK(out.starts_with("event: error\ndata: {\"type\":\"error\""));
  const std::string before = out;
  filter.feed(event_of("more"), out);
  filter.finish(out);
  CHECK(out == before);
}

TEST_CASE("an event that is too long stops the stream, or passes", "[ai][event_filter][limits]") {
  const std::string stream =
      "data: " + std::string(EventFilter::max_event_bytes + 10, 'x') + "\n\n" + event_of("a@b.example ");
  EventFilter closed = masking();
  std::string out;
  closed.feed(stream, out);
  CHECK(closed.is_stopped());
  CHECK(out.find("xxx") == std::string::npos);
  EventFilter open = masking(FindingAction::mask, true);
  out.clear();
  for (std::size_t at = 0; at < stream.size(); at += 10'000)
    open.feed(std::string_view(stream).substr(at, 10'000), out);
  open.finish(out);
  CHECK(out.size() == stream.size() - std::string("a@b.example").size() + std::string("[EMAIL]").size());
}

TEST_CASE("texts are taken as ended when too many events wait", "[ai][event_filter][limits]") {
  EventFilter filter = masking();
  std::string out;
  filter.feed(event_of("anna@exam", 0), out);
  const std::string other = event_of("word. ", 1);
  std::size_t fed = 0;
  while (out.empty() && fed < 2 * EventFilter::max_waiting_bytes) {
    filter.feed(other, out);
    fed += other.size();
  }
  CHECK(fed <= EventFilter::max_waiting_bytes + 2 * other.size());
  CHECK(out.starts_with(event_of("anna@exam", 0)));
}

TEST_CASE("the texts that go on at a time are bounded", "[ai][event_filter][limits]") {
  EventFilter filter = masking();
  std::string out;
  for (int i = 0; i <= static_cast<int>(EventFilter::max_channels); ++i) filter.feed(event_of("wor", i), out);
  CHECK(out == event_of("wor", 0));
}

namespace {

EventFilter asking(FindingAction action = FindingAction::mask, pii::Replacements* table = nullptr) {
  static const pii::Detector nothing([] {
    pii::DetectorOptions options;
    options.kinds = {};
    return options;
  }());
  return EventFilter(FindingFilter(nothing, action, 0, table), {}, false, true);
}

/// The service: finds every `name`.
std::vector<std::vector<pii::Match>> told(const EventFilter& filter, std::string_view wanted = "Jürgen Groß") {
  std::vector<std::vector<pii::Match>> all;
  for (const std::string_view text : filter.questions()) {
    std::vector<pii::Match>& found = all.emplace_back();
    for (std::size_t at = text.find(wanted); at != std::string_view::npos; at = text.find(wanted, at + 1)) {
      pii::Match match;
      match.name = "PERSON";
      match.begin = at;
      match.end = at + wanted.size();
      found.push_back(match);
    }
  }
  return all;
}

}  // namespace

TEST_CASE("a stream has what somebody else finds, whenever he is asked", "[ai][event_filter]") {
  std::mt19937 random(20250217);
  for (int round = 0; round < 200; ++round) {
    std::string text, wanted;
    while (text.size() < 1500) {
      for (std::size_t words = random() % 40; words > 0; --words) {
        text += "word ";
        wanted += "word ";
      }
      text += "Jürgen Groß";
      wanted += "[PERSON]";
    }
    std::string stream;
    for (std::size_t at = 0; at < text.size();) {
      std::size_t end = std::min(text.size(), at + 1 + random() % 20);
      while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) ++end;
      stream += event_of(text.substr(at, end - at));
      at = end;
    }
    stream += "data: [DONE]\n\n";
    EventFilter filter = asking();
    std::string out;
    for (std::size_t at = 0; at < stream.size(); at += 100) {
      filter.feed(std::string_view(stream).substr(at, 100), out);
      if (filter.has_questions() && (filter.is_full() || random() % 10 == 0)) filter.answer(told(filter), out);
    }
    filter.finish(out);
    if (filter.has_questions()) filter.answer(told(filter), out);
    REQUIRE(words_of(out).first == wanted);
    REQUIRE(out.ends_with("data: [DONE]\n\n"));
  }
}

TEST_CASE("what somebody else is to tell of waits, and then for the next window at most its end",
          "[ai][event_filter]") {
  EventFilter filter = asking();
  std::string out;
  filter.feed("data: {\"choices\":[]}\n\n", out);
  CHECK(!out.empty());
  CHECK(!filter.has_questions());
  out.clear();
  const std::string first = event_of(std::string(100, 'a')), second = event_of(std::string(100, 'b'));
  filter.feed(first + second, out);
  CHECK(out.empty());
  CHECK(filter.has_questions());
  CHECK(!filter.is_full());
  filter.answer(told(filter), out);
  CHECK(out.empty());  // The first event ends within the last 128 characters.
  CHECK(!filter.has_questions());
  filter.feed(event_of(std::string(60, 'c')), out);
  filter.answer(told(filter), out);
  CHECK(out == first);
  filter.finish(out);
  CHECK(out == first + second + event_of(std::string(60, 'c')));
}

TEST_CASE("a window is full when the service takes no more, when a text has ended, and when too much waits",
          "[ai][event_filter][limits]") {
  std::string out;
  EventFilter filling = asking();
  std::size_t characters = 0;
  for (; !filling.is_full() && characters < 10'000; characters += 10) filling.feed(event_of("0123456789"), out);
  CHECK(characters <= max_recognition_characters - window_overlap + 10);
  EventFilter ending = asking();
  ending.feed(event_of("short") + "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n",
              out);
  CHECK(ending.is_full());
  EventFilter waiting = asking();
  waiting.feed(event_of("short"), out);
  std::size_t fed = 0;
  const std::string silent = ": " + std::string(1000, 'x') + "\n\n";
  for (; !waiting.is_full() && fed < 2 * EventFilter::max_waiting_bytes; fed += silent.size())
    waiting.feed(silent, out);
  CHECK(fed <= EventFilter::max_waiting_bytes + silent.size());
  // Told of, but for the end of a window: that waits no longer either.
  EventFilter held = asking();
  held.feed(event_of("short"), out);
  held.answer(told(held), out);
  CHECK(out.empty());
  for (fed = 0; out.empty() && fed < 2 * EventFilter::max_waiting_bytes; fed += silent.size()) held.feed(silent, out);
  CHECK(fed <= EventFilter::max_waiting_bytes + silent.size());
}

TEST_CASE("a stream stops when somebody else finds what blocks, or cannot tell", "[ai][event_filter]") {
  EventFilter filter = asking(FindingAction::block);
  std::string out;
  filter.feed(event_of("It was Jürgen Groß, ") + event_of(std::string(200, 'x')), out);
  filter.answer(told(filter), out);
  CHECK(filter.is_stopped());
  CHECK(out.find("personal data") != std::string::npos);
  CHECK(out.find("Groß") == std::string::npos);
  EventFilter other = asking();
  other.feed(event_of("It was "), out);
  out.clear();
  other.stop(out, "The answer could not be checked.");
  CHECK(other.is_stopped());
  CHECK(!other.has_questions());
  CHECK(out.find("was") == std::string::npos);
}

TEST_CASE("placeholders come back where somebody else finds, also when he finds them", "[ai][event_filter]") {
  pii::Replacements table;
  const std::string placeholder(table.placeholder_of(pii::Kind::email, "anna@example.com"));
  EventFilter filter = asking(FindingAction::mask, &table);
  std::string out;
  filter.feed(event_of("Dear <EMA") + event_of("IL_1>, "), out);
  filter.answer(told(filter, "<EMA"), out);
  filter.feed(event_of("bye Carl") + "data: [DONE]\n\n", out);
  filter.answer(told(filter, "Carl"), out);
  CHECK(words_of(out).first == "Dear anna@example.com, bye [PERSON]");
}

TEST_CASE("names of what is told are bounded", "[ai][event_filter][limits]") {
  EventFilter filter = asking();
  std::string text, out;
  std::vector<std::string> names;
  std::vector<std::vector<pii::Match>> found(1);
  for (std::size_t i = 0; i <= EventFilter::max_names; ++i) {
    names.push_back("N" + std::to_string(i));
    text += "x ";
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    pii::Match match;
    match.name = names[i];
    match.begin = 2 * i;
    match.end = 2 * i + 1;
    found[0].push_back(match);
  }
  filter.feed(event_of(text) + "data: [DONE]\n\n", out);
  filter.answer(found, out);
  CHECK(words_of(out).first.ends_with("[N999] [OTHER] "));
}

}  // namespace sluice::ai
