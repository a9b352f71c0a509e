// SPDX-License-Identifier: Apache-2.0
#include "testing/case_file.hpp"

#include <fstream>
#include <iterator>

namespace sluice::testing {
PolicyCase parse_case(const std::string& file, const std::string& text, const std::filesystem::path& root,
                      CaseFindings& findings) {
  PolicyCase parsed;
  parsed.file = file;
  YAML::Node node;
  try {
    node = YAML::Load(text);
  } catch (const YAML::Exception& exception) {
    findings.push_back({exception.mark.line + 1, "the file is no YAML: " + exception.msg});
    return parsed;
  }
  CaseMap top(node, "the case", findings);
  read_settings(top, parsed.options, findings);
  read_certificates(top, root, parsed.options.deployment, findings);
  read_script(top, root, parsed.script, findings);
  read_requests(top, root, parsed, findings);
  read_service(top, root, parsed, findings);
  if (const YAML::Node wanted = top.find("diagnostics")) {
    parsed.diagnostics = top.texts("diagnostics");
    parsed.diagnostics_line = line_of(wanted);
  }
  top.finish();
  if (parsed.requests.empty() && !parsed.diagnostics) {
    findings.push_back({1, "a case has 'requests' or 'diagnostics'"});
  }
  return parsed;
}

std::string read_case_file(const std::string& name, const std::filesystem::path& root, const YAML::Node& node,
                           CaseFindings& findings) {
  std::ifstream stream(root / name, std::ios::binary);
  if (!stream) findings.push_back({line_of(node), "cannot read the file '" + name + "'"});
  return {std::istreambuf_iterator<char>(stream), {}};
}

FieldList read_fields(const YAML::Node& node, CaseFindings& findings) {
  FieldList fields;
  if (!node || is_null(node)) return fields;
  if (!node.IsMap()) {
    findings.push_back({line_of(node), "headers must be a mapping"});
    return fields;
  }
  for (const auto& member : node) {
    const std::string& name = member.first.Scalar();
    if (member.second.IsSequence()) {
      for (const YAML::Node& value : member.second) fields.emplace_back(name, value.Scalar());
    } else {
      fields.emplace_back(name, is_null(member.second) ? std::string() : member.second.Scalar());
    }
  }
  return fields;
}

}  // namespace sluice::testing
