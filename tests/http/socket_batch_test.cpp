// SPDX-License-Identifier: Apache-2.0
// The batch with socket pairs. Where the system has no io_uring there is nothing to see but that nothing is taken.
#include "http/socket_batch.hpp"

#include "http/event_loop.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include <array>
#include <cerrno>
#include <deque>
#include <string>

using namespace sluice::http;

namespace {

/// One end of a pair that takes part, and the other one.
struct Part final : SocketBatch::Member {
  Part() {
    int ends[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) == 0);
    own = Descriptor(ends[0]);
    other = Descriptor(ends[1]);
  }
  bool send(SocketBatch& batch, std::string_view text, SocketBatch::Look look = SocketBatch::Look::no) {
    const iovec piece{const_cast<char*>(text.data()), text.size()};
    return batch.send(*this, own.number(), &piece, 1, look) != 0;
  }
  void receive(SocketBatch& batch) { batch.receive(*this, own.number()); }
  std::string taken(std::size_t most = 10'000) {
    std::string bytes(most, '\0');
    const ssize_t count = take(bytes.data(), most);
    if (count < 0) return "error " + std::to_string(-count);
    bytes.resize(static_cast<std::size_t>(count));
    return bytes;
  }
  /// What has arrived at the other end.
  std::string arrived() {
    std::string bytes(100'000, '\0');
    const ssize_t count = ::recv(other.number(), bytes.data(), bytes.size(), 0);
    bytes.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    return bytes;
  }
  void tell(std::string_view text) {
    REQUIRE(::send(other.number(), text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size()));
  }
  void fill_up() {
    const std::string much(100'000, 'f');
    while (::send(own.number(), much.data(), much.size(), MSG_NOSIGNAL) > 0) continue;
  }
  void on_refused(std::string_view rest, int error) override {
    refused = rest;
    why = error;
  }
  Descriptor own, other;
  std::string refused;
  int why = 0;
};

struct Started {
  SocketBatch batch;
  const bool is_there = batch.start();
};

const std::string fitting(SocketBatch::most_bytes, 'x');

}  // namespace

TEST_CASE("Without a ring a batch takes nothing", "[http][socket_batch]") {
  SocketBatch batch;
  Part part;
  CHECK_FALSE(batch.is_on());
  CHECK_FALSE(part.send(batch, "a"));
  part.tell("b");
  part.receive(batch);
  batch.run();
  CHECK_FALSE(part.has_receipt());
  CHECK(part.arrived().empty());
}

TEST_CASE("Messages leave together, each sender's in order", "[http][socket_batch]") {
  Started on;
  if (!on.is_there) return;
  std::array<Part, 3> parts;
  CHECK(parts[0].send(on.batch, "first "));
  CHECK(parts[1].send(on.batch, "another"));
  CHECK(parts[0].send(on.batch, "second"));
  CHECK(parts[0].has_messages());
  CHECK(parts[0].arrived().empty());
  on.batch.run();
  CHECK_FALSE(parts[0].has_messages());
  CHECK(parts[0].arrived() == "first second");
  CHECK(parts[1].arrived() == "another");
  CHECK(parts[2].arrived().empty());
  // One alone, and then nothing.
  CHECK(parts[2].send(on.batch, "third"));
  on.batch.run();
  on.batch.run();
  CHECK(parts[2].arrived() == "third");
}

TEST_CASE("A batch holds so many bytes of so many senders", "[http][socket_batch]") {
  Started on;
  if (!on.is_there) return;
  std::deque<Part> parts(SocketBatch::most_sockets + 1);
  CHECK_FALSE(parts[0].send(on.batch, fitting + "x"));
  CHECK(parts[0].send(on.batch, fitting));
  CHECK_FALSE(parts[0].send(on.batch, "x"));
  for (Part& part : parts) {
    if (&part != &parts[0]) CHECK(part.send(on.batch, "y"));
  }
  CHECK(parts[0].arrived() == fitting);  // the last one found it full
  CHECK(parts.back().arrived().empty());
  on.batch.run();
  CHECK(parts.back().arrived() == "y");
}

TEST_CASE("What a socket does not take comes back with the reason", "[http][socket_batch]") {
  Started on;
  if (!on.is_there) return;
  const unsigned beside = GENERATE(0u, 2u);  // alone it is another call
  std::deque<Part> others(beside);
  for (Part& other : others) CHECK(other.send(on.batch, "beside"));
  Part part;
  SECTION("full") {
    part.fill_up();
    CHECK(part.send(on.batch, "too much"));
    on.batch.run();
    CHECK(part.refused == "too much");
    CHECK(part.why == EAGAIN);
  }
  SECTION("the peer has gone") {
    part.other.close();
    CHECK(part.send(on.batch, "for nobody"));
    on.batch.run();
    CHECK(part.refused == "for nobody");
    CHECK(part.why == EPIPE);
  }
  CHECK_FALSE(part.has_messages());
  for (Part& other : others) CHECK(other.arrived() == "beside");
}

TEST_CASE("Where it is looked first nothing goes to a peer that has ended", "[http][socket_batch]") {
  Started on;
  if (!on.is_there) return;
  const unsigned beside = GENERATE(0u, 2u, SocketBatch::most_sockets - 2);
  std::deque<Part> others(beside);
  for (Part& other : others) CHECK(other.send(on.batch, "beside"));
  Part ended, living;
  REQUIRE(::shutdown(ended.other.number(), SHUT_WR) == 0);  // it would still take bytes
  SECTION("it has ended") {
    CHECK(ended.send(on.batch, "once", SocketBatch::Look::yes));
    CHECK(ended.send(on.batch, " and more"));
  }
  SECTION("it has ended, beside one that has not") {
    CHECK(ended.send(on.batch, "once and more", SocketBatch::Look::yes));
    CHECK(living.send(on.batch, "alive", SocketBatch::Look::yes));
  }
  on.batch.run();
  CHECK(ended.refused == "once and more");
  CHECK(ended.why == EPIPE);
  CHECK(ended.arrived().empty());
  CHECK(living.refused.empty());
  for (Part& other : others) CHECK(other.arrived() == "beside");
  // Nobody looks for those that come next.
  CHECK(ended.send(on.batch, "in vain"));
  CHECK(living.send(on.batch, "."));
  on.batch.run();
  CHECK(ended.arrived() == "in vain");
  const std::string arrived = living.arrived();
  CHECK((arrived == "." || arrived == "alive."));
}

TEST_CASE("What has arrived is received for all who ask", "[http][socket_batch]") {
  Started on;
  if (!on.is_there) return;
  std::array<Part, 5> parts;
  parts[0].tell("a request");
  parts[1].tell(fitting + "more");
  parts[2].other.close();
  for (std::size_t i = 0; i < 4; ++i) parts[i].receive(on.batch);
  CHECK_FALSE(parts[0].has_receipt());
  on.batch.run();
  CHECK(parts[0].peek() == 9);
  CHECK_FALSE(parts[0].is_receipt_full());
  CHECK(parts[0].taken(2) == "a ");
  CHECK(parts[0].taken() == "request");
  CHECK_FALSE(parts[0].has_receipt());
  CHECK(parts[1].is_receipt_full());
  CHECK(parts[1].taken() == fitting);
  CHECK(parts[2].peek() == 0);
  CHECK(parts[2].taken() == "");
  CHECK(parts[3].peek() == -EAGAIN);
  CHECK(parts[3].taken() == "error " + std::to_string(EAGAIN));
  CHECK_FALSE(parts[4].has_receipt());
}

TEST_CASE("Sends go before receives in one call", "[http][socket_batch]") {
  Started on;
  if (!on.is_there) return;
  Part one;
  struct Echo final : SocketBatch::Member {
    void on_refused(std::string_view, int) override {}
  } other;
  CHECK(one.send(on.batch, "there and back"));
  on.batch.receive(other, one.other.number());
  on.batch.run();
  REQUIRE(other.has_receipt());
  CHECK(other.peek() == 14);
}

TEST_CASE("A receipt that nobody takes stays with its member", "[http][socket_batch]") {
  Started on;
  if (!on.is_there) return;
  std::deque<Part> parts(2 * SocketBatch::most_sockets);
  for (Part& part : parts) part.tell("kept");
  for (int round = 0; round < 2; ++round) {
    for (Part& part : parts) part.receive(on.batch);  // those that find no room receive for themselves
    on.batch.run();
    on.batch.end_receipts();
  }
  for (Part& part : parts) CHECK(part.taken() == "kept");
  CHECK(parts.front().has_receipt() == false);
}

TEST_CASE("A member may go before its receipt has been taken", "[http][socket_batch]") {
  Started on;
  if (!on.is_there) return;
  Part stays, stays_too;
  stays.tell("1");
  stays_too.tell("2");
  {
    Part goes, goes_later;
    goes.tell("lost");
    stays.receive(on.batch);
    goes.receive(on.batch);
    stays_too.receive(on.batch);
    on.batch.run();
  }
  on.batch.end_receipts();
  {
    Part goes;
    goes.tell("lost");
    goes.receive(on.batch);
    Part beside;
    beside.receive(on.batch);
    on.batch.run();
    on.batch.end_receipts();
    CHECK(goes.has_receipt());
  }
  CHECK(stays.taken() == "1");
  CHECK(stays_too.taken() == "2");
}

TEST_CASE("One receive alone is left to who wants it", "[http][socket_batch]") {
  Started on;
  if (!on.is_there) return;
  Part part;
  part.tell("x");
  part.receive(on.batch);
  on.batch.run();
  CHECK_FALSE(part.has_receipt());
}
