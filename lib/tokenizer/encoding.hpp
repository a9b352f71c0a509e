// SPDX-License-Identifier: Apache-2.0
// Encodings of OpenAI's models: their names, and which model has which.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace sluice::tokenizer {

enum class Encoding : std::uint8_t { cl100k_base, o200k_base, p50k_base };
inline constexpr std::size_t encoding_count = 3;

/// What models are counted by of which nothing is known: the encoding of all newer ones.
inline constexpr Encoding default_encoding = Encoding::o200k_base;

std::string_view name_of(Encoding encoding);
std::optional<Encoding> encoding_named(std::string_view name);

struct ModelEncoding {
  Encoding encoding = default_encoding;
  bool is_guess = true;  ///< The model is unknown, or none was named.
};

/// The encoding of a model by its published name or the beginning of it, in any case; `gpt-4o`, `gpt-4o-2024-08-06` and
/// fine-tuned `ft:gpt-4o:…` alike. Names of Azure without a dot (`gpt-35-turbo`) are known too.
ModelEncoding encoding_of_model(std::string_view model);

}  // namespace sluice::tokenizer
