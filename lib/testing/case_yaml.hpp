// SPDX-License-Identifier: Apache-2.0
// Checked access to YAML: what is asked for is known, what nobody asked for is a mistake in the file.
#pragma once

#include <yaml-cpp/yaml.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::testing {

/// A mistake in a case file, or a difference between what a case expects and what came.
struct CaseFinding {
  int line = 0;  ///< From 1.
  std::string message;
};
using CaseFindings = std::vector<CaseFinding>;

int line_of(const YAML::Node& node);
bool is_null(const YAML::Node& node);

/// `500ms`, `2s`, `1m`, `1h`; nothing for other texts.
std::optional<std::chrono::milliseconds> parse_case_duration(std::string_view text);

/// The node as JSON on one line: plain scalars become null, true, false or numbers where they look like them.
std::string to_json(const YAML::Node& node);

/// One mapping. `what` names it in messages.
class CaseMap {
 public:
  CaseMap(const YAML::Node& node, std::string what, CaseFindings& findings);

  /// The value of `key`, undefined when absent.
  YAML::Node find(std::string_view key);
  bool has(std::string_view key) const;
  std::string text(std::string_view key, std::string fallback = {});
  std::optional<std::string> optional_text(std::string_view key);
  bool boolean(std::string_view key, bool fallback);
  std::optional<std::int64_t> integer(std::string_view key);
  std::chrono::milliseconds duration(std::string_view key, std::chrono::milliseconds fallback);
  std::vector<std::string> texts(std::string_view key);
  /// Reports keys that were not asked for.
  void finish();
  /// Calls `read(item)` for every item of a list.
  template <class Read>
  void each(std::string_view key, Read read) {
    const YAML::Node list = find(key);
    if (!list || is_null(list)) return;
    if (!list.IsSequence()) return report(list, "'" + std::string(key) + "' must be a list");
    for (const YAML::Node& item : list) read(item);
  }

  void report(const YAML::Node& at, std::string message) { findings_.push_back({line_of(at), std::move(message)}); }
  int line() const { return line_of(node_); }

 private:
  YAML::Node node_;
  std::string what_;
  CaseFindings& findings_;
  std::vector<std::string> known_;
};

}  // namespace sluice::testing
