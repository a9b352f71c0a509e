// SPDX-License-Identifier: Apache-2.0
// The reader behind `load_artifacts`, with its bounds open for tests.
#pragma once

#include "model/bounds.hpp"
#include "model/file_source.hpp"

#include <sluice/model.hpp>

#include <filesystem>
#include <string>
#include <string_view>

namespace sluice::model {

/// Reads a folder in APIOps layout. When something in it is an error, the rules of `validate_model` run as well on
/// what could be read, so that all mistakes come in one go.
LoadedModel read_artifacts(const std::filesystem::path& folder, const ReadBounds& bounds = {},
                           const FileSource& source = disk_files());

/// The name of a folder of the layout as names are compared: in lower case, without blanks, dashes and underscores.
std::string plain_folder_name(std::string_view name);

}  // namespace sluice::model
