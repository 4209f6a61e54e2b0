#pragma once

#include <string_view>

// What every OpenAPI document of ours says alike.

namespace usher::http {

/// RFC 9457, with the course's members beside it.
inline constexpr std::string_view problem_schema =
    R"({"type":"object","description":"Why a request was refused (RFC 9457).","properties":{)"
    R"("type":{"type":"string","format":"uri","description":"urn:usher:problem: and the slug."},)"
    R"("title":{"type":"string","description":"The same for every occurrence."},)"
    R"("status":{"type":"integer","minimum":400,"maximum":599},)"
    R"("detail":{"type":"string","description":"What to do about it."},)"
    R"("instance":{"type":"string","format":"uri","description":"urn:request: and the request id, as in the log."},)"
    R"("error":{"type":"string","description":"The slug: stable, for programs."},)"
    R"("error_description":{"type":"string","description":"The same as detail; with the slugs of OAuth only."},)"
    R"("code":{"type":"integer","description":"The same as status."},)"
    R"("message":{"type":"string","description":"The same as title."},)"
    R"("errors":{"description":"Every wrong field with its reasons; text where it is about no field.","oneOf":[)"
    R"({"type":"string"},{"type":"object","additionalProperties":{"type":"array","items":{"type":"string"}}}]}},)"
    R"("required":["type","title","status","detail","instance","error","code","message","errors"]})";

inline constexpr std::string_view header_components =
    R"({"ETag":{"description":"The version, for If-Match.","schema":{"type":"string"}},)"
    R"("Location":{"description":"Path of what was made.","schema":{"type":"string"}},)"
    R"("RetryAfter":{"description":"Seconds to wait (RFC 9110 10.2.3).","schema":{"type":"integer","minimum":1}},)"
    R"("WWWAuthenticate":{"description":"What is wanted (RFC 6750, RFC 7617, RFC 9470).","schema":{"type":"string"}}})";

inline constexpr std::string_view security_schemes =
    R"({"access_token":{"type":"http","scheme":"bearer","bearerFormat":"JWT",)"
    R"("description":"From a login, or from a refresh. Fresh only straight from a login."},)"
    R"("refresh_token":{"type":"http","scheme":"bearer","bearerFormat":"JWT",)"
    R"("description":"From a login or the last refresh; good for the refresh route only."},)"
    R"("service_credential":{"type":"http","scheme":"basic",)"
    R"("description":"client_id and client_secret of `usher client add`; or both of them in the form."}})";

inline std::string_view reason_phrase(int status)
{
  switch (status) {
    case 400: return "The request, or a field of it, is not as it should be.";
    case 401: return "No token or credential, or one that does not do.";
    case 403: return "Known, but not allowed.";
    case 404: return "Not there.";
    case 409: return "In conflict with what is there.";
    case 412: return "Changed since it was read.";
    case 413: return "Too large.";
    case 415: return "Not the media type that is read here.";
    case 422: return "Not a token of this service.";
    case 429: return "Too often.";
    case 503: return "Not now.";
    default: return status >= 500 ? "A fault on our side." : "Refused.";
  }
}

}  // namespace usher::http
