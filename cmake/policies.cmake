# SPDX-License-Identifier: Apache-2.0
# The table of built-in policies: one row for every file in lib/policies/<group>/, named after the file.
# Adding a policy is adding its file.

function(sluice_generate_builtin_policies target)
  file(GLOB files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/lib/policies/*/*.cpp)
  set(declarations "")
  set(rows "")
  set(count 0)
  foreach(file IN LISTS files)
    file(STRINGS ${file} declares REGEX "^SLUICE_POLICY\\(" LIMIT_COUNT 1)
    if(declares STREQUAL "")
      continue()
    endif()
    get_filename_component(name ${file} NAME_WE)
    string(APPEND declarations "extern const PolicyDescriptor ${name};\n")
    string(APPEND rows "    &policies::${name},\n")
    math(EXPR count "${count} + 1")
  endforeach()
  set(output ${CMAKE_CURRENT_BINARY_DIR}/generated/builtin_policies.cpp)
  file(CONFIGURE OUTPUT ${output} CONTENT
"// Generated from the files of lib/policies when the build is configured.
#include <sluice/policy_registry.hpp>

#include <array>

namespace sluice {
namespace policies {
${declarations}}  // namespace policies

std::span<const PolicyDescriptor* const> builtin_policies() {
  static const std::array<const PolicyDescriptor*, ${count}> table = {
${rows}  };
  return table;
}

}  // namespace sluice
" @ONLY)
  target_sources(${target} PRIVATE ${output})
endfunction()
