// SPDX-License-Identifier: Apache-2.0
// Dimensions of metrics that policies count: their element, which of them have a value by themselves, and the labels
// that they become. Inline for the reason that message_parts.hpp gives.
#pragma once

#include <sluice/policy.hpp>

#include "base/entity_lookup.hpp"
#include "base/message_parts.hpp"

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::parts {

constexpr std::size_t max_dimensions = 32;

inline constexpr AttributeSpec metric_namespace_attribute = {
    .name = "namespace", .fallback = "API Management", .doc = "Namespace of the metrics, told as a label."};

inline constexpr AttributeSpec dimension_attributes[] = {
    {.name = "name", .required = true, .expressions = true, .doc = "Name of the dimension."},
    {.name = "value",
     .expressions = true,
     .doc =
         "Its value. May be left out for API ID, Operation ID, Product ID, User ID, Subscription ID, Location, Gateway "
         "ID and Backend ID."}};
inline constexpr ElementSpec dimension_children[] = {{.name = "dimension",
                                                      .occurs = Occurs::at_least_once,
                                                      .attributes = dimension_attributes,
                                                      .doc = "A dimension of the metrics."}};

/// The dimensions that have a value by themselves.
inline constexpr std::string_view default_dimensions[] = {
    "API ID", "Operation ID", "Product ID", "User ID", "Subscription ID", "Location", "Gateway ID", "Backend ID"};

inline bool has_default_value(std::string_view dimension) {
  return std::any_of(std::begin(default_dimensions), std::end(default_dimensions),
                     [&](std::string_view known) { return equal_ignoring_case(known, dimension); });
}

inline std::string_view default_value(std::string_view dimension, const RequestContext& context) {
  const auto is = [&](std::string_view known) { return equal_ignoring_case(known, dimension); };
  if (is("API ID") && context.api != nullptr) return entity_key(*context.api, context.arena);
  if (is("Operation ID") && context.operation != nullptr) return context.operation->id;
  if (is("Product ID") && context.product != nullptr) return entity_key(*context.product, context.arena);
  if (is("User ID") && context.user != nullptr) return context.user->id;
  if (is("Subscription ID") && context.subscription != nullptr) return entity_key(*context.subscription, context.arena);
  if (is("Location")) return context.deployment.region;
  if (is("Gateway ID")) return context.deployment.gateway_id;
  if (is("Backend ID")) return context.chosen_backend_id;
  return {};
}

/// The namespace and the dimensions of one policy.
struct MetricPart {
  struct Dimension {
    Template name, value;
  };
  std::string name_space;
  std::vector<Dimension> dimensions;
};

/// `most_custom`: how many dimensions with values of their own the service takes; more are warned of.
inline MetricPart compile_metric(const PolicyElement& element, std::size_t most_custom, CompileContext& context) {
  MetricPart part{context.literal(element, "namespace"), {}};
  std::size_t custom = 0;
  for (const PolicyElement& child : element.children) {
    if (child.name != "dimension") continue;
    MetricPart::Dimension dimension{context.value(child, "name"), context.value(child, "value")};
    const auto name = dimension.name.constant_text();
    if (dimension.value.is_set()) ++custom;
    if (!dimension.value.is_set() && name && !has_default_value(*name) && !has_placeholder(*name)) {
      context.error(
          child, "SL2105", "dimension '" + *name + "' needs a value",
          "API ID, Operation ID, Product ID, User ID, Subscription ID, Location, Gateway ID and Backend ID need none");
    }
    part.dimensions.push_back(std::move(dimension));
  }
  if (custom > most_custom) {
    context.warning(element, "SL2111",
                    "<" + element.name + "> has " + std::to_string(custom) +
                        " dimensions with values of their own; the service takes " + std::to_string(most_custom));
  }
  if (part.dimensions.size() > max_dimensions) {
    context.error(element, "SL2111",
                  "<" + element.name + "> has more than " + std::to_string(max_dimensions) + " dimensions");
  }
  return part;
}

/// The labels of a metric, in the arena.
inline Result<std::span<const Label>> metric_labels(const MetricPart& part, RequestContext& context) {
  const auto labels = context.arena.make_array<Label>(part.dimensions.size() + 1);
  labels[0] = {"namespace", part.name_space};
  for (std::size_t i = 0; i < part.dimensions.size(); ++i) {
    const MetricPart::Dimension& dimension = part.dimensions[i];
    const auto name = dimension.name.text(context);
    if (!name) return fail(name.error());
    std::string_view value = default_value(*name, context);
    if (dimension.value.is_set()) {
      const auto text = dimension.value.text(context);
      if (!text) return fail(text.error());
      value = *text;
    }
    labels[i + 1] = {context.arena.copy(*name), context.arena.copy(value)};
  }
  return std::span<const Label>(labels);
}

}  // namespace sluice::parts
