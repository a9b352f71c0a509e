// SPDX-License-Identifier: Apache-2.0
// Look before parsing: most events of a stream carry no usage, and one search tells. What is found is read member by
// member at the known places, never guessed from elsewhere in the text.
#include "ai/usage.hpp"

#include "ai/json_skim.hpp"
#include "base/text.hpp"

#include <initializer_list>

namespace sluice::ai {
namespace {

using Count = std::optional<std::int64_t>;

Count count_at(std::string_view object, std::initializer_list<std::string_view> path) {
  std::optional<std::string_view> value = object;
  for (const std::string_view name : path) {
    value = json_member(*value, name);
    if (!value) return std::nullopt;
  }
  const Count count = parse_integer(*value);
  return count && *count >= 0 && *count <= max_reported_tokens ? count : std::nullopt;
}

/// The first of the places that holds a count.
Count first_count(std::string_view object, std::initializer_list<std::initializer_list<std::string_view>> paths) {
  for (const auto& path : paths) {
    if (const Count count = count_at(object, path)) return count;
  }
  return std::nullopt;
}

/// What one usage object tells.
struct Report {
  Count prompt, completion, total, cached, reasoning;
};

Report read_usage(std::string_view usage) {
  Report report;
  report.prompt = count_at(usage, {"prompt_tokens"});
  report.completion = first_count(usage, {{"completion_tokens"}, {"output_tokens"}});
  report.total = count_at(usage, {"total_tokens"});
  report.cached = first_count(usage, {{"prompt_tokens_details", "cached_tokens"},
                                      {"input_tokens_details", "cached_tokens"},
                                      {"cache_read_input_tokens"}});
  report.reasoning = first_count(
      usage, {{"completion_tokens_details", "reasoning_tokens"}, {"output_tokens_details", "reasoning_tokens"}});
  if (!report.prompt) {
    report.prompt = count_at(usage, {"input_tokens"});
    // Anthropic tells what went through the cache beside the input, not within it.
    for (const std::string_view beside : {"cache_read_input_tokens", "cache_creation_input_tokens"}) {
      if (const Count count = count_at(usage, {beside}); report.prompt && count) *report.prompt += *count;
    }
  }
  return report;
}

/// The usage object of an answer or event: at its top, or within the message or response that it carries.
std::optional<std::string_view> find_usage(std::string_view json) {
  if (json.find("\"usage\"") == std::string_view::npos) return std::nullopt;
  if (const auto usage = json_member(json, "usage"); usage && usage->starts_with('{')) return usage;
  for (const std::string_view holder : {"response", "message"}) {
    const auto inner = json_member(json, holder);
    if (!inner) continue;
    if (const auto usage = json_member(*inner, "usage"); usage && usage->starts_with('{')) return usage;
  }
  return std::nullopt;
}

void merge(std::optional<TokenUsage>& into, const Report& report) {
  if (!report.prompt && !report.completion && !report.total) return;
  TokenUsage usage = into.value_or(TokenUsage{});
  usage.prompt = report.prompt.value_or(usage.prompt);
  usage.completion = report.completion.value_or(usage.completion);
  usage.cached = report.cached.value_or(usage.cached);
  usage.reasoning = report.reasoning.value_or(usage.reasoning);
  usage.total = report.total.value_or(usage.prompt + usage.completion);
  into = usage;
}

}  // namespace

std::optional<TokenUsage> usage_of_answer(std::string_view json) {
  StreamUsage usage;
  usage.add(json);
  return usage.usage();
}

void StreamUsage::add(std::string_view data) {
  if (const auto usage = find_usage(data)) merge(usage_, read_usage(*usage));
}

}  // namespace sluice::ai
