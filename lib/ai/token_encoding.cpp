// SPDX-License-Identifier: Apache-2.0
#include "ai/token_encoding.hpp"

#include "ai/request_prompt.hpp"
#include "tokenizer/tokenizer.hpp"

namespace sluice::ai {
namespace {

/// The segment behind `deployments`; empty: there is none.
std::string_view deployment_in(std::string_view path) {
  constexpr std::string_view before = "/deployments/";
  const std::size_t at = path.find(before);
  if (at == std::string_view::npos) return {};
  path.remove_prefix(at + before.size());
  return path.substr(0, path.find('/'));
}

}  // namespace

tokenizer::ModelEncoding encoding_of_deployment(const RequestContext& context) {
  return tokenizer::encoding_of_model(deployment_in(context.request.url.path));
}

tokenizer::ModelEncoding encoding_of(RequestContext& context) {
  if (!context.request.body.is_stream()) {
    if (const auto prompt = prompt_of(context)) return (*prompt)->encoding;
  }
  return encoding_of_deployment(context);
}

std::string_view model_of(RequestContext& context) {
  if (!context.request.body.is_stream()) {
    const auto prompt = prompt_of(context);
    if (prompt && !(*prompt)->model.empty()) return (*prompt)->model;
  }
  return deployment_in(context.request.url.path);
}

void load_encodings() {
  tokenizer::tokenizer(tokenizer::Encoding::o200k_base);
  tokenizer::tokenizer(tokenizer::Encoding::cl100k_base);
}

void note_counted(RequestContext& context, std::string_view what, tokenizer::ModelEncoding by) {
  const Label labels[] = {
      {"of", what}, {"encoding", name_of(by.encoding)}, {"model_known", by.is_guess ? "false" : "true"}};
  context.services.telemetry.count("sluice_llm_counted_total", 1, labels);
}

}  // namespace sluice::ai
