// SPDX-License-Identifier: Apache-2.0
// Why the server answers a request itself instead of handing it on.
#pragma once

#include <tl/expected.hpp>

#include <string_view>

namespace sluice::http {

struct Refusal {
  int status = 400;
  std::string_view message;  ///< Fixed text: nothing of the request, nothing of the gateway's inside (K4).
};

template <class T>
using Checked = tl::expected<T, Refusal>;

inline tl::unexpected<Refusal> refuse(int status, std::string_view message) {
  return tl::unexpected<Refusal>(Refusal{status, message});
}

}  // namespace sluice::http
