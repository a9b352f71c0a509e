# SPDX-License-Identifier: Apache-2.0
# What `cmake --install` puts where: libraries, public headers, the command, and the package that
# `find_package(sluice CONFIG COMPONENTS http telemetry testing)` reads.
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/sluice)
set(libraries sluice_headers sluice_core sluice_testing sluice_all)
if(SLUICE_WITH_HTTP)
  list(APPEND libraries sluice_http sluice_telemetry)
endif()

file(GLOB_RECURSE public_headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/include/*.hpp)
target_sources(sluice_headers INTERFACE FILE_SET HEADERS
  BASE_DIRS ${PROJECT_SOURCE_DIR}/include ${PROJECT_BINARY_DIR}/generated/include
  FILES ${public_headers} ${PROJECT_BINARY_DIR}/generated/include/sluice/version.hpp)

install(TARGETS ${libraries} EXPORT sluice-targets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
  FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT sluice-targets NAMESPACE sluice:: DESTINATION ${package_dir})
if(SLUICE_WITH_HTTP)
  install(TARGETS sluice_command RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()

# The tables of the tokenizer are parts of the library, and have a licence of their own.
install(FILES ${PROJECT_SOURCE_DIR}/lib/tokenizer/data/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME LICENSE.tokenizer)

configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/sluice-config.cmake.in
  ${PROJECT_BINARY_DIR}/sluice-config.cmake INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/sluice-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/sluice-config.cmake ${PROJECT_BINARY_DIR}/sluice-config-version.cmake
  DESTINATION ${package_dir})
