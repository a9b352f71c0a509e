// SPDX-License-Identifier: Apache-2.0
// Calls to identity providers, within bounds: one answer, in memory, of a bounded size, in a bounded time. Redirects
// are not followed (J6).
#pragma once

#include <sluice/clock.hpp>
#include <sluice/limits.hpp>
#include <sluice/telemetry.hpp>
#include <sluice/transport.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::identity {

/// What the room uses of the world. Outlives what is made with it.
struct Doors {
  Transport& transport;
  Clock& clock;
  Telemetry& telemetry;
  const IdentityLimits& limits;
};

/// A call. Texts outlive it.
struct Call {
  std::string_view url;
  std::vector<std::pair<std::string_view, std::string>> headers = {};
  std::string form = {};              ///< Not empty: sent by POST, as `application/x-www-form-urlencoded`.
  bool to_instance_metadata = false;  ///< The one call that may go there (S2).
};

struct Reply {
  int status = 0;
  std::string body;
};

/// **Errors**: access_token_unavailable, with why; cancelled.
Task<Result<Reply>> send_call(const Doors& doors, const Call& call, Cancellation& cancellation);

/// The body of an answer of 200.
Task<Result<std::string>> fetch_document(const Doors& doors, std::string_view url, Cancellation& cancellation);

/// Appends `name=value` to a form.
void add_field(std::string& form, std::string_view name, std::string_view value);

}  // namespace sluice::identity
