#pragma once

#include "http/router.hpp"

#include <memory>

namespace usher::app {

/// The complete route table without a server, for the documents made from it. Its handlers are never to be
/// called.
struct Api {
  std::shared_ptr<void> kept;  ///< what the handlers refer to
  http::Router router;
};

/// Opens everything on a scratch folder, since features are built from real parts; the folder is gone with
/// `kept`.
std::unique_ptr<Api> describe_api();

}  // namespace usher::app
