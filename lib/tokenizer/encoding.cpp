// SPDX-License-Identifier: Apache-2.0
// The rows are those of the published packages. The longest beginning that fits decides, and it must end where a part
// of the name ends: `gpt-4` is not the beginning of `gpt-4o`, `o1` not that of `o11`.
#include "tokenizer/encoding.hpp"

#include "base/text.hpp"

#include <array>

namespace sluice::tokenizer {
namespace {

constexpr std::array<std::string_view, encoding_count> names = {"cl100k_base", "o200k_base", "p50k_base"};

struct Row {
  std::string_view beginning;
  Encoding encoding;
};

constexpr Row rows[] = {{"gpt-5", Encoding::o200k_base},
                        {"gpt-4.5", Encoding::o200k_base},
                        {"gpt-45", Encoding::o200k_base},
                        {"gpt-4.1", Encoding::o200k_base},
                        {"gpt-41", Encoding::o200k_base},
                        {"gpt-4o", Encoding::o200k_base},
                        {"chatgpt-4o", Encoding::o200k_base},
                        {"gpt-oss", Encoding::o200k_base},
                        {"codex-mini", Encoding::o200k_base},
                        {"computer-use-preview", Encoding::o200k_base},
                        {"model-router", Encoding::o200k_base},
                        {"o1", Encoding::o200k_base},
                        {"o3", Encoding::o200k_base},
                        {"o4", Encoding::o200k_base},
                        {"gpt-4", Encoding::cl100k_base},
                        {"gpt-3.5", Encoding::cl100k_base},
                        {"gpt-35", Encoding::cl100k_base},
                        {"text-embedding-ada-002", Encoding::cl100k_base},
                        {"text-embedding-3", Encoding::cl100k_base},
                        {"davinci-002", Encoding::cl100k_base},
                        {"babbage-002", Encoding::cl100k_base},
                        {"text-davinci-002", Encoding::p50k_base},
                        {"text-davinci-003", Encoding::p50k_base},
                        {"code-davinci", Encoding::p50k_base},
                        {"code-cushman", Encoding::p50k_base},
                        {"davinci-codex", Encoding::p50k_base},
                        {"cushman-codex", Encoding::p50k_base}};

bool begins(std::string_view model, std::string_view beginning) {
  if (model.size() < beginning.size() || to_lower(model.front()) != beginning.front()) return false;
  if (!equal_ignoring_case(model.substr(0, beginning.size()), beginning)) return false;
  if (model.size() == beginning.size()) return true;
  // `gpt-5.1` goes on from `gpt-5` as `gpt-5-mini` does.
  const char next = model[beginning.size()];
  return next == '-' || next == '.' || next == ':' || next == '@' || next == '_';
}

}  // namespace

std::string_view name_of(Encoding encoding) { return names[static_cast<std::size_t>(encoding)]; }

std::optional<Encoding> encoding_named(std::string_view name) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (equal_ignoring_case(name, names[i])) return static_cast<Encoding>(i);
  }
  return std::nullopt;
}

ModelEncoding encoding_of_model(std::string_view model) {
  constexpr std::string_view fine_tuned = "ft:";
  if (model.size() > fine_tuned.size() && equal_ignoring_case(model.substr(0, fine_tuned.size()), fine_tuned)) {
    model.remove_prefix(fine_tuned.size());
  }
  // A provider before the name, as routers write it: openai/gpt-4o.
  if (const std::size_t slash = model.rfind('/'); slash != std::string_view::npos) model.remove_prefix(slash + 1);
  const Row* found = nullptr;
  for (const Row& row : rows) {
    if (begins(model, row.beginning) && (found == nullptr || row.beginning.size() > found->beginning.size()))
      found = &row;
  }
  return found == nullptr ? ModelEncoding{} : ModelEncoding{found->encoding, false};
}

}  // namespace sluice::tokenizer
