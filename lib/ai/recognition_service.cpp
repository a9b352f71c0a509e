// SPDX-License-Identifier: Apache-2.0
#include "ai/recognition_service.hpp"

#include "ai/asked_text.hpp"
#include "ai/pii_recognition.hpp"
#include "ai/service_call.hpp"
#include "ai/text_windows.hpp"
#include "base/text_hash.hpp"

#include <algorithm>
#include <unordered_map>

namespace sluice::ai {
namespace {

struct Window {
  std::size_t number;  ///< Of the text.
  std::string_view text;
};

/// What is to be sent; `first_of` tells for each text which is the first that says the same.
std::vector<Window> windows_of(const std::vector<std::string_view>& texts, std::vector<std::size_t>& first_of) {
  std::unordered_map<std::string_view, std::size_t, TextHash> known;
  std::vector<Window> windows;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto [first, is_new] = known.emplace(texts[i], i);
    first_of.push_back(first->second);
    if (!is_new) continue;
    for (const std::string_view text : text_windows(texts[i], max_recognition_characters, window_overlap)) {
      windows.push_back({i, text});
    }
  }
  return windows;
}

}  // namespace

Task<Result<std::vector<std::vector<pii::Match>>>> RecognitionService::run(const std::vector<std::string_view>& texts,
                                                                           Arena& names) {
  std::vector<std::size_t> first_of;
  const std::vector<Window> windows = windows_of(texts, first_of);
  std::vector<std::vector<pii::Match>> found(texts.size());
  if (windows.size() > max_recognition_calls * max_recognition_documents) {
    co_return fail(ErrorCode::personal_data_blocked, "The text is too long to be checked.");
  }
  for (std::size_t first = 0; first < windows.size(); first += max_recognition_documents) {
    const std::size_t count = std::min(max_recognition_documents, windows.size() - first);
    std::vector<std::string_view> sent;
    for (std::size_t i = first; i < first + count; ++i) sent.push_back(windows[i].text);
    Arena memory(4096);
    const std::string body = recognition_request(sent);
    const ServiceCall call{backend_id_,  recognition_path, recognition_query, body,
                           call_timeout, max_answer_bytes, "The service",     ErrorCode::personal_data_blocked};
    Result<std::string_view> answer = co_await ask_service(context_, call, memory, cancellation_);
    if (!answer) co_return fail(std::move(answer.error()));
    const auto all = read_recognition(*answer, sent, names);
    if (!all) co_return fail(ErrorCode::personal_data_blocked, "The service's answer is unclear.");
    for (std::size_t i = 0; i < count; ++i) {
      const Window& window = windows[first + i];
      const auto offset = static_cast<std::size_t>(window.text.data() - texts[window.number].data());
      append_moved(found[window.number], (*all)[i], offset);
    }
  }
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (first_of[i] != i) {
      found[i] = found[first_of[i]];
    } else {
      join_findings(found[i]);
    }
  }
  co_return found;
}

}  // namespace sluice::ai
