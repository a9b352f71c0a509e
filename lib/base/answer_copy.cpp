// SPDX-License-Identifier: Apache-2.0
#include "base/answer_copy.hpp"

#include "base/kept_answer.hpp"
#include "base/wrapping_stream.hpp"

#include <memory>
#include <utility>

namespace sluice {
namespace {

/// Copies what passes.
class CopyingStream final : public WrappingStream {
 public:
  CopyingStream(std::unique_ptr<BodyStream> inner, AnswerCopy& copy) : WrappingStream(std::move(inner)), copy_(copy) {}

  Task<BodyChunk> read() override {
    BodyChunk chunk = co_await inner().read();
    if (chunk && chunk->empty()) {
      copy_.end();
    } else if (chunk) {
      copy_.add(*chunk);
    }
    co_return chunk;
  }

 private:
  AnswerCopy& copy_;
};

}  // namespace

AnswerCopy* AnswerCopy::begin(Response& answer, Arena& arena, std::size_t most_bytes, WallTime expires) {
  if (answer.body.length().value_or(0) > most_bytes) return nullptr;
  auto* const copy = arena.make<AnswerCopy>(write_answer_head(answer, expires), most_bytes);
  Body& body = answer.body;
  if (body.is_stream()) {
    const auto length = body.length();
    body = Body::stream(std::make_unique<CopyingStream>(body.take_stream(), *copy), length);
  } else {
    copy->add(body.data());
    copy->end();
  }
  return copy;
}

void AnswerCopy::add(std::string_view data) {
  is_too_long_ = is_too_long_ || data.size() > most_bytes_ - body_.size();
  if (is_too_long_) {
    body_ = std::string();
  } else {
    body_ += data;
  }
}

Task<bool> AnswerCopy::put(RequestContext& context, std::string_view key, std::chrono::milliseconds lifetime) {
  if (!is_whole_ || is_too_long_ || context.state<AnswerEnd>().is_early) co_return false;
  const Services& services = context.services;
  const auto kept = co_await services.cache.put(key, head_ + body_, lifetime);
  if (!kept) services.telemetry.log(LogLevel::warning, "An answer could not be kept.", {});
  co_return kept.has_value();
}

}  // namespace sluice
