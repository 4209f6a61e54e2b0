#pragma once

#include "db/door.hpp"
#include "http/router.hpp"

namespace usher::search {

enum class Audience { users, everybody };

struct Options {
  Audience audience{Audience::users};  ///< accounts.public_search: whether somebody without a token may ask
};

struct Deps {
  db::Door& db;
  Options options{};
};

/// GET /api/users/search.
void mount(http::Router& router, Deps deps);

}  // namespace usher::search
