// SPDX-License-Identifier: Apache-2.0
#include "http/h2_pool_state.hpp"

#include <catch2/catch.hpp>

using namespace sluice;
using namespace sluice::http;

namespace {

struct Connection {
  std::size_t free = 0;
  std::size_t room() const { return free; }
};
struct Waiter {};
using Pool = H2PoolState<Connection, Waiter>;

}  // namespace

TEST_CASE("a connection with room carries the next request", "[http][h2][pool]") {
  Pool pool(4, 10, 2);
  Connection first, second;
  CHECK(pool.lease().may_open);
  pool.opened(first);
  first.free = 1;
  CHECK(pool.lease().connection == &first);
  first.free = 0;
  CHECK(pool.lease().may_open);
  pool.opened(second);
  second.free = 5;
  CHECK(pool.lease().connection == &second);
}

TEST_CASE("while a connection is being made others wait, unless they are too many for it", "[http][h2][pool]") {
  Pool pool(2, 10, 2);
  Waiter line[5];
  CHECK(pool.lease().may_open);
  for (Waiter& waiter : line) {
    const auto lease = pool.lease();
    CHECK(lease.connection == nullptr);
    if (&waiter == &line[2]) {
      CHECK(lease.may_open);  // two wait for the first: that is what it is going to carry
      continue;
    }
    CHECK_FALSE(lease.may_open);
    CHECK(pool.enqueue(waiter));
  }
  CHECK(pool.waiting() == 4);
}

TEST_CASE("who waits where all is full opens more connections, as many as are going to be filled", "[http][h2][pool]") {
  Pool pool(10, 10, 100);
  Connection first;
  Waiter line[4];
  CHECK(pool.lease().may_open);
  for (Waiter& waiter : line) CHECK(pool.enqueue(waiter));
  pool.opened(first);
  pool.expect(2);
  CHECK(pool.opener() == &line[0]);
  CHECK(pool.opener() == &line[1]);
  CHECK(pool.opener() == nullptr);
}

TEST_CASE("cap and line have bounds", "[http][h2][pool][limits]") {
  Pool pool(1, 1, 1);
  Connection full;
  Waiter first, second;
  CHECK(pool.lease().may_open);
  pool.opened(full);
  CHECK_FALSE(pool.lease().may_open);
  CHECK(pool.enqueue(first));
  CHECK_FALSE(pool.enqueue(second));
  pool.leave_line(first);
  CHECK(pool.enqueue(second));
  CHECK(pool.take_waiter() == &second);
  CHECK(pool.take_waiter() == nullptr);
}

TEST_CASE("who is first in line opens a connection in the place of one that ended", "[http][h2][pool]") {
  Pool pool(1, 10, 2);
  Connection only;
  Waiter first, second;
  CHECK(pool.lease().may_open);
  pool.enqueue(first);
  pool.enqueue(second);
  CHECK(pool.not_opened() == &first);
  pool.opened(only);
  CHECK(pool.closed(only) == &second);
  CHECK(pool.not_opened() == nullptr);
  CHECK(pool.is_empty());
}
