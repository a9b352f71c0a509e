// SPDX-License-Identifier: Apache-2.0
// A libxslt style sheet is only read while it runs: threads share it. xmlNode::line of its elements is their number
// (document.hpp), which libxslt prints as a line.
#include "xslt/stylesheet.hpp"

#include "base/xml_library.hpp"
#include "xslt/document.hpp"
#include "xslt/library.hpp"

#include <libxslt/security.h>
#include <libxslt/transform.h>
#include <libxslt/variables.h>
#include <libxslt/xsltInternals.h>
#include <libxslt/xsltutils.h>

#include <algorithm>
#include <memory>

namespace sluice::xslt {

struct Stylesheet::State {
  std::unique_ptr<xsltStylesheet, decltype(&xsltFreeStylesheet)> sheet{nullptr, &xsltFreeStylesheet};
  OutputMethod method = OutputMethod::xml;
  std::string media_type;
};

namespace {

constexpr std::string_view xsl_space = "http://www.w3.org/1999/XSL/Transform";

std::string_view view(const xmlChar* text) {
  return text == nullptr ? std::string_view() : std::string_view(reinterpret_cast<const char*>(text));
}
const xmlChar* chars(const char* text) { return reinterpret_cast<const xmlChar*>(text); }

bool is_instruction(const xmlNode& node, std::string_view name) {
  return node.type == XML_ELEMENT_NODE && node.ns != nullptr && view(node.ns->href) == xsl_space &&
         view(node.name) == name;
}

/// Where the element begins that has this number; beyond the numbers, the whole style sheet.
std::size_t place_of(unsigned number, const ElementPlaces& places) {
  return number > 0 && number <= places.size() ? places[number - 1] : 0;
}

/// What reaches for other texts is refused before libxslt sees it.
void find_inclusions(const xmlNode& root, const ElementPlaces& places, std::vector<StylesheetFault>& faults) {
  for (const xmlNode* node = root.children; node != nullptr; node = node->next) {
    for (const std::string_view name : {"import", "include"}) {
      if (!is_instruction(*node, name)) continue;
      faults.push_back({place_of(node->line, places), "<xsl:" + std::string(name) +
                                                          "> is not carried out: a style sheet "
                                                          "reads no other one"});
    }
  }
}

void take_findings(const std::string& printed, const ElementPlaces& places, std::vector<StylesheetFault>& faults) {
  for (Finding& finding : findings_of(printed)) {
    const std::size_t offset = place_of(finding.line, places);
    // libxslt says more than once that an element is wrong.
    const auto is_known = [&](const StylesheetFault& fault) { return fault.offset == offset; };
    if (std::none_of(faults.begin(), faults.end(), is_known)) faults.push_back({offset, std::move(finding.message)});
  }
  if (faults.empty()) faults.push_back({0, "the style sheet cannot be compiled"});
}

OutputMethod method_of(const xsltStylesheet& sheet) {
  const std::string_view method = view(sheet.method);
  return method == "html" ? OutputMethod::html : method == "text" ? OutputMethod::text : OutputMethod::xml;
}

/// Nobody may read or write anything.
xsltSecurityPrefs* security() {
  static xsltSecurityPrefs* const preferences = [] {
    xsltSecurityPrefs* made = xsltNewSecurityPrefs();
    for (const auto option : {XSLT_SECPREF_READ_FILE, XSLT_SECPREF_WRITE_FILE, XSLT_SECPREF_CREATE_DIRECTORY,
                              XSLT_SECPREF_READ_NETWORK, XSLT_SECPREF_WRITE_NETWORK})
      xsltSetSecurityPrefs(made, option, &xsltSecurityForbid);
    return made;
  }();
  return preferences;
}

/// Ends a transformation at its next instruction or step.
void stop(void* what) {
  auto* run = static_cast<xsltTransformContext*>(what);
  run->state = XSLT_STATE_STOPPED;
  if (run->xpathCtxt != nullptr && run->xpathCtxt->opLimit != 0) run->xpathCtxt->opCount = run->xpathCtxt->opLimit;
}

struct Output {
  std::string text;
  std::size_t most_bytes;
};
int write_output(void* to, const char* bytes, int size) {
  auto& output = *static_cast<Output*>(to);
  if (output.text.size() + static_cast<std::size_t>(size) > output.most_bytes) return -1;
  output.text.append(bytes, static_cast<std::size_t>(size));
  return size;
}

tl::unexpected<Error> failed(std::string message) {
  return fail(ErrorCode::content_conversion_failed, std::move(message));
}

using ContextPtr = std::unique_ptr<xsltTransformContext, decltype(&xsltFreeTransformContext)>;

ContextPtr make_context(xsltStylesheet& sheet, xmlDoc& document, const TransformLimits& limits, Messages& messages) {
  ContextPtr run(xsltNewTransformContext(&sheet, &document), &xsltFreeTransformContext);
  if (run == nullptr || security() == nullptr || xsltSetCtxtSecurityPrefs(security(), run.get()) != 0) {
    run.reset();
    return run;
  }
  xsltSetTransformErrorFunc(run.get(), &messages, &Messages::print);
  run->maxTemplateDepth = limits.template_depth;
  run->maxTemplateVars = limits.variables;
  run->opLimit = limits.operations;
  run->xpathCtxt->opLimit = limits.operations;
  return run;
}

/// The result as `xsl:output` wants it.
Result<std::string> serialized(xmlDoc& result, xsltStylesheet& sheet, const TransformLimits& limits) {
  Output output{{}, limits.most_bytes};
  xmlCharEncodingHandler* encoder = nullptr;
  if (const std::string_view name = view(sheet.encoding); !name.empty() && name != "UTF-8" && name != "utf-8") {
    encoder = xmlFindCharEncodingHandler(name.data());
    if (encoder == nullptr)
      return failed("The style sheet's encoding '" + std::string(name.substr(0, 40)) + "' is unknown.");
  }
  xmlOutputBuffer* buffer = xmlOutputBufferCreateIO(&write_output, nullptr, &output, encoder);
  if (buffer == nullptr) return failed("The result could not be written.");
  xsltSaveResultTo(buffer, &result, &sheet);
  if (xmlOutputBufferClose(buffer) < 0)
    return fail(limits.too_large, "The body has more than " + std::to_string(limits.most_bytes) + " bytes.");
  return std::move(output.text);
}

}  // namespace

Stylesheet::Stylesheet(std::unique_ptr<State> state) : state_(std::move(state)) {}
Stylesheet::~Stylesheet() = default;

std::shared_ptr<const Stylesheet> Stylesheet::compile(std::string_view text, std::vector<StylesheetFault>& faults) {
  prepare_libraries();
  ElementPlaces places;
  auto document = read_document(text, ContentLimits(), &places);
  if (!document) {
    faults.push_back({0, document.error().message});
    return nullptr;
  }
  find_inclusions(*xmlDocGetRootElement(document->get()), places, faults);
  if (!faults.empty()) return nullptr;
  Messages messages;
  document->get()->URL = xmlStrdup(chars("stylesheet"));  // Without a name libxslt prints no lines.
  auto state = std::make_unique<State>();
  state->sheet.reset(xsltParseStylesheetDoc(document->get()));
  if (state->sheet != nullptr) static_cast<void>(document->release());  // It belongs to the style sheet.
  if (state->sheet == nullptr || state->sheet->errors != 0) {
    take_findings(messages.text(), places, faults);
    return nullptr;
  }
  state->method = method_of(*state->sheet);
  state->media_type = view(state->sheet->mediaType);
  return std::make_shared<const Stylesheet>(std::move(state));
}

Result<TransformResult> Stylesheet::transform(std::string_view text, std::span<const Parameter> parameters,
                                              const TransformLimits& limits) const {
  prepare_libraries();
  auto document = read_document(text, limits.content);
  if (!document) return failed("The body cannot be read as XML: " + document.error().message);
  Messages messages;
  const ContextPtr run = make_context(*state_->sheet, **document, limits, messages);
  if (run == nullptr) return failed("The transformation could not begin.");
  for (const auto& [name, value] : parameters) {
    if (xsltQuoteOneUserParam(run.get(), chars(name.c_str()), chars(value.c_str())) != 0)
      return failed("'" + name.substr(0, 100) + "' is no name of a parameter.");
  }
  DocumentPtr result;
  {
    const XmlMemoryWatch memory(limits.memory_bytes, &stop, run.get());
    result.reset(xsltApplyStylesheetUser(state_->sheet.get(), document->get(), nullptr, nullptr, nullptr, run.get()));
    if (memory.is_exceeded()) return failed("The transformation takes too much memory.");
  }
  if (run->state != XSLT_STATE_OK || result == nullptr)
    return failed("The transformation failed: " + brief(messages.text()));
  auto output = serialized(*result, *state_->sheet, limits);
  if (!output) return fail(std::move(output.error()));
  return TransformResult{std::move(*output), state_->method, state_->media_type};
}

}  // namespace sluice::xslt
