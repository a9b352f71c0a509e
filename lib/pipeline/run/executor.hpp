// SPDX-License-Identifier: Apache-2.0
// Runs a compiled pipeline over one request.
//
//              inbound ──▶ backend ──▶ outbound ──▶ (gateway: final headers, hooks, body to the caller)
//                 │            │           │   ▲
//      respond ───┼────────────┼───────────┘   │   leaves the pipeline with context.response as it is
//      resume     └─────────────────▶ outbound, behind the step that keeps answers
//      failure    ▼            ▼           ▼   │
//              built-in answer of the error ──▶ on-error ── its own failure: built-in answer of that error
//
// A section is a StepList; a list of plain steps runs without a coroutine. Bodies are read into memory before the
// first step that needs them.
#pragma once

#include "pipeline/pipeline.hpp"

#include <sluice/context.hpp>
#include <sluice/task.hpp>

#include <array>

namespace sluice {

/// The sections that a request goes through, as long as each says `next`. Afterwards `context.response` is the answer;
/// without any policy having made one it is an empty 200. Whoever has a request awaits them one after the other: the
/// way through them is no coroutine of its own.
inline constexpr std::array request_sections = {Section::inbound, Section::backend, Section::outbound};
Task<Outcome> run_section(const Pipeline& pipeline, Section section, RequestContext& context,
                          Cancellation& cancellation);

/// Outbound behind the first step that keeps answers, for an answer that one of them kept (Outcome::resume_outbound).
Task<Outcome> resume_outbound(const Pipeline& pipeline, RequestContext& context, Cancellation& cancellation);

/// The error of a section that failed, with its place, for `run_on_error`.
Error failure_of(Outcome outcome, const Pipeline& pipeline, Section section);

/// Makes `error` what `context.LastError` shows.
void set_last_error(RequestContext& context, const Error& error);

/// Makes `error` the request's: fills `context.last_error` and `context.response`, and runs the on-error section of
/// `pipeline` (null: no document applies). For errors before inbound; the sections' own go through it too.
Task<void> run_on_error(const Pipeline* pipeline, RequestContext& context, Error error, Cancellation& cancellation);

/// The built-in answer to an error: status, reason phrase, JSON body, headers.
/// Source: API Management error handling; forms of the bodies as observed.
void make_error_response(RequestContext& context, const Error& error);

/// The body of a built-in answer: `{ "statusCode": 404, "message": "Resource not found" }`.
std::string_view error_body(Arena& arena, int status, std::string_view message);

}  // namespace sluice
