// SPDX-License-Identifier: Apache-2.0
// Pipelines that have been compiled, to be found again: an API's thousand operations without own policies cost one.
#pragma once

#include "pipeline/pipeline.hpp"

#include <array>
#include <map>
#include <memory>
#include <tuple>
#include <vector>

namespace sluice {

/// What compiling one combination of documents has given.
struct MadePipeline {
  std::shared_ptr<const Pipeline> pipeline;  ///< Null after errors.
  Diagnostics found;
  DocumentDependence depends;
};

/// A pipeline stands for every input with the same documents that agrees in what compiling it has looked at.
class MadePipelines {
 public:
  const MadePipeline* find(const PipelineInput& input) const;
  const MadePipeline& add(const PipelineInput& input, MadePipeline made);
  /// Drops those of which the document is part.
  void forget(const PolicySource& source);

 private:
  using Sources = std::array<const PolicySource*, 5>;
  using Key = std::tuple<Sources, const Deployment*, bool, const Api*, bool, const Operation*, bool, const Product*>;
  static Key key(const PipelineInput& input, DocumentDependence depends);

  /// The kinds of dependence that pipelines of these documents have had; eight at most.
  std::map<Sources, std::vector<DocumentDependence>> dependences_;
  std::map<Key, MadePipeline> made_;
};

}  // namespace sluice
