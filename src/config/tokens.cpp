#include "config/tokens.hpp"

#include "config/checks.hpp"
#include "config/define.hpp"

namespace usher::config {
namespace {

constexpr std::int64_t day_s = 86400;
constexpr std::int64_t year_s = 365 * day_s;

constexpr std::array settings{
    define<&Config::tokens, &Tokens::alg>(
        "tokens.alg",
        "Algorithm of access tokens. With HS256 nobody but this service can check them. After a change a key "
        "of the new algorithm signs from the next start on; tokens signed before stay good.",
        {}
    ),
    define<&Config::tokens, &Tokens::issuer>(
        "tokens.issuer", "`iss` of every token; other services compare it.", {.check = problem_with_empty}
    ),
    define<&Config::tokens, &Tokens::audience>(
        "tokens.audience", "`aud` of every access token; empty for none.", {}
    ),
    define<&Config::tokens, &Tokens::access_ttl>(
        "tokens.access_ttl",
        "Life of an access token.",
        {.min = 1, .max = day_s * 30, .short_flag = "--access-ttl"}
    ),
    define<&Config::tokens, &Tokens::refresh_ttl>(
        "tokens.refresh_ttl",
        "Life of a refresh token: a session ends when it was not refreshed for so long.",
        {.min = 1, .max = year_s, .short_flag = "--refresh-ttl"}
    ),
    define<&Config::tokens, &Tokens::fresh_for>(
        "tokens.fresh_for",
        "How long after the login a token counts as fresh; 0 for as long as the first access token lives.",
        {.max = day_s * 30}
    ),
    define<&Config::tokens, &Tokens::leeway>(
        "tokens.leeway",
        "How far the clocks of two machines may be apart when times are checked.",
        {.max = 60}
    ),
    define<&Config::tokens, &Tokens::rotate_every>(
        "tokens.rotate_every",
        "Age at which the signing key is replaced, by one that was published for 5 minutes at least; 0 for "
        "only by "
        "`usher key rotate`.",
        {.max = 10 * year_s}
    ),
    define<&Config::sessions, &Sessions::reuse_window>(
        "sessions.reuse_window",
        "How long the refresh token before the newest still works: `until-used` (until the newest is used), "
        "a "
        "duration, or 0 for not at all.",
        {.max = year_s}
    ),
    define<&Config::sessions, &Sessions::max_life>(
        "sessions.max_life",
        "Life of a session from its login, however often it is refreshed.",
        {.min = 60, .max = 10 * year_s}
    ),
};

}  // namespace

std::span<const Setting> tokens_settings()
{
  return settings;
}

}  // namespace usher::config
