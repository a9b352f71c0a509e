# SPDX-License-Identifier: Apache-2.0
# Builds that know what runs often: `./dev profile` makes one, in build/profiled. With SLUICE_PROFILE=record programs count
# what they run, and write it beside their objects when they end. With SLUICE_PROFILE=use, in the same folder, the
# compiler reads that, of the sources that have not changed since.
set(SLUICE_PROFILE "" CACHE STRING "Profile-guided optimisation: record, use, or nothing")
set_property(CACHE SLUICE_PROFILE PROPERTY STRINGS "" record use)
set(sluice_profile_options)

if(NOT SLUICE_PROFILE STREQUAL "" AND NOT CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  message(FATAL_ERROR "SLUICE_PROFILE: found ${CMAKE_CXX_COMPILER_ID} as the compiler; allowed is g++ (GNU).")
endif()

if(SLUICE_PROFILE STREQUAL "record")
  set(sluice_profile_options -fprofile-generate -fprofile-update=prefer-atomic)
  add_link_options(-fprofile-generate)
elseif(SLUICE_PROFILE STREQUAL "use")
  file(GLOB_RECURSE recorded "${CMAKE_BINARY_DIR}/*.gcda")
  if(NOT recorded)
    message(FATAL_ERROR "SLUICE_PROFILE=use: nothing has been recorded in ${CMAKE_BINARY_DIR}. `./dev profile` records and uses.")
  endif()
  # What has not run in training is compiled as in any other build, not for size.
  set(sluice_profile_options -fprofile-use -fprofile-correction -fprofile-partial-training
    -Wno-missing-profile -Wno-coverage-mismatch)
elseif(NOT SLUICE_PROFILE STREQUAL "")
  message(FATAL_ERROR "SLUICE_PROFILE: found '${SLUICE_PROFILE}'; allowed are record, use, and nothing.")
endif()

# sluice_profile(ROOM...): those where requests spend most of their time.
function(sluice_profile)
  foreach(room IN LISTS ARGN)
    target_compile_options(sluice_${room} PRIVATE ${sluice_profile_options})
  endforeach()
endfunction()
