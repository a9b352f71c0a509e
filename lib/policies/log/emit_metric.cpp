// SPDX-License-Identifier: Apache-2.0
// <emit-metric>: counts a value in a metric with dimensions.   Sections and scopes: all.
// Source: API Management policy reference, emit-metric.
#include <sluice/policy.hpp>

#include "base/metric_parts.hpp"

#include <cmath>

namespace sluice::policies {
namespace {

constexpr std::size_t max_custom_dimensions = 10;
/// What the gateway's own metrics begin with.
constexpr std::string_view reserved_prefix = "sluice_";

constexpr AttributeSpec attributes[] = {{.name = "name", .required = true, .doc = "Name of the metric."},
                                        parts::metric_namespace_attribute,
                                        {.name = "value",
                                         .type = ValueType::number,
                                         .expressions = true,
                                         .fallback = "1",
                                         .doc = "What is added to the metric."}};

class EmitMetric final : public Step {
 public:
  EmitMetric(std::string name, Template value, parts::MetricPart metric)
      : name_(std::move(name)), count_name_(name_ + "_count"), value_(std::move(value)), metric_(std::move(metric)) {}

  Outcome run(RequestContext& context) const override {
    const auto value = value_.number(context);
    if (!value) return Outcome::fail(value.error());
    if (!std::isfinite(*value))
      return Outcome::fail(Error(ErrorCode::policy_value_invalid, "The value of a metric must be a finite number."));
    const auto labels = parts::metric_labels(metric_, context);
    if (!labels) return Outcome::fail(labels.error());
    context.services.telemetry.count(name_, *value, *labels);
    context.services.telemetry.count(count_name_, 1, *labels);
    return Outcome::next();
  }

 private:
  std::string name_, count_name_;
  Template value_;
  parts::MetricPart metric_;
};

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  std::string name = context.literal(element, "name");
  if (name.empty() || name.starts_with(reserved_prefix)) {
    context.error(*element.attribute("name"), "SL2106",
                  "attribute 'name' of <emit-metric> must be a name that does not begin with " +
                      std::string(reserved_prefix) + ", found '" + name + "'");
    return {};
  }
  Template value = context.value(element, "value");
  return make_step<EmitMetric>(std::move(name), std::move(value),
                               parts::compile_metric(element, max_custom_dimensions, context));
}

}  // namespace

SLUICE_POLICY(emit_metric){
    .elements = "emit-metric",
    .sections = Sections::all,
    .attributes = attributes,
    .children = parts::dimension_children,
    .compile = compile,
    .summary = "Counts a value in a metric with dimensions.",
    .differs =
        "The metric is a counter of the gateway: the sum of the values under its name, how many there were under "
        "<name>_count; the namespace is a label. Names that begin with sluice_ are refused. More than 10 dimensions "
        "with values of their own are a warning, more than 32 in all an error. No diagnostic setting switches it off."};

}  // namespace sluice::policies
