// SPDX-License-Identifier: Apache-2.0
// <include-fragment>: the policies of a fragment, compiled in this place.   Sections and scopes: all.
// Source: API Management policy reference, include-fragment; fragments do not include others.
#include <sluice/policy.hpp>

namespace sluice::policies {
namespace {

constexpr AttributeSpec attributes[] = {{.name = "fragment-id", .required = true, .doc = "Id of the fragment."}};

StepPtr compile(const PolicyElement& element, CompileContext& context) {
  return context.compile_fragment(element, context.literal(element, "fragment-id"));
}

}  // namespace

SLUICE_POLICY(include_fragment){.elements = "include-fragment",
                                .sections = Sections::all,
                                .scopes = Scopes::all | Scopes::resolver,
                                .allowed_in_fragments = false,
                                .attributes = attributes,
                                .compile = compile,
                                .summary = "Puts the policies of a fragment in its place."};

}  // namespace sluice::policies
