// SPDX-License-Identifier: Apache-2.0
// The connections of one worker to one origin over HTTP/2, and how the requests on them go.
#pragma once

#include "http/client_connection.hpp"
#include "http/h2_pool_state.hpp"
#include "http/origin_cells.hpp"

#include <boost/intrusive_ptr.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

namespace sluice::http {

class H2Client;
class H2ClientConnection;
class H2LineWait;

/// Lives as long as it is kept, or anything of it goes on.
struct H2OriginPool : boost::intrusive_ref_counter<H2OriginPool, boost::thread_unsafe_counter> {
  H2OriginPool(H2Client& of, const Origin& to, std::size_t cap);
  H2Client& client;
  const Origin origin;
  std::size_t peer_streams = 100;  ///< What the peer allows on a connection, as far as it has said (RFC 9113 6.5.2).
  H2PoolState<H2ClientConnection, H2LineWait> state;
  OriginCells cells;
  SteadyTime last_use{};
  std::uint64_t measured_beat = ~std::uint64_t{0};  ///< Of the worker's loop, when a time was last measured.
};

using H2OriginPoolRef = boost::intrusive_ptr<H2OriginPool>;

}  // namespace sluice::http
