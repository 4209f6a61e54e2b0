#pragma once

#include "http/route_notes.hpp"

#include <string>

namespace usher::http {

/// docs/errors.md: every refusal of every route and of the front, with status, cause and cure.
std::string errors_page(const Router& router, const DocumentInfo& info);

}  // namespace usher::http
