// SPDX-License-Identifier: Apache-2.0
// EventStream: a script of server-sent events, given at the pace of a model: the first after a delay, each that has a
// token at its time from there on, so that a slow reader makes nothing late that comes after. It can break, and stall.
#pragma once

#include "deployment_settings.hpp"

#include <sluice/clock.hpp>
#include <sluice/message.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::simulated {

/// The events of one streamed answer. What an event needs is kept; its text is made when its time has come.
class Script {
 public:
  /// What an event is; formats give `kind` its meaning.
  struct Piece {
    int kind = 0;
    int part = 0;           ///< Choice, content block or output item.
    std::string_view text;  ///< Of the answer, which the script keeps.
    bool is_token = false;
  };
  virtual ~Script() = default;
  /// The bytes of an event, `index` from 0, with the blank line behind it.
  virtual std::string event(const Piece& piece, std::size_t index) const = 0;
  /// What the service says in place of the event `index` when it fails in mid-stream.
  virtual std::string error_event(std::size_t index) const;
  const std::vector<Piece>& pieces() const { return pieces_; }

 protected:
  void add(int kind, int part = 0, std::string_view text = {}, bool is_token = false) {
    pieces_.push_back({kind, part, text, is_token});
  }

 private:
  std::vector<Piece> pieces_;
};

class EventStream final : public BodyStream {
 public:
  /// Told once, when the stream ends: the tokens that went out, and whether all did.
  using Ended = std::function<void(std::int64_t tokens, bool complete)>;
  /// `hidden_tokens`: take their time before the first event, and are told as gone out.
  EventStream(std::unique_ptr<Script> script, const DeploymentSettings& settings, std::int64_t hidden_tokens,
              Clock& clock, Ended ended);
  ~EventStream() override { end(false); }

  Task<BodyChunk> read() override;
  void cancel() override { stopped_.request(); }

 private:
  Task<bool> wait_for_next();
  void end(bool complete);

  std::unique_ptr<Script> script_;
  const DeploymentSettings settings_;
  Clock& clock_;
  Ended ended_;
  Cancellation stopped_;
  const SteadyTime begin_;
  std::size_t next_ = 0;
  bool has_failed_ = false;
  const std::int64_t hidden_tokens_;
  std::int64_t tokens_ = 0;
  std::string event_;
};

/// One event; `type` empty: none is named.
std::string event_text(std::string_view type, std::string_view data);
/// `[DONE]`
std::string done_event();

/// How long a model takes for so many tokens.
std::chrono::microseconds time_for(const DeploymentSettings& settings, std::int64_t tokens);

}  // namespace sluice::simulated
