// SPDX-License-Identifier: Apache-2.0
// One JSON or YAML file as a tree with offsets into its text. YAML is read into the same tree as JSON, so that whatever
// reads entities and specifications has one kind of value.
#pragma once

#include "base/json.hpp"
#include "base/source_text.hpp"

#include <sluice/arena.hpp>
#include <sluice/diagnostic.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace sluice::model {

enum class DataFormat : std::uint8_t { json, yaml };

/// The text, its tree, and the memory the tree stands in.
struct DataDocument {
  DataDocument(std::string file, std::string text) : source(std::move(file), std::move(text)) {}
  SourceText source;
  Arena arena;
  const JsonValue* root = nullptr;
};

/// Whether findings may show the lines they stand in. Keys and secrets must not reach a log.
enum class SourceLines : std::uint8_t { shown, hidden };

/// Parses `text`; null after a mistake (a passed bound is one), which is reported as SL5001.
std::unique_ptr<DataDocument> parse_data(std::string file, std::string text, DataFormat format,
                                         const JsonLimits& limits, Diagnostics& diagnostics,
                                         SourceLines lines = SourceLines::shown);

/// How many bytes to underline for the value or name at `offset`.
std::size_t token_length(std::string_view text, std::size_t offset);

}  // namespace sluice::model
