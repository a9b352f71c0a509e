// SPDX-License-Identifier: Apache-2.0
// The messages of Azure AI Language that recognise personal data, version 2023-04-01: what is asked, and the findings
// of its answer. No I/O.
// Source: Azure AI Language REST reference, analyze-text, kind PiiEntityRecognition.
#pragma once

#include <sluice/arena.hpp>

#include "pii/detector.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::ai {

inline constexpr std::string_view recognition_path = "/language/:analyze-text";
inline constexpr std::string_view recognition_query = "api-version=2023-04-01";
/// What one call takes (synchronous calls).
inline constexpr std::size_t max_recognition_documents = 5;
inline constexpr std::size_t max_recognition_characters = 5'120;

/// Sorts findings; what overlaps becomes one.
void join_findings(std::vector<pii::Match>& matches);

/// Appends findings of a text that stands `by` bytes behind the start of another.
void append_moved(std::vector<pii::Match>& to, const std::vector<pii::Match>& matches, std::size_t by);

/// The body that asks about the texts; their places are asked for in code points.
std::string recognition_request(const std::vector<std::string_view>& texts);

/// The findings in each of the texts, sorted and apart. Nothing when the answer is not one for all of them. Names of
/// categories that are no kind of ours live in `names`, which must outlive the findings.
std::optional<std::vector<std::vector<pii::Match>>> read_recognition(std::string_view json,
                                                                     const std::vector<std::string_view>& texts,
                                                                     Arena& names);

}  // namespace sluice::ai
