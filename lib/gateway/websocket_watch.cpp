// SPDX-License-Identifier: Apache-2.0
#include "gateway/websocket_watch.hpp"

#include "base/wrapping_stream.hpp"

#include <iterator>
#include <memory>

namespace sluice {
namespace {

class WatchedBytes final : public WrappingStream {
 public:
  WatchedBytes(WebSocketFrames& frames, std::unique_ptr<BodyStream> bytes)
      : WrappingStream(std::move(bytes)), frames_(frames) {}

  Task<BodyChunk> read() override {
    Task<BodyChunk> reading = inner().read();
    if (!reading.is_ready()) return wait_and_note(std::move(reading));
    BodyChunk chunk = reading.take();
    if (chunk) frames_.read(*chunk);
    return chunk;
  }

 private:
  Task<BodyChunk> wait_and_note(Task<BodyChunk> reading) {
    BodyChunk chunk = co_await reading;
    if (chunk) frames_.read(*chunk);
    co_return chunk;
  }

  WebSocketFrames& frames_;
};

Body watched(WebSocketFrames& frames, Body bytes) {
  if (!bytes.is_stream()) return bytes;
  return Body::stream(std::make_unique<WatchedBytes>(frames, bytes.take_stream()));
}

}  // namespace

std::string_view close_label(std::optional<std::uint16_t> code) {
  constexpr std::uint16_t first = 1000;
  static constexpr std::string_view names[] = {"1000", "1001", "1002", "1003", "1004", "1005", "1006", "1007",
                                               "1008", "1009", "1010", "1011", "1012", "1013", "1014", "1015"};
  if (!code) return "none";
  if (*code >= first && *code < first + std::size(names)) return names[*code - first];
  return *code >= 3000 && *code <= 4999 ? "application" : "other";
}

Body WebSocketWatch::watch_caller(Body bytes) { return watched(from_caller_, std::move(bytes)); }

Body WebSocketWatch::watch_backend(Body bytes) {
  was_agreed_ = true;
  return watched(from_backend_, std::move(bytes));
}

void WebSocketWatch::report(Telemetry& telemetry, std::string_view api) const {
  if (!was_agreed_) return;
  const Label labels[] = {{"api", api},
                          {"caller", close_label(from_caller_.close_code())},
                          {"backend", close_label(from_backend_.close_code())}};
  telemetry.count("sluice_websocket_closed_total", 1, labels);
}

}  // namespace sluice
