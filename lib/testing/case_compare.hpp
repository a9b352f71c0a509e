// SPDX-License-Identifier: Apache-2.0
// Comparing what a case expects with what came.
#pragma once

#include <sluice/testing/policy_bench.hpp>

#include "testing/case_file.hpp"

namespace sluice::testing {

/// The differences between an expectation and an answer.
CaseFindings compare_answer(const Expectation& expect, const BenchAnswer& answer, const RecordingTelemetry& telemetry);

/// The differences between the diagnostics that a case lists and those that came.
CaseFindings compare_diagnostics(const std::vector<std::string>& expected, int line, const Diagnostics& diagnostics);

/// `error SL2104 4:17`
std::string diagnostic_text(const Diagnostic& diagnostic);

}  // namespace sluice::testing
