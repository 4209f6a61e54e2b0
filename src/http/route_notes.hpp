#pragma once

#include "http/router.hpp"

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace usher::http {

/// Routes whose pattern begins with `prefix` are shown together under `name`; the first that fits counts.
struct Tag {
  std::string_view prefix;  ///< "/api/auth"
  std::string_view name;    ///< "auth"
  std::string_view doc;
};

/// What the documents made from the route table need beside it.
struct DocumentInfo {
  std::string_view title{"Usher"};
  std::string_view version{USHER_VERSION};
  std::string_view server_url{"/"};
  std::string_view description{
      "User management and tokens. Every error is an RFC 9457 problem; its member `error` is stable."
  };
  /// What a guard that looks at a token may refuse with beside http's own: the token module's and the live
  /// question's.
  std::span<const Refusal* const> token_refusals{};
  std::span<const Tag> tags{};  ///< in the order in which they are shown
};

// What the documents say about a route that its Entry does not say by itself.

/// Of the first Tag that fits, else the first literal segment of the path after "/api".
std::string tag_of(const Router::Entry& entry, const DocumentInfo& info);

struct TagNote {
  std::string name;
  std::string doc;
};

/// The tags in use: those of `info` in their order, then the others.
std::vector<TagNote> tags_of(const Router& router, const DocumentInfo& info);

/// Everything a route may be refused with: its own, its guard's, and the front's; each once, own first.
std::vector<const Refusal*> refusals_of(const Router::Entry& entry, const DocumentInfo& info);

/// The same by HTTP status.
std::map<int, std::vector<const Refusal*>> refusals_by_status(
    const Router::Entry& entry, const DocumentInfo& info
);

/// Every refusal of every route, by code.
std::map<std::string_view, const Refusal*> all_refusals(const Router& router, const DocumentInfo& info);

/// "An access token of the user in the path, or of an administrator."
std::string sentence_for(const Router::Entry& entry);

/// {"id", "aid"} of "/api/users/{id}/addresses/{aid}".
std::vector<std::string_view> path_params(std::string_view pattern);

/// True when the resource at this pattern has an ETag: one of its routes may answer 412.
bool has_etag(const Router& router, std::string_view pattern);
bool honours_if_match(const Router::Entry& entry);

/// Every shape that bodies and replies reach, by name; of two with one name the first (gaps() tells).
std::map<std::string_view, const json::AnyShape*> all_shapes(const Router& router);

/// A body made of the fields' examples (of required ones always, of others where they have one).
std::string example_of(const json::AnyShape& shape);

/// What a route leaves unsaid, one sentence each: no operation, no summary, no refusal of its own where its
/// path names a row, a field without words, two unlike shapes of one name. A test keeps this empty.
std::vector<std::string> gaps(const Router& router);

}  // namespace usher::http
