// SPDX-License-Identifier: Apache-2.0
// Which events wait together, and what is looked at before they pass.
#include "ai/event_window.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace sluice;
using namespace sluice::ai;
using Fate = EventWindow::Fate;

namespace {

struct Window {
  explicit Window(std::size_t characters, std::size_t overlap = 0) : window({characters, overlap, {}}) {}

  Fate take(std::string_view data) {
    event = "data: " + std::string(data) + "\n\n";
    std::string_view bytes = event;
    EventCutter cutter;
    return window.take(*cutter.next(bytes));
  }
  Fate say(std::string_view words, int choice = 0) {
    return take(R"({"choices":[{"index":)" + std::to_string(choice) + R"(,"delta":{"content":")" + std::string(words) +
                "\"}}]}");
  }

  std::string event;
  EventWindow window;
};

}  // namespace

TEST_CASE("events without words pass while none wait, and follow otherwise", "[ai][event_window]") {
  Window w(10);
  CHECK(w.take(R"({"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]})") == Fate::passes);
  CHECK(w.say("one") == Fate::waits);
  CHECK(w.take(R"({"choices":[]})") == Fate::follows);
  CHECK(w.window.words() == "one");
  CHECK_FALSE(w.window.is_full());
}

TEST_CASE("an event that does not fit waits for the next window", "[ai][event_window]") {
  Window w(10);
  CHECK(w.say("12345") == Fate::waits);
  CHECK(w.say("1234") == Fate::waits);
  CHECK(w.say("12") == Fate::no_room);
  CHECK(w.window.words() == "123451234");
  w.window.clear();
  CHECK(w.window.is_empty());
  CHECK(w.say("12") == Fate::waits);
  CHECK(w.window.words() == "12");
}

TEST_CASE("a window is full when no character is left", "[ai][event_window]") {
  Window w(10);
  CHECK(w.say("12345") == Fate::waits);
  CHECK(w.say("12345") == Fate::waits);
  CHECK(w.window.is_full());
}

TEST_CASE("characters are counted as services count them", "[ai][event_window]") {
  Window w(4);
  CHECK(w.say("\xf0\x9f\x98\x80\xc3\xa4") == Fate::waits);  // two and one
  CHECK_FALSE(w.window.is_full());
  CHECK(w.say("a") == Fate::waits);
  CHECK(w.window.is_full());
}

TEST_CASE("an event longer than a window is one by itself", "[ai][event_window]") {
  Window w(4);
  CHECK(w.say("a") == Fate::waits);
  CHECK(w.say("123456789") == Fate::no_room);
  w.window.clear();
  CHECK(w.say("123456789") == Fate::waits);
  CHECK(w.window.is_full());
}

TEST_CASE("a window begins with the end of the one before", "[ai][event_window]") {
  Window w(10, 4);
  CHECK(w.say("abcdefgh") == Fate::waits);
  w.window.clear();
  CHECK(w.window.is_empty());
  CHECK(w.say("1234567") == Fate::waits);  // Alone it always has room.
  CHECK(w.window.words() == "efgh1234567");
  w.window.clear();
  CHECK(w.say("12345") == Fate::waits);
  CHECK_FALSE(w.window.is_full());
  CHECK(w.say("6") == Fate::waits);
  CHECK(w.window.is_full());
  CHECK(w.window.words() == "4567123456");
}

TEST_CASE("an overlap is shorter than its window", "[ai][event_window]") {
  Window w(3, 3);
  CHECK(w.say("abc") == Fate::waits);
  w.window.clear();
  CHECK(w.say("d") == Fate::waits);
  CHECK(w.window.words() == "bcd");
}

TEST_CASE("choices that take turns are read one after the other", "[ai][event_window]") {
  Window w(100, 3);
  CHECK(w.say("I ki", 0) == Fate::waits);
  CHECK(w.say("A nice", 1) == Fate::waits);
  CHECK(w.say("ll you", 0) == Fate::waits);
  CHECK(w.say(" day", 1) == Fate::waits);
  CHECK(w.window.words() == "I kill you\nA nice day");
  w.window.clear();
  CHECK(w.say("!", 1) == Fate::waits);
  CHECK(w.window.words() == "day!");
  w.window.clear();
  CHECK(w.say("?", 0) == Fate::waits);  // It was silent in between.
  CHECK(w.window.words() == "?");
}

TEST_CASE("what an event repeats of what deltas have said is not looked at again", "[ai][event_window]") {
  Window w(100);
  const auto delta = [&](std::string_view text) {
    return w.take(R"({"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":")" +
                  std::string(text) + "\"}");
  };
  CHECK(delta("one ") == Fate::waits);
  CHECK(delta("two") == Fate::waits);
  w.window.clear();
  CHECK(w.take(R"({"type":"response.output_text.done","text":"one two"})") == Fate::passes);
  CHECK(w.take(R"({"type":"response.output_text.done","text":"one too"})") == Fate::waits);
  CHECK(w.window.words() == "one too");
}

TEST_CASE("a backend that says all of it in the last event is looked at", "[ai][event_window]") {
  Window w(100);
  CHECK(w.take(R"({"type":"response.completed","response":{"output":[{"content":[{"text":"said"}]}]}})") ==
        Fate::waits);
  CHECK(w.window.words() == "said");
}

TEST_CASE("what is said under two names is looked at once, and under the second alone too", "[ai][event_window]") {
  Window w(100);
  CHECK(w.take(R"({"choices":[{"delta":{"reasoning_content":"hm","reasoning":"hm"}}]})") == Fate::waits);
  CHECK(w.window.words() == "hm");
  w.window.clear();
  CHECK(w.take(R"({"choices":[{"delta":{"reasoning":"well"}}]})") == Fate::waits);
  CHECK(w.window.words() == "well");
}

TEST_CASE("an event that is no JSON is not taken", "[ai][event_window]") {
  Window w(100);
  CHECK(w.take("{\"choices\":") == Fate::unreadable);
  CHECK(w.take("[DONE]") == Fate::passes);
}

TEST_CASE("the end of everything closes the window", "[ai][event_window]") {
  Window w(100);
  CHECK(w.say("one") == Fate::waits);
  CHECK(w.take("[DONE]") == Fate::follows);
  CHECK(w.window.is_full());
}

TEST_CASE("events that wait are bounded in bytes", "[ai][event_window]") {
  Window w(10'000);
  CHECK(w.say("one") == Fate::waits);
  const std::string filler(EventWindow::max_waiting_bytes / 4, ' ');
  int taken = 0;
  while (w.take("{" + filler + "}") == Fate::follows) REQUIRE(++taken < 4);
  CHECK(taken == 3);
  CHECK(w.window.events().size() <= EventWindow::max_waiting_bytes);
}

TEST_CASE("channels are bounded, in an event and in a window", "[ai][event_window]") {
  const auto event_of = [](std::size_t from, std::size_t count) {
    std::string data = R"({"choices":[)";
    for (std::size_t i = from; i < from + count; ++i)
      data += (i > from ? ",{\"index\":" : "{\"index\":") + std::to_string(i) + R"(,"text":"a"})";
    return data + "]}";
  };
  Window w(10'000);
  CHECK(w.take(event_of(0, EventWindow::max_channels + 1)) == Fate::unreadable);
  CHECK(w.take(event_of(0, EventWindow::max_channels)) == Fate::waits);
  CHECK(w.take(event_of(1'000, 1)) == Fate::no_room);
  w.window.clear();
  CHECK(w.take(event_of(1'000, EventWindow::max_channels)) == Fate::waits);
  CHECK(w.window.words().size() == 2 * EventWindow::max_channels - 1);
}
