// SPDX-License-Identifier: Apache-2.0
// <trace>: writes a message to the request's trace and to the log.
// Sections: all but on-error; there as the policy toolkit has it. All scopes.
// Source: API Management policy reference, trace; the older form has the message as the element's own text.
#include <sluice/policy.hpp>

#include "base/text.hpp"
#include "base/trace_level.hpp"

#include <string>

namespace sluice::policies {
namespace {

constexpr std::string_view severities = "verbose information error";
constexpr LogLevel levels[] = {LogLevel::debug, LogLevel::info, LogLevel::error};
constexpr std::string_view severity_names[] = {"verbose", "information", "error"};

constexpr AttributeSpec attributes[] = {
    {.name = "source", .required = true, .doc = "Who writes: shown with the message."},
    {.name = "severity", .one_of = severities, .fallback = "verbose", .doc = "How much the message matters."}};

constexpr AttributeSpec metadata_attributes[] = {
    {.name = "name", .required = true, .expressions = true, .doc = "Name of the detail."},
    {.name = "value", .required = true, .expressions = true, .doc = "Its value."}};

constexpr ElementSpec children[] = {
    {.name = "message", .occurs = Occurs::optional, .text = TextRule::expression, .doc = "The message."},
    {.name = "metadata", .occurs = Occurs::many, .attributes = metadata_attributes, .doc = "A detail of the message."}};

struct Config {
  std::string source;
  std::size_t severity = 0;
  Template message;
  std::vector<std::pair<Template, Template>> metadata;
};

class Trace final : public Step {
 public:
  explicit Trace(Config config) : config_(std::move(config)) {}

  Outcome run(RequestContext& context) const override {
    auto done = write(context);
    return done ? Outcome::next() : Outcome::fail(std::move(done.error()));
  }

 private:
  Result<void> write(RequestContext& context) const {
    const auto message = config_.message.text(context);
    if (!message) return fail(message.error());
    const auto fields = context.arena.make_array<Label>(config_.metadata.size() + 1);
    fields[0] = {"source", config_.source};
    for (std::size_t i = 0; i < config_.metadata.size(); ++i) {
      const auto name = config_.metadata[i].first.text(context);
      if (!name) return fail(name.error());
      const auto value = config_.metadata[i].second.text(context);
      if (!value) return fail(value.error());
      fields[i + 1] = {*name, *value};
    }
    const std::string_view severity = severity_names[config_.severity];
    context.trace(config_.source, severity, *message);
    for (const Label& field : fields.subspan(1)) {
      context.trace(config_.source, severity, context.arena.concat({field.name, ": ", field.value}));
    }
    if (levels[config_.severity] >= context.state<TraceLevel>().least)
      context.services.telemetry.log(levels[config_.severity], *message, fields);
    return {};
  }

  Config config_;
};

std::size_t index_of(std::string_view severity) {
  std::size_t index = 0;
  while (index + 1 < std::size(severity_names) && !equal_ignoring_case(severity_names[index], severity)) ++index;
  return index;
}

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  const PolicyElement* message = element.child("message");
  if (message == nullptr && element.text.text.empty()) {
    context.error(element, "SL2110", "<trace> has no message", "write a <message> child");
    return {};
  }
  if (message != nullptr && !element.text.text.empty()) {
    context.error(element, "SL2112", "<trace> has both a text and a <message> child", "keep the <message>");
    return {};
  }
  Config config{context.literal(element, "source"),
                index_of(context.literal(element, "severity")),
                context.text(message != nullptr ? *message : element),
                {}};
  for (const PolicyElement& child : element.children) {
    if (child.name != "metadata") continue;
    config.metadata.emplace_back(context.value(child, "name"), context.value(child, "value"));
  }
  return make_step<Trace>(std::move(config));
}

}  // namespace

SLUICE_POLICY(trace){.elements = "trace",
                     .sections = Sections::all,
                     .text = TextRule::expression,
                     .attributes = attributes,
                     .children = children,
                     .compile = compile,
                     .summary = "Writes a message to the request's trace and to the log.",
                     .differs =
                         "The log gets messages of every severity (verbose as debug); it has no verbosity of its "
                         "own per API. Each metadata is a line of its own in the trace."};

}  // namespace sluice::policies
