// SPDX-License-Identifier: Apache-2.0
// Any bytes as a document for a style sheet, and as a style sheet for a document.
#include "xslt/stylesheet.hpp"

#include <cstdint>
#include <string>

using namespace sluice;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto copier = [] {
    std::vector<xslt::StylesheetFault> faults;
    return xslt::Stylesheet::compile(
        "<xsl:stylesheet version='1.0' xmlns:xsl='http://www.w3.org/1999/XSL/Transform'><xsl:strip-space "
        "elements='*'/><xsl:template match='@*|node()'><xsl:copy><xsl:apply-templates "
        "select='@*|node()'/></xsl:copy></xsl:template></xsl:stylesheet>",
        faults);
  }();
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  xslt::TransformLimits limits;
  limits.operations = 50'000;
  limits.memory_bytes = 8u << 20;
  (void)copier->transform(bytes, {}, limits);
  std::vector<xslt::StylesheetFault> faults;
  const auto sheet = xslt::Stylesheet::compile(bytes, faults);
  if ((sheet == nullptr) == faults.empty()) __builtin_trap();
  if (sheet != nullptr) (void)sheet->transform("<a b='1'><c>x</c><c/></a>", {}, limits);
  return 0;
}
