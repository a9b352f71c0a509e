# SPDX-License-Identifier: Apache-2.0
# cmake -DWAY=installed|subdirectory ... -P run.cmake: configures, builds and runs the consumer, and says what failed.
# The build folder lies beside that of the library, so that ccache finds what has been compiled there already.
set(build ${BUILD}-package-${WAY})
set(arguments -G Ninja -DCMAKE_BUILD_TYPE=${BUILD_TYPE} -DCMAKE_CXX_COMPILER=${COMPILER}
  -DCMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER} "-DCMAKE_CXX_FLAGS_DEBUG=${FLAGS_DEBUG}")

function(step what)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "${what} failed (${result}):\n${output}")
  endif()
endfunction()

file(REMOVE_RECURSE ${build})
if(WAY STREQUAL installed)
  step("installing" ${CMAKE_COMMAND} --install ${BUILD} --prefix ${build}/prefix)
  list(APPEND arguments -DCMAKE_PREFIX_PATH=${build}/prefix)
else()
  list(APPEND arguments -DSLUICE_SOURCE=${SOURCE} -DSLUICE_WERROR=${WERROR})
endif()
step("configuring" ${CMAKE_COMMAND} -S ${SOURCE}/tests/package/consumer -B ${build} ${arguments})
step("building" ${CMAKE_COMMAND} --build ${build})
foreach(program embeds serves tests)
  step("running '${program}'" ${build}/${program})
endforeach()
file(REMOVE_RECURSE ${build})
