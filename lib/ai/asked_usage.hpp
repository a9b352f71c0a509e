// SPDX-License-Identifier: Apache-2.0
// Asks a backend for the usage of a streamed answer whose caller has not asked (`stream_options.include_usage`), and
// takes out of the answer what only came for that: the last event, which has usage and no choice, and `"usage":null` in
// all others. Every other byte of both stays.
// Source: API references of OpenAI and Azure OpenAI, chat completions and completions.
#pragma once

#include <sluice/message.hpp>

#include "ai/event_cutter.hpp"
#include "ai/prompt.hpp"
#include "base/filtering_stream.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::ai {

/// Whether what is called there knows how to be asked: OpenAI and all that speak like it; Azure OpenAI from the version
/// on that has it. Not Azure AI Model Inference, which may refuse what it does not know and reports usage unasked.
bool can_be_asked_for_usage(std::string_view path, std::string_view query);

/// A request that asks.
struct AskingBody {
  std::string_view bytes;
  bool is_appended = false;  ///< All that was there before stands where it stood.
};
/// `body`, which `prompt` was read from, asking. Nothing when it asks already, or says so in a way that is not
/// understood.
std::optional<AskingBody> asking_for_usage(const Prompt& prompt, std::string_view body, Arena& arena);

/// Takes usage that was not asked for out of a stream. An event goes on as soon as it is whole.
class UsageFilter {
 public:
  /// `on_usage` gets the data of each event that is taken out.
  explicit UsageFilter(std::function<void(std::string_view)> on_usage) : on_usage_(std::move(on_usage)) {}

  /// Takes bytes of the stream; appends to `out` what may go on.
  void feed(std::string_view bytes, std::string& out);
  void finish(std::string& out);

 private:
  void take(const CutEvent& event, std::string& out);

  std::function<void(std::string_view)> on_usage_;
  EventCutter cutter_;
  bool is_taken_out_ = false;  ///< The last event was.
  bool is_passing_ = false;    ///< An event was longer than may be kept: everything goes on from there.
};

/// A stream on its way through a filter.
class UsageStream final : public FilteringStream {
 public:
  UsageStream(std::unique_ptr<BodyStream> inner, UsageFilter filter)
      : FilteringStream(std::move(inner)), filter_(std::move(filter)) {}

 private:
  void feed(std::string_view bytes, std::string& out) override { filter_.feed(bytes, out); }
  void finish(std::string& out) override { filter_.finish(out); }

  UsageFilter filter_;
};

}  // namespace sluice::ai
