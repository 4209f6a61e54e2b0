# One folder = one module = one library = one namespace.
#
#   usher_module(NAME users DEPENDS base db http [LINK Boost::headers])
#
# Everything is found by its file name, so adding a file never edits this call:
#   *.cpp             the library          *_test.cpp   one test binary, run by ctest
#   *_fuzz.cpp        one fuzzer each      *_bench.cpp  one benchmark each
#   migrations/*.sql  compiled in as usher::<name>::migrations(), which the module's store.hpp declares

# What nearly every file would otherwise parse again, parsed once; Beast, JSON and the like stay behind their doors.
file(WRITE ${PROJECT_BINARY_DIR}/precompiled.cpp "")
add_library(usher_precompiled OBJECT ${PROJECT_BINARY_DIR}/precompiled.cpp)
target_link_libraries(usher_precompiled PRIVATE usher_flags)
target_precompile_headers(usher_precompiled PRIVATE <functional> <memory> <optional> <string> <string_view> <utility>
  <variant> <vector> <chrono> <boost/asio/awaitable.hpp> <boost/asio/io_context.hpp> <boost/asio/use_awaitable.hpp>)
target_compile_options(usher_precompiled PRIVATE "SHELL:-Xclang -fno-pch-timestamp")

function(usher_use_precompiled target)
  target_precompile_headers(${target} REUSE_FROM usher_precompiled)
  target_compile_options(${target} PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
endfunction()

# Migration files as C++: usher_embed_migrations(<out var> <namespace>)
function(usher_embed_migrations out name)
  file(GLOB files CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/migrations/*.sql")
  if(NOT files)
    set(${out} "" PARENT_SCOPE)
    return()
  endif()
  list(SORT files)
  set(entries "")
  foreach(file IN LISTS files)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    cmake_path(GET file STEM stem)
    string(REGEX MATCH "^0*([0-9]+)_(.+)$" matched ${stem})
    if(NOT matched)
      message(FATAL_ERROR "${file}: a migration is named like 0007_what_it_does.sql")
    endif()
    set(number ${CMAKE_MATCH_1})
    set(title ${CMAKE_MATCH_2})
    file(READ ${file} sql)
    string(APPEND entries "    {.number = ${number}, .name = \"${title}\", .sql = R\"usher_sql(${sql})usher_sql\"},\n")
  endforeach()
  set(target ${CMAKE_CURRENT_BINARY_DIR}/${name}_migrations.cpp)
  file(CONFIGURE OUTPUT ${target} @ONLY CONTENT
"#include \"db/database.hpp\"

#include <array>

namespace usher::@name@ {
namespace {

constexpr std::array all{std::to_array<db::Migration>({
@entries@})};

}  // namespace

std::span<const db::Migration> migrations();

std::span<const db::Migration> migrations()
{
  return all;
}

}  // namespace usher::@name@
")
  set(${out} ${target} PARENT_SCOPE)
endfunction()

function(usher_module)
  cmake_parse_arguments(ARG "" "NAME" "DEPENDS;LINK" ${ARGN})
  file(GLOB_RECURSE all CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cpp")
  set(sources ${all})
  list(FILTER sources EXCLUDE REGEX "_(test|fuzz|bench)\\.cpp$")
  set(tests ${all})
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  set(fuzzers ${all})
  list(FILTER fuzzers INCLUDE REGEX "_fuzz\\.cpp$")
  set(benches ${all})
  list(FILTER benches INCLUDE REGEX "_bench\\.cpp$")
  usher_embed_migrations(migrations ${ARG_NAME})
  list(APPEND sources ${migrations})

  if(sources)
    add_library(usher_${ARG_NAME} STATIC ${sources})
    set(scope PUBLIC)
    usher_use_precompiled(usher_${ARG_NAME})
  else()
    add_library(usher_${ARG_NAME} INTERFACE)
    set(scope INTERFACE)
  endif()
  add_library(usher::${ARG_NAME} ALIAS usher_${ARG_NAME})
  target_link_libraries(usher_${ARG_NAME} ${scope} usher_flags ${ARG_LINK})
  foreach(dependency IN LISTS ARG_DEPENDS)
    target_link_libraries(usher_${ARG_NAME} ${scope} usher::${dependency})
  endforeach()

  if(CMAKE_CURRENT_SOURCE_DIR MATCHES "/features/")
    set_property(GLOBAL APPEND PROPERTY USHER_FEATURES ${ARG_NAME})
  endif()

  if(tests AND USHER_TESTS)
    add_executable(${ARG_NAME}_test ${tests})
    target_link_libraries(${ARG_NAME}_test PRIVATE usher::${ARG_NAME} usher::testing GTest::gmock_main)
    usher_use_precompiled(${ARG_NAME}_test)
    add_test(NAME ${ARG_NAME} COMMAND ${ARG_NAME}_test WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
  endif()
  if(USHER_FUZZ)
    foreach(file IN LISTS fuzzers)
      cmake_path(GET file STEM stem)
      add_executable(${ARG_NAME}_${stem} ${file})
      target_link_libraries(${ARG_NAME}_${stem} PRIVATE usher::${ARG_NAME})
      target_link_options(${ARG_NAME}_${stem} PRIVATE -fsanitize=fuzzer)
    endforeach()
  endif()
  if(USHER_BENCH)
    foreach(file IN LISTS benches)
      cmake_path(GET file STEM stem)
      add_executable(${ARG_NAME}_${stem} ${file})
      target_link_libraries(${ARG_NAME}_${stem} PRIVATE usher::${ARG_NAME} benchmark::benchmark_main)
    endforeach()
  endif()
endfunction()
