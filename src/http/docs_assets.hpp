#pragma once

#include <span>
#include <string_view>

namespace usher::http {

/// One file of an API browser (Swagger UI) compiled into the program.
struct DocsAsset {
  std::string_view path;  ///< "/docs/swagger-ui.css"; the page itself is "/docs"
  std::string_view content_type;
  std::string_view bytes;
  std::string_view etag;  ///< with its quotes
};

/// Empty unless the build embeds them: it then defines USHER_DOCS_ASSETS for this module and compiles a
/// generated definition of this function in place of ours. Where it is empty, serve docs_page() and
/// docs_css().
std::span<const DocsAsset> docs_assets();

}  // namespace usher::http
