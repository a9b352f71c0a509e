// SPDX-License-Identifier: Apache-2.0
// Bodies that arrive over time, and handlers that answer with them.
#pragma once

#include "http/support.hpp"

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sluice::http::test {

/// Gives the pieces one after the other, then the end with trailers, or an error.
class Pieces final : public BodyStream {
 public:
  explicit Pieces(std::vector<std::string> pieces, bool breaks = false, const Headers* trailers = nullptr)
      : pieces_(std::move(pieces)), breaks_(breaks), trailers_(trailers) {}
  Task<BodyChunk> read() override {
    if (next_ < pieces_.size()) return BodyChunk(std::string_view(pieces_[next_++]));
    if (breaks_) return BodyChunk(fail(ErrorCode::backend_connection_failure));
    return BodyChunk(std::string_view{});
  }
  void cancel() override { next_ = pieces_.size(); }
  const Headers* trailers() const override { return trailers_; }

 private:
  std::vector<std::string> pieces_;
  std::size_t next_ = 0;
  bool breaks_;
  const Headers* trailers_;
};

inline FunctionHandler answering(std::vector<std::string> pieces, std::optional<std::uint64_t> length = {},
                                 bool breaks = false) {
  return FunctionHandler([=](Request& request) -> Task<Response> {
    Response response(request.arena);
    response.body = Body::stream(std::make_unique<Pieces>(pieces, breaks), length);
    return response;
  });
}

/// A body without end, as fast as it is read.
class Endless final : public BodyStream {
 public:
  explicit Endless(std::atomic<std::uint64_t>& given, std::size_t piece = 16384) : given_(given), bytes_(piece, 'x') {}
  Task<BodyChunk> read() override {
    if (cancelled_) return BodyChunk(fail(ErrorCode::cancelled));
    given_ += bytes_.size();
    return BodyChunk(std::string_view(bytes_));
  }
  void cancel() override { cancelled_ = true; }

 private:
  std::atomic<std::uint64_t>& given_;
  std::string bytes_;
  bool cancelled_ = false;
};

}  // namespace sluice::http::test
