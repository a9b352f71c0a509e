// SPDX-License-Identifier: Apache-2.0
// Any bytes as what a proxy answers to a request for a tunnel: read whole and byte by byte they mean the same, except
// that bytes behind the answer can only be seen with it. What is refused says why, and nothing is kept beyond bounds.
#include "http/proxy_tunnel.hpp"

#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace sluice;
using namespace sluice::http;

namespace {

using State = TunnelAnswer::State;

void must(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const HttpLimits limits;
  TunnelAnswer whole(limits);
  const State at_once = whole.take(bytes);
  must((at_once == State::refused) == !whole.problem().empty());
  TunnelAnswer parts(limits);
  State in_pieces = State::incomplete;
  std::size_t used = 0;
  while (used < size && in_pieces == State::incomplete) in_pieces = parts.take(bytes.substr(used++, 1));
  if (used == size) {
    must(in_pieces == at_once && parts.problem() == whole.problem());
  } else {
    must(in_pieces != State::incomplete && at_once != State::open && at_once != State::incomplete);
  }
  return 0;
}
