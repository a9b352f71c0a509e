// SPDX-License-Identifier: Apache-2.0
#include "pipeline/pipeline.hpp"

namespace sluice {

DocumentSet::DocumentSet(const PolicyRegistry& registry, const ServiceModel* model, const Behaviour& behaviour,
                         const Limits& limits)
    : registry_(registry), model_(model), behaviour_(behaviour), limits_(limits) {
  if (model == nullptr) return;
  for (const NamedValue& value : model->named_values) named_values_.emplace(value.display_name, value.value);
}

DocumentSet::~DocumentSet() = default;

std::optional<CheckedDocument> DocumentSet::read(const PolicySource& source, std::optional<Scope> scope,
                                                 std::size_t byte_limit) {
  TreeOptions options{limits_.document, {}};
  options.limits.bytes = byte_limit;
  if (model_ != nullptr) {
    options.named_values = [this](std::string_view name) -> std::optional<std::string_view> {
      const auto found = named_values_.find(name);
      return found == named_values_.end() ? std::nullopt : std::optional<std::string_view>(found->second);
    };
  }
  return check_schema(read_policy_tree(source, options, diagnostics_), {registry_, scope, behaviour_}, diagnostics_);
}

const CheckedDocument* DocumentSet::document(const PolicySource& source, std::optional<Scope> scope) {
  auto [entry, is_new] = documents_.try_emplace({&source, scope});
  if (is_new) entry->second = read(source, scope, limits_.document.bytes);
  return entry->second && entry->second->ok ? &*entry->second : nullptr;
}

bool DocumentSet::has_fragment(std::string_view id) const {
  if (model_ == nullptr) return false;
  for (const PolicyFragment& fragment : model_->fragments) {
    if (fragment.id == id) return true;
  }
  return false;
}

const CheckedDocument* DocumentSet::fragment(std::string_view id) {
  if (model_ == nullptr) return nullptr;
  auto found = fragments_.find(id);
  if (found == fragments_.end()) {
    found = fragments_.emplace(std::string(id), std::nullopt).first;
    for (const PolicyFragment& fragment : model_->fragments) {
      if (fragment.id == id) found->second = read(fragment.policy, std::nullopt, limits_.document.fragment_bytes);
    }
  }
  const auto& document = found->second;
  return document && document->ok && document->kind == CheckedDocument::Kind::fragment ? &*document : nullptr;
}

}  // namespace sluice
