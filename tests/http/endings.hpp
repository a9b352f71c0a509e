// SPDX-License-Identifier: Apache-2.0
// Every way in which a request can end, as data: what the two ends do, which counts move, and that nothing stays
// behind. `run` carries a row out once, compares, then repeats it and looks at descriptors, connections and memory.
#pragma once

#include "http/support.hpp"

#include <functional>
#include <string>

namespace sluice::http::test {

/// Counts that have moved, `name=by`, in the order of the structs; bytes, times and what is open now left out.
std::string moved(ServerStatistics before, ServerStatistics after);
std::string moved(const ClientStatistics& before, const ClientStatistics& after);

/// Both ends of one run.
struct Ending;
class Stage {
 public:
  explicit Stage(const Ending& ending);
  std::uint16_t port() const { return port_; }
  /// What the origin's side has seen, in the order in which it was noted.
  void note(std::string event);
  std::string notes();
  /// Waits until that has been noted so often.
  bool noted(const std::string& event, int times = 1);
  ServerStatistics server() const { return server_->statistics(); }
  ClientStatistics client() const { return runtime_.client_statistics(); }
  /// Every request to an origin has ended in one of the ways that are counted for it.
  bool has_counted_all() const;
  Server& the_server() { return *server_; }
  /// No request runs, no caller is connected, and as many connections to the origin are open as the row says.
  bool is_at_rest();

 private:
  const Ending& ending_;
  std::mutex mutex_;
  std::vector<std::string> events_;
  Upstream upstream_;
  Runtime runtime_;
  std::unique_ptr<Handler> handler_;
  std::unique_ptr<Server> server_;
  std::uint16_t port_ = 0;
};

struct Ending {
  const char* name;
  std::function<void(RawClient& connection, Stage& stage)> origin;  ///< Empty: nobody listens there.
  std::function<void(Stage& stage)> caller;
  std::string server;  ///< Counts that move when it happens once.
  std::string client;
  std::string origin_saw = {};                  ///< Notes, joined by blanks.
  std::function<void(HttpLimits&)> limit = {};  ///< Of both sides.
  std::uint64_t kept = 0;                       ///< Connections to the origin that stay.
  int repetitions = 100;
  /// Instead of forwarding.
  std::function<Task<Response>(Request&)> handler = {};
};

void run(const Ending& ending);

/// Reads a request and notes it.
std::string take_request(RawClient& connection, Stage& stage);
/// Reads until the gateway ends the connection, and notes that.
void note_end(RawClient& connection, Stage& stage);

}  // namespace sluice::http::test
