#pragma once

#include "http/route_notes.hpp"

#include <string>

namespace usher::http {

/// The route table as an OpenAPI 3.1 document, JSON: every route with its guard, parameters, body, reply and
/// each of its refusals, every shape as a schema, every refusal as an example of the Problem schema.
std::string openapi_document(const Router& router, const DocumentInfo& info);

}  // namespace usher::http
