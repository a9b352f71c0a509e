// SPDX-License-Identifier: Apache-2.0
// Which answers the policies that keep some keep, and for how long. Inline for the reason that message_parts.hpp gives.
// Source: API Management policy reference, cache-store and llm-semantic-cache-store.
#pragma once

#include "base/value_cache.hpp"

#include <chrono>

namespace sluice::parts {

inline constexpr AttributeSpec keeping_attributes[] = {
    {.name = "duration",
     .type = ValueType::integer,
     .required = true,
     .expressions = true,
     .min = 0,
     .max = longest_caching_seconds,
     .doc = "Seconds for which the answer is kept; 0: not at all."},
    {.name = "cache-response",
     .type = ValueType::boolean,
     .expressions = true,
     .doc = "true: answers of every status are kept; false: none; absent: those of status 200."}};

struct AnswerKeeping {
  Template duration, cache_response;

  /// 0: the answer is not kept.
  Result<std::chrono::seconds> lifetime(RequestContext& context) const {
    const auto wanted = is_wanted(context);
    if (!wanted) return fail(wanted.error());
    const auto seconds = duration.integer(context, 0, longest_caching_seconds);
    if (!seconds) return fail(seconds.error());
    return std::chrono::seconds(*wanted ? *seconds : 0);
  }

 private:
  Result<bool> is_wanted(RequestContext& context) const {
    constexpr int ok = 200, partial_content = 206, not_modified = 304;
    const int status = context.response.status;
    if (!cache_response.is_set()) return status == ok;
    // A part is not the answer, and what was not modified is none.
    const auto wanted = cache_response.boolean(context);
    if (!wanted) return wanted;
    return *wanted && status != partial_content && status != not_modified;
  }
};

inline AnswerKeeping compile_answer_keeping(const PolicyElement& element, CompileContext& context) {
  return {context.value(element, "duration"), context.value(element, "cache-response")};
}

}  // namespace sluice::parts
