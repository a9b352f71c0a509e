// SPDX-License-Identifier: Apache-2.0
#include "embeddings_format.hpp"

#include "embedding.hpp"

#include "base/base64.hpp"

#include <bit>

namespace sluice::simulated {
namespace {

constexpr std::size_t max_inputs = 2048;

/// Tokens given as numbers are words of their own.
std::string words_of_tokens(const JsonValue& tokens) {
  std::string text;
  for (const JsonValue& token : tokens.items) text.append(token.text).append(" ");
  return text;
}

/// A text, texts, a list of tokens, or lists of them.
std::vector<std::string> texts_of(const JsonValue& body) {
  const JsonValue* input = body.find("input");
  std::vector<std::string> texts;
  if (input == nullptr) return texts;
  if (input->is_string()) return {std::string(input->text)};
  if (!input->items.empty() && input->items.front().is_number()) return {words_of_tokens(*input)};
  for (const JsonValue& item : input->items) {
    if (texts.size() == max_inputs) return {};
    texts.push_back(item.is_array() ? words_of_tokens(item) : std::string(item.text));
  }
  return texts;
}

std::string base64_floats(const std::vector<double>& numbers) {
  std::string bytes;
  for (const double number : numbers) {
    const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(number));
    for (unsigned shift = 0; shift < 32; shift += 8) bytes += static_cast<char>((bits >> shift) & 0xFFu);
  }
  return base64_encode(bytes);
}

void write_vector(JsonWriter& writer, const std::vector<double>& numbers, bool as_base64) {
  if (as_base64) return writer.value(std::string_view(base64_floats(numbers)));
  writer.begin_array();
  for (const double number : numbers) writer.value(number);
  writer.end_array();
}

}  // namespace

std::optional<std::string> embeddings_answer(const JsonValue& body, const Answer& answer, std::int64_t dimensions) {
  const std::vector<std::string> texts = texts_of(body);
  if (const JsonValue* wanted = body.find("dimensions")) dimensions = wanted->integer().value_or(0);
  if (texts.empty() || dimensions < 1 || dimensions > max_dimensions) return std::nullopt;
  const JsonValue* format = body.find("encoding_format");
  const bool as_base64 = format != nullptr && format->text == "base64";
  JsonWriter writer;
  writer.begin_object();
  writer.member("object", "list");
  writer.key("data");
  writer.begin_array();
  for (std::size_t i = 0; i < texts.size(); ++i) {
    writer.begin_object();
    writer.member("object", "embedding");
    writer.member("index", static_cast<std::int64_t>(i));
    writer.key("embedding");
    write_vector(writer, embed(texts[i], static_cast<std::size_t>(dimensions)), as_base64);
    writer.end_object();
  }
  writer.end_array();
  writer.member("model", std::string_view(answer.model));
  if (answer.reports_usage) {
    writer.key("usage");
    writer.begin_object();
    writer.member("prompt_tokens", answer.prompt);
    writer.member("total_tokens", answer.prompt);
    writer.end_object();
  }
  writer.end_object();
  return std::move(writer).take();
}

}  // namespace sluice::simulated
