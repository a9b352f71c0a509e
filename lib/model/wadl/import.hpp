// SPDX-License-Identifier: Apache-2.0
// Operations from a WADL document, and the names of those in a WSDL one.
// **Source**: W3C submission "Web Application Description Language"; WSDL 1.1 section 2.4.
#pragma once

#include "model/folder_reader.hpp"

#include <sluice/model.hpp>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::model {

/// Adds the operations of a WADL text to the API. False after a report: the text cannot be read.
bool import_wadl(FolderReader& files, const std::filesystem::path& file, std::string_view text, Api& api);

/// Names of the operations of a WSDL text, each once, at most `most`; empty when it cannot be read.
std::vector<std::string> wsdl_operation_names(std::string_view text, std::size_t most);

}  // namespace sluice::model
