// SPDX-License-Identifier: Apache-2.0
// Upstream: what all simulated services share: a name, settings that can be changed while they run, a log of the
// requests that arrived, and faults.
//
//   GET    /_control             settings and counters as JSON
//   PUT    /_control             changes the members given
//   GET    /_control/requests    the last requests: method, path, headers, body
//   DELETE /_control/requests    forgets them
//   GET    /_control/statistics  what services of their own kind count; DELETE begins anew
#pragma once

#include "base/json.hpp"

#include <sluice/clock.hpp>
#include <sluice/http/server.hpp>

#include <deque>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace sluice::simulated {

/// What every service can be told to do wrong, and how fast it is.
struct CommonSettings {
  std::int64_t delay_ms = 0;          ///< Before the head of each answer.
  std::int64_t fail_status = 0;       ///< Answer so many requests (`fail_count`) with this status.
  std::int64_t fail_count = 0;        ///< Negative: all.
  std::int64_t fail_retry_after = 0;  ///< Seconds in Retry-After of such an answer; 0: none.
  bool cut = false;                   ///< Break the body after half of it.
  bool stall = false;                 ///< Never answer until the caller gives up.
};

class Upstream : public http::Handler {
 public:
  Upstream(std::string name, Clock& clock) : name_(std::move(name)), clock_(clock) {}
  Task<Response> handle(Request& request) final;
  /// Changes settings, as PUT `/_control` does; what is wrong with `settings`, or nothing.
  std::string change(std::string_view settings);
  const std::string& name() const { return name_; }

 protected:
  /// Answers one request of the service itself; its body is in memory.
  virtual Task<Response> serve(Request& request) = 0;
  /// Takes one member of the settings; false when the service has none of that name.
  virtual bool set(std::string_view name, const JsonValue& value) = 0;
  virtual void write_settings(JsonWriter& writer) = 0;
  /// An object with what this kind of service counts. As `set`, called under the lock.
  virtual void write_statistics(JsonWriter& writer);
  virtual void reset_statistics() {}
  /// The answer when the settings say that this request fails; `retry_after` in seconds, 0: none.
  virtual Response fault(Request& request, int status, std::int64_t retry_after);

  Response json(Request& request, int status, std::string_view text) const;
  /// An error in the form that Azure services use.
  Response error(Request& request, int status, std::string_view code, std::string_view message) const;

  Clock& clock() { return clock_; }
  std::mutex& mutex() { return mutex_; }
  bool cuts() {
    std::lock_guard lock(mutex_);
    return common_.cut;
  }

 private:
  struct Logged {
    std::string method, path, body;
    std::vector<std::pair<std::string, std::string>> headers;
  };
  static constexpr std::size_t max_logged = 1000;
  static constexpr std::size_t max_body_bytes = 4u << 20;

  Response control(Request& request);
  Response control_requests(Request& request);
  Response control_statistics(Request& request);
  bool set_common(std::string_view name, const JsonValue& value);
  void note(const Request& request);
  /// The fault that this request meets, if any; counts it.
  bool takes_failure(CommonSettings& now);

  std::string name_;
  Clock& clock_;
  std::mutex mutex_;
  CommonSettings common_;
  std::deque<Logged> log_;
  std::int64_t served_ = 0;
};

/// A body that breaks in the middle.
Body cut_body(std::string_view text);

}  // namespace sluice::simulated
