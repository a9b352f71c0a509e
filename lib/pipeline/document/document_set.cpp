// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"
#include "pipeline/compile/made_pipelines.hpp"
#include "pipeline/compile/shared_expressions.hpp"
#include "pipeline/document/markup_scan.hpp"
#include "pipeline/document/specification.hpp"

namespace sluice {
namespace {

/// Shorter ones are not looked for in messages: they are parts of every other word, and no secrets.
constexpr std::size_t shortest_secret = 4;

void note_markup(const Specification& spec, std::set<std::string, std::less<>>& names) {
  if (spec.text == TextRule::markup) names.emplace(spec.name);
  for (const ElementSpec& child : spec.children) note_markup(Specification(child), names);
}

std::string_view root_of(CheckedDocument::Kind kind) {
  switch (kind) {
    case CheckedDocument::Kind::policies: return "<policies>";
    case CheckedDocument::Kind::fragment: return "<fragment>";
    case CheckedDocument::Kind::resolver: return "a data source such as <http-data-source>";
  }
  return {};
}

}  // namespace

DocumentSet::DocumentSet(const PolicyRegistry& registry, const ServiceModel* model, const Behaviour& behaviour,
                         const Limits& limits)
    : registry_(registry),
      model_(model),
      behaviour_(behaviour),
      limits_(limits),
      made_(std::make_unique<MadePipelines>()),
      expressions_(std::make_unique<SharedExpressions>()) {
  for (const PolicyDescriptor* policy : registry.all()) {
    for (auto name : split_words(policy->elements)) note_markup(Specification(*policy, name), markup_elements_);
  }
  if (model == nullptr) return;
  for (const NamedValue& value : model->named_values) named_values_.emplace(value.display_name, &value);
}

DocumentSet::~DocumentSet() = default;

std::optional<CheckedDocument> DocumentSet::read(const PolicySource& source, std::optional<Scope> scope,
                                                 std::size_t byte_limit, std::optional<CheckedDocument::Kind> kind) {
  TreeOptions options{limits_.document, {}, markup_elements_};
  options.limits.bytes = byte_limit;
  if (model_ != nullptr) {
    options.named_values = [this](std::string_view name) -> std::optional<NamedText> {
      const auto found = named_values_.find(name);
      if (found == named_values_.end()) return std::nullopt;
      return NamedText{found->second->value, found->second->secret};
    };
  }
  Diagnostics found(most_findings);
  auto document = check_schema(read_policy_tree(source, options, found), {registry_, scope, behaviour_}, found);
  if (document && document->ok && kind && document->kind != *kind) {
    found.add(diagnostic_at(
        document->root, Severity::error, "SL2001",
        "the root element is <" + document->root.name + ">, it must be " + std::string(root_of(*kind)) + " here"));
    document->ok = false;
  }
  diagnostics_.append(found);
  return document;
}

const CheckedDocument* DocumentSet::document(const PolicySource& source, std::optional<Scope> scope) {
  auto [entry, is_new] = documents_.try_emplace({&source, scope});
  if (is_new) {
    // One that hangs nowhere may be any.
    const auto kind = scope == Scope::resolver ? CheckedDocument::Kind::resolver : CheckedDocument::Kind::policies;
    entry->second = read(source, scope, limits_.document.bytes, scope ? std::optional(kind) : std::nullopt);
  }
  return entry->second ? &*entry->second : nullptr;
}

void DocumentSet::forget(const PolicySource& source) {
  made_->forget(source);
  std::erase_if(documents_, [&](const auto& entry) { return entry.first.first == &source; });
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
      if (fragment.id != id) continue;
      found->second =
          read(fragment.policy, std::nullopt, limits_.document.fragment_bytes, CheckedDocument::Kind::fragment);
      break;
    }
  }
  return found->second ? &*found->second : nullptr;
}

std::string DocumentSet::without_secrets(std::string text) const {
  for (const auto& [name, value] : named_values_) {
    if (!value->secret || value->value.size() < shortest_secret) continue;
    const std::string written = "{{" + std::string(name) + "}}";
    for (std::size_t at = text.find(value->value); at != std::string::npos;
         at = text.find(value->value, at + written.size())) {
      text.replace(at, value->value.size(), written);
    }
  }
  return text;
}

}  // namespace sluice
