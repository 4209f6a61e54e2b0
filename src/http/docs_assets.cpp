#include "http/docs_assets.hpp"

#ifndef USHER_DOCS_ASSETS

namespace usher::http {

std::span<const DocsAsset> docs_assets()
{
  return {};
}

}  // namespace usher::http

#endif
