// SPDX-License-Identifier: Apache-2.0
// Where a value of an entity stands. The model keeps file names only; the rules of validation are about its values.
// When a rule has something to say, the file is read once more to find the line.
#pragma once

#include "model/file_source.hpp"

#include <sluice/diagnostic.hpp>

#include <initializer_list>
#include <string>
#include <string_view>

namespace sluice::model {

/// A finding about `file` (or, for a model made in code, about what `entity` names), at the value at `path` (below
/// `properties`, or from the root for files without). With `text`, at the first text under there that equals it or
/// ends in `/text`. The position is 0 when the file cannot be read or has no such value.
Diagnostic model_finding(Severity severity, std::string_view code, const std::string& file, std::string_view entity,
                         std::initializer_list<std::string_view> path, std::string_view text, std::string message,
                         std::string hint = {});

/// While it lives, findings of its thread look for places in these files; otherwise on the disk. (Rules get a model and
/// nothing else, which may have been read from files that are nowhere on the disk.)
class PlacesFrom {
 public:
  /// `source` outlives it.
  explicit PlacesFrom(const FileSource& source);
  ~PlacesFrom();
  PlacesFrom(const PlacesFrom&) = delete;
  PlacesFrom& operator=(const PlacesFrom&) = delete;

 private:
  const FileSource* before_;
};

}  // namespace sluice::model
