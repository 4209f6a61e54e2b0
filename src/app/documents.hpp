#pragma once

#include "http/route_notes.hpp"
#include "http/router.hpp"

#include <mutex>
#include <string>

namespace usher::app {

/// What is made from the route table once it is complete, the same for every network loop.
class Documents {
 public:
  struct Made {
    std::string openapi;
    std::string openapi_etag;
    std::string page;
    std::string page_etag;
  };

  /// Makes them at the first call.
  const Made& from(const http::Router& router);

 private:
  std::once_flag once_;
  Made made_;
};

http::DocumentInfo document_info();

/// /openapi.json, /docs and the files of /docs. After every other route: the documents show those.
void mount_documents(http::Router& router, Documents& documents);

}  // namespace usher::app
