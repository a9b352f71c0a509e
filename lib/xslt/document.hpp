// SPDX-License-Identifier: Apache-2.0
// Documents as libxml2 keeps them, made of what base/xml_events tells, with all that it refuses.
#pragma once

#include "base/xml_events.hpp"

#include <libxml/tree.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::xslt {

struct FreeDocument {
  void operator()(xmlDoc* document) const { xmlFreeDoc(document); }
};
using DocumentPtr = std::unique_ptr<xmlDoc, FreeDocument>;

/// Where the start tags of elements begin in the text: what xmlNode::line is an index into, from 1.
using ElementPlaces = std::vector<std::size_t>;

/// Reads a document. `places`: null, or takes those of its elements (of the first 65,534).
tl::expected<DocumentPtr, XmlFailure> read_document(std::string_view text, const ContentLimits& limits,
                                                    ElementPlaces* places = nullptr);

}  // namespace sluice::xslt
