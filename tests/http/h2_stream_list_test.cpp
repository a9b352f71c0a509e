// SPDX-License-Identifier: Apache-2.0
#include "http/h2_stream_list.hpp"

#include <catch2/catch.hpp>

#include <boost/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

#include <string>

using namespace sluice::http;

namespace {

struct Stream : boost::intrusive_ref_counter<Stream, boost::thread_unsafe_counter> {
  Stream(char of, int& count) : name(of), alive(count) { ++alive; }
  ~Stream() { --alive; }
  const char name;
  int& alive;
  H2StreamList<Stream>::Hook in_session_;
};

std::string names(const H2StreamList<Stream>& list) {
  std::string text;
  list.for_each([&](Stream& stream) { text += stream.name; });
  return text;
}

}  // namespace

TEST_CASE("a list holds its streams until they are removed, from whichever place", "[http][h2][stream_list]") {
  int alive = 0;
  H2StreamList<Stream> list;
  Stream* streams[4];
  for (int i = 0; i < 4; ++i) list.add(*(streams[i] = new Stream(static_cast<char>('a' + i), alive)));
  CHECK(names(list) == "dcba");
  CHECK(list.size() == 4);
  CHECK(list.first() == streams[3]);
  const boost::intrusive_ptr<Stream> kept(streams[1]);
  list.remove(*streams[1]);
  CHECK(names(list) == "dca");
  list.remove(*kept);  // it is not there any more
  CHECK(list.size() == 3);
  list.remove(*streams[3]);
  list.remove(*streams[0]);
  CHECK(names(list) == "c");
  CHECK(alive == 2);
  list.add(*kept);
  CHECK(names(list) == "bc");
  list.remove(*streams[2]);
  list.remove(*kept);
  CHECK(list.first() == nullptr);
  CHECK(alive == 1);
}

TEST_CASE("streams may be removed while they are gone through", "[http][h2][stream_list]") {
  int alive = 0;
  H2StreamList<Stream> list;
  for (char name = 'a'; name <= 'e'; ++name) list.add(*new Stream(name, alive));
  list.for_each([&](Stream& stream) {
    if (stream.name != 'c') list.remove(stream);
  });
  CHECK(names(list) == "c");
  list.remove(*list.first());
  CHECK(alive == 0);
}
