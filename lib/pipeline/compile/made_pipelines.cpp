// SPDX-License-Identifier: Apache-2.0
#include "pipeline/compile/made_pipelines.hpp"

#include <algorithm>

namespace sluice {

MadePipelines::Key MadePipelines::key(const PipelineInput& input, DocumentDependence depends) {
  const ConstantRoots& roots = input.roots;
  return {input.sources,         roots.deployment,
          roots.api_known,       depends.on_api ? roots.api : nullptr,
          roots.operation_known, depends.on_operation ? roots.operation : nullptr,
          roots.product_known,   depends.on_product ? roots.product : nullptr};
}

const MadePipeline* MadePipelines::find(const PipelineInput& input) const {
  const auto kinds = dependences_.find(input.sources);
  if (kinds == dependences_.end()) return nullptr;
  for (DocumentDependence depends : kinds->second) {
    const auto found = made_.find(key(input, depends));
    // Another kind of dependence can have the same key where its operation is null.
    if (found != made_.end() && found->second.depends == depends) return &found->second;
  }
  return nullptr;
}

const MadePipeline& MadePipelines::add(const PipelineInput& input, MadePipeline made) {
  auto& kinds = dependences_[input.sources];
  const DocumentDependence depends = made.depends;
  if (std::find(kinds.begin(), kinds.end(), depends) == kinds.end()) kinds.push_back(depends);
  return made_.insert_or_assign(key(input, depends), std::move(made)).first->second;
}

void MadePipelines::forget(const PolicySource& source) {
  const auto is_of = [&](const Sources& sources) {
    return std::find(sources.begin(), sources.end(), &source) != sources.end();
  };
  std::erase_if(made_, [&](const auto& entry) { return is_of(std::get<Sources>(entry.first)); });
  std::erase_if(dependences_, [&](const auto& entry) { return is_of(entry.first); });
}

}  // namespace sluice
