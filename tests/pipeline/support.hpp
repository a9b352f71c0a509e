// SPDX-License-Identifier: Apache-2.0
// Policies of the tests' own, as a host would write them, and short ways to compile and run documents.
#pragma once

#include "pipeline/pipeline.hpp"
#include "pipeline/run/executor.hpp"
#include "testing/bare_context.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace sluice::test {

/// Appends its text to the variable `log`.
class Note final : public Step {
 public:
  explicit Note(Template text) : text_(std::move(text)) {}
  Outcome run(RequestContext& context) const override {
    auto text = text_.text(context);
    if (!text) return Outcome::fail(std::move(text.error()));
    const Value* log = context.variables.find("log");
    const auto joined = context.arena.concat({log != nullptr ? log->as_string() : "", *text});
    context.variables.set("log", Value::string(joined));
    return Outcome::next();
  }

 private:
  Template text_;
};

/// Waits for a second of the clock, then notes.
class LateNote final : public WaitingStep {
 public:
  explicit LateNote(Template text) : note_(std::move(text)) {}
  Task<Outcome> run(RequestContext& context, Cancellation& cancellation) const override {
    co_await context.services.clock.wait_for(std::chrono::seconds(1), cancellation);
    co_return note_.run(context);
  }

 private:
  Note note_;
};

class Fail final : public Step {
 public:
  Outcome run(RequestContext&) const override {
    return Outcome::fail(Error(ErrorCode::rate_limit_exceeded).with_header("Retry-After", "7"));
  }
};

class Answer final : public Step {
 public:
  Outcome run(RequestContext& context) const override {
    context.replace_response().status = 299;
    return Outcome::respond();
  }
};

/// Notes how many bytes of the request's body are in memory.
class Measure final : public Step {
 public:
  Outcome run(RequestContext& context) const override {
    REQUIRE_FALSE(context.request.body.is_stream());
    context.variables.set("size", Value::int64(static_cast<std::int64_t>(context.request.body.data().size())));
    return Outcome::next();
  }
};

inline constexpr AttributeSpec note_attributes[] = {{.name = "text", .required = true, .expressions = true}};
inline constexpr AttributeSpec limit_attributes[] = {
    {.name = "calls", .type = ValueType::integer, .required = true, .min = 1},
    {.name = "mode", .one_of = "soft hard", .fallback = "soft"},
    {.name = "share", .type = ValueType::number, .min = 0, .max = 1},
    {.name = "strict", .type = ValueType::boolean},
    {.name = "url", .type = ValueType::url}};
inline constexpr ElementSpec limit_children[] = {{.name = "key", .occurs = Occurs::once, .text = TextRule::literal},
                                                 {.name = "extra", .text = TextRule::expression}};

inline constexpr PolicyDescriptor note_policy{
    .elements = "note",
    .sections = Sections::all,
    .attributes = note_attributes,
    .compile = [](const PolicyElement& e, CompileContext& c) { return make_step<Note>(c.value(e, "text")); }};
inline constexpr PolicyDescriptor late_policy{
    .elements = "late",
    .sections = Sections::all,
    .attributes = note_attributes,
    .compile = [](const PolicyElement& e, CompileContext& c) { return make_step<LateNote>(c.value(e, "text")); }};
inline constexpr PolicyDescriptor fail_policy{
    .elements = "break", .sections = Sections::all, .compile = [](const PolicyElement&, CompileContext&) {
      return make_step<Fail>();
    }};
inline constexpr PolicyDescriptor answer_policy{
    .elements = "answer", .sections = Sections::all, .compile = [](const PolicyElement&, CompileContext&) {
      return make_step<Answer>();
    }};
inline constexpr PolicyDescriptor measure_policy{
    .elements = "measure", .sections = Sections::all, .compile = [](const PolicyElement&, CompileContext& c) {
      c.needs(Effects::reads_request_body);
      return make_step<Measure>();
    }};
inline constexpr PolicyDescriptor group_policy{
    .elements = "group",
    .sections = Sections::all,
    .policies = true,
    .compile = [](const PolicyElement& e, CompileContext& c) { return StepPtr(c.compile_children(e)); }};
inline constexpr PolicyDescriptor include_policy{.elements = "include",
                                                 .sections = Sections::all,
                                                 .attributes = note_attributes,
                                                 .compile = [](const PolicyElement& e, CompileContext& c) {
                                                   return StepPtr(c.compile_fragment(e, c.literal(e, "text")));
                                                 }};
inline constexpr PolicyDescriptor limit_policy{
    .elements = "limit old-limit",
    .sections = Sections::inbound,
    .scopes = Scopes::api | Scopes::operation,
    .once_per_section = true,
    .allowed_in_fragments = false,
    .attributes = limit_attributes,
    .children = limit_children,
    .compile = [](const PolicyElement&, CompileContext&) { return make_step<Answer>(); }};
inline constexpr PolicyDescriptor content_policy{
    .elements = "content",
    .sections = Sections::all,
    .text = TextRule::markup,
    .compile = [](const PolicyElement& e, CompileContext& c) { return make_step<Note>(c.text(e)); }};

inline PolicyRegistry test_registry() {
  PolicyRegistry registry;
  for (const PolicyDescriptor* policy : {&note_policy, &late_policy, &fail_policy, &answer_policy, &measure_policy,
                                         &group_policy, &include_policy, &limit_policy, &content_policy}) {
    registry.add(*policy);
  }
  return registry;
}

/// `line:column code` of each finding, in order.
inline std::string summary(Diagnostics found) {
  found.sort();
  std::string text;
  for (const auto& d : found)
    text += std::to_string(d.pos.line) + ":" + std::to_string(d.pos.column) + " " + d.code + "\n";
  return text;
}

/// Documents by scope, compiled and run.
struct Service {
  PolicyRegistry registry = test_registry();
  ServiceModel model;
  Behaviour behaviour;
  Limits limits;
  std::array<std::optional<PolicySource>, 5> documents;
  Diagnostics found;
  testing::ContextFixture fixture;

  Service& at(Scope scope, std::string text) {
    documents[static_cast<std::size_t>(scope)] = PolicySource{std::move(text), std::string(to_string(scope)) + ".xml"};
    return *this;
  }
  Service& fragment(std::string id, std::string text) {
    model.fragments.push_back({.id = id, .policy = {std::move(text), id + ".xml"}});
    return *this;
  }
  std::shared_ptr<const Pipeline> compile(const ConstantRoots& roots = {}) {
    DocumentSet set(registry, &model, behaviour, limits);
    auto pipeline = compile_pipeline(set, input(roots), found);
    found.append(set.diagnostics());
    return pipeline;
  }
  Outline outline() {
    DocumentSet set(registry, &model, behaviour, limits);
    return outline_of(set, input({}));
  }
  PipelineInput input(const ConstantRoots& roots) const {
    PipelineInput input;
    input.roots = roots;
    for (std::size_t i = 0; i < documents.size(); ++i) input.sources[i] = documents[i] ? &*documents[i] : nullptr;
    return input;
  }
  /// What was noted while the pipeline ran.
  std::string run() {
    const auto pipeline = compile();
    INFO(summary(found));
    REQUIRE(pipeline != nullptr);
    Cancellation& cancellation = fixture.request.cancellation;
    for (const Section section : request_sections) {
      Outcome outcome = run_section(*pipeline, section, fixture.context, cancellation).take();
      if (outcome.is_next()) continue;
      if (outcome.is_failure()) {
        Error error = failure_of(std::move(outcome), *pipeline, section);
        run_on_error(pipeline.get(), fixture.context, std::move(error), cancellation).take();
      }
      break;
    }
    const Value* log = fixture.context.variables.find("log");
    return log != nullptr ? std::string(log->as_string()) : "";
  }
};

}  // namespace sluice::test
