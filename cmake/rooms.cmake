# SPDX-License-Identifier: Apache-2.0
# How the rooms of lib/ become libraries. A room is an object library of all its sources; libraries that are installed
# are made of rooms. Adding a file to a room needs no change here.

# Warnings and private include paths of the project's own code; never exported.
add_library(sluice_private INTERFACE)
target_include_directories(sluice_private INTERFACE ${PROJECT_SOURCE_DIR}/lib)
target_compile_options(sluice_private INTERFACE -Wall -Wextra -Wshadow -Wnon-virtual-dtor
  -Woverloaded-virtual -Wimplicit-fallthrough -fvisibility-inlines-hidden
  $<$<BOOL:${SLUICE_WERROR}>:-Werror>
  # g++ 12 warns of things that cannot happen in optimised coroutine and optional code.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized -Wno-restrict -Wno-stringop-overflow -Wno-array-bounds>
  # Fields left out of designated initialisers have defaults in their declaration.
  -Wno-missing-field-initializers)

add_library(sluice_headers INTERFACE)
target_include_directories(sluice_headers INTERFACE
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/generated/include>
  $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
target_compile_features(sluice_headers INTERFACE cxx_std_20)
target_link_libraries(sluice_headers INTERFACE tl::expected)
set_target_properties(sluice_headers PROPERTIES EXPORT_NAME headers)

# sluice_room(NAME [LINKS third parties...]): the object library sluice_NAME of lib/NAME.
function(sluice_room name)
  cmake_parse_arguments(room "" "" "LINKS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/lib/${name}/*.cpp)
  add_library(sluice_${name} OBJECT ${sources})
  set_target_properties(sluice_${name} PROPERTIES POSITION_INDEPENDENT_CODE ON LINKER_LANGUAGE CXX)
  target_link_libraries(sluice_${name} PUBLIC sluice_headers PRIVATE sluice_private fmt::fmt ${room_LINKS})
  set_property(GLOBAL PROPERTY sluice_links_of_${name} ${room_LINKS})
endfunction()

# sluice_library(NAME rooms...): the static library sluice::NAME made of rooms.
function(sluice_library name)
  set(objects)
  set(links)
  foreach(room IN LISTS ARGN)
    if(NOT TARGET sluice_${room} OR room STREQUAL name)
      file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/lib/${room}/*.cpp)
      list(APPEND objects ${sources})
    else()
      list(APPEND objects $<TARGET_OBJECTS:sluice_${room}>)
      get_property(room_links GLOBAL PROPERTY sluice_links_of_${room})
      list(APPEND links ${room_links})
    endif()
  endforeach()
  list(REMOVE_DUPLICATES links)
  add_library(sluice_${name} STATIC ${objects})
  add_library(sluice::${name} ALIAS sluice_${name})
  set_target_properties(sluice_${name} PROPERTIES EXPORT_NAME ${name} POSITION_INDEPENDENT_CODE ON LINKER_LANGUAGE CXX)
  target_link_libraries(sluice_${name} PUBLIC sluice_headers PRIVATE $<BUILD_INTERFACE:sluice_private> fmt::fmt ${links})
endfunction()
