// SPDX-License-Identifier: Apache-2.0
#include "schema/pattern.hpp"

#include "schema/bounds.hpp"

#include <array>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

namespace sluice::schema {
namespace {

/// What matching needs besides the pattern, once for each thread.
struct MatchRoom {
  MatchRoom() : data(pcre2_match_data_create(1, nullptr)), context(pcre2_match_context_create(nullptr)) {
    pcre2_set_match_limit(context, pattern_match_steps);
    pcre2_set_heap_limit(context, pattern_heap_kilobytes);
  }
  ~MatchRoom() {
    pcre2_match_context_free(context);
    pcre2_match_data_free(data);
  }
  MatchRoom(const MatchRoom&) = delete;
  MatchRoom& operator=(const MatchRoom&) = delete;

  pcre2_match_data* data;
  pcre2_match_context* context;
};

/// `\uXXXX` and `$` mean what ECMA-262 says; `\d` and `\w` are ASCII.
pcre2_code* compile_code(std::string_view text, int& error, PCRE2_SIZE& offset) {
  const std::unique_ptr<pcre2_compile_context, decltype(&pcre2_compile_context_free)> context(
      pcre2_compile_context_create(nullptr), &pcre2_compile_context_free);
  pcre2_set_compile_extra_options(context.get(), PCRE2_EXTRA_ALT_BSUX);
  constexpr std::uint32_t flags = PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C | PCRE2_ALT_BSUX |
                                  PCRE2_MATCH_UNSET_BACKREF | PCRE2_ALLOW_EMPTY_CLASS;
  return pcre2_compile(reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), flags, &error, &offset, context.get());
}

}  // namespace

tl::expected<Pattern, std::string> Pattern::compile(std::string_view text) {
  if (text.size() > pattern_bytes) {
    return tl::unexpected("a pattern has more than " + std::to_string(pattern_bytes) + " bytes");
  }
  int error = 0;
  PCRE2_SIZE offset = 0;
  pcre2_code* code = compile_code(text, error, offset);
  if (code == nullptr) {
    std::array<PCRE2_UCHAR, 160> message{};
    pcre2_get_error_message(error, message.data(), message.size());
    return tl::unexpected("the pattern '" + std::string(text) + "' is wrong at offset " + std::to_string(offset) +
                          ": " + reinterpret_cast<const char*>(message.data()));
  }
  Pattern pattern;
  pattern.text_ = text;
  pattern.code_ = std::shared_ptr<const void>(
      code, [](const void* held) { pcre2_code_free(static_cast<pcre2_code*>(const_cast<void*>(held))); });
  return pattern;
}

Pattern::Outcome Pattern::search(std::string_view text) const {
  static thread_local MatchRoom room;
  const int count = pcre2_match(static_cast<const pcre2_code*>(code_.get()), reinterpret_cast<PCRE2_SPTR>(text.data()),
                                text.size(), 0, PCRE2_NO_UTF_CHECK, room.data, room.context);
  if (count == PCRE2_ERROR_NOMATCH) return Outcome::nothing;
  return count < 0 ? Outcome::too_much_work : Outcome::matched;
}

}  // namespace sluice::schema
