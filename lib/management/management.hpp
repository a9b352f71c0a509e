// SPDX-License-Identifier: Apache-2.0
// Management: a folder of artifacts as resources of ARM (`Microsoft.ApiManagement/service/...`), read and changed while
// a gateway runs it. A function from request to answer, without sockets; the host gives it a listener of its own.
//
//   path ─▶ routes (one table: which kind) ─▶ kind (which files) ─▶ store: a copy changed, read, compiled ─▶ in force
#pragma once

#include "management/kind.hpp"
#include "management/routes.hpp"
#include "management/store.hpp"

#include <sluice/message.hpp>
#include <sluice/task.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::management {

struct ManagementOptions {
  Store::Options store;
  std::string token;         ///< What callers have to show as bearer token. Empty: nobody is let in.
  std::string location;      ///< `location` of the service.
  Random* random = nullptr;  ///< Outlives it; null: SystemRandom.
  /// Empty: there are none beside the folder's.
  KeyLookup keys;
  /// Told of every change that is in force, in one line without secrets. Empty: nobody is.
  std::function<void(std::string_view line)> on_change;
};

/// What a caller wants, taken apart from HTTP.
struct Call {
  std::string_view method, path, query, body;
  std::string_view authorization, if_match, if_none_match;
  std::string_view origin;  ///< `https://host:port`, for links to next pages.
};

struct Answer {
  int status = 200;
  std::string body;   ///< JSON; empty: none.
  std::string etag;   ///< With its quotes; empty: none.
  std::string allow;  ///< Of 405.
};

class Management {
 public:
  explicit Management(ManagementOptions options);

  /// See Store.
  Diagnostics reload() { return store_.reload(); }
  std::size_t unwritten() const { return store_.unwritten(); }

  /// Reads the body (at most `request_bytes`) and answers. A change is tried on the calling thread, which is busy for
  /// as long as the folder takes to load: give it a thread of its own.
  Task<Response> handle(Request& request);
  /// The same for a body that is there.
  Answer answer(const Call& call);

 private:
  bool is_authorised(std::string_view authorization) const;
  Answer answer_authorised(const Call& call);

  ManagementOptions options_;
  SystemRandom own_random_;
  Services services_;
  Store store_;
};

}  // namespace sluice::management
