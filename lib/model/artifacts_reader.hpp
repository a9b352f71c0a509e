// SPDX-License-Identifier: Apache-2.0
// The reader behind `load_artifacts`, with its bounds open for tests.
#pragma once

#include "model/bounds.hpp"

#include <sluice/model.hpp>

#include <filesystem>

namespace sluice::model {

/// Reads a folder in APIOps layout. When something in it is an error, the rules of `validate_model` run as well on
/// what could be read, so that all mistakes come in one go.
LoadedModel read_artifacts(const std::filesystem::path& folder, const ReadBounds& bounds = {});

}  // namespace sluice::model
