// SPDX-License-Identifier: Apache-2.0
// `{{name}}` in texts of entities and in policies, seen from the model: which names stand there, and what they mean.
// (Policy documents are substituted by the compiler, which keeps positions.)
#pragma once

#include <sluice/model.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace sluice::model {

/// The names in `{{...}}`, each once, in order. Braces around something that cannot be a name (as Liquid has) are not
/// meant.
std::vector<std::string> named_value_references(std::string_view text);

/// `text` with the values of `model` put in, once (values are not searched again). Unknown names stay as they are.
std::string substitute_named_values(std::string_view text, const ServiceModel& model);

const NamedValue* find_named_value(const ServiceModel& model, std::string_view display_name);

}  // namespace sluice::model
