# The API documentation page as bytes in the program: Swagger UI, where its npm package is there (tools/docs), else
# nothing, and the server shows the plain page it makes from the route table.
function(usher_embed_docs target)
  set(package ${PROJECT_SOURCE_DIR}/tools/docs/node_modules/swagger-ui-dist)
  if(NOT EXISTS ${package}/swagger-ui-bundle.js)
    return()
  endif()
  set(page ${PROJECT_SOURCE_DIR}/tools/docs/page)
  set(files
    "/docs|text/html|${page}/index.html"
    "/docs/start.js|text/javascript|${page}/start.js"
    "/docs/swagger-ui.css|text/css|${package}/swagger-ui.css"
    "/docs/swagger-ui-bundle.js|text/javascript|${package}/swagger-ui-bundle.js")
  set(assembly "")
  set(symbols "")
  set(entries "")
  set(index 0)
  set(inputs "")
  foreach(line IN LISTS files)
    string(REPLACE "|" ";" parts ${line})
    list(GET parts 0 path)
    list(GET parts 1 type)
    list(GET parts 2 file)
    list(APPEND inputs ${file})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    file(SHA256 ${file} digest)
    string(SUBSTRING ${digest} 0 32 etag)
    string(APPEND assembly ".global usher_docs_${index}, usher_docs_${index}_end\n"
      "usher_docs_${index}: .incbin \"${file}\"\nusher_docs_${index}_end: .byte 0\n")
    string(APPEND symbols "extern const char usher_docs_${index}[];\nextern const char usher_docs_${index}_end[];\n")
    string(APPEND entries "      DocsAsset{\"${path}\", \"${type}; charset=utf-8\",\n"
      "                {usher_docs_${index}, static_cast<std::size_t>(usher_docs_${index}_end - usher_docs_${index})},\n"
      "                \"\\\"${etag}\\\"\"},\n")
    math(EXPR index "${index} + 1")
  endforeach()
  set(folder ${PROJECT_BINARY_DIR}/docs)
  file(CONFIGURE OUTPUT ${folder}/docs_data.S CONTENT ".section .rodata\n${assembly}.section .note.GNU-stack,\"\",@progbits\n" @ONLY)
  file(CONFIGURE OUTPUT ${folder}/docs_embedded.cpp @ONLY CONTENT
"#include \"http/docs_assets.hpp\"

#include <array>
#include <cstddef>

extern \"C\" {
${symbols}}

namespace usher::http {

std::span<const DocsAsset> docs_assets()
{
  static const std::array assets{
${entries}  };
  return assets;
}

}  // namespace usher::http
")
  add_library(usher_docs_data OBJECT ${folder}/docs_data.S)
  set_source_files_properties(${folder}/docs_data.S PROPERTIES OBJECT_DEPENDS "${inputs}")
  target_sources(${target} PRIVATE ${folder}/docs_embedded.cpp $<TARGET_OBJECTS:usher_docs_data>)
  target_compile_definitions(${target} PRIVATE USHER_DOCS_ASSETS)
endfunction()
