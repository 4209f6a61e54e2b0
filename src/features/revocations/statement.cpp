#include "features/revocations/statement.hpp"

#include "http/gzip.hpp"

#include <utility>

namespace usher::revocations {
namespace {

constexpr std::size_t etag_letters = 22;  // 16 bytes of the signature, which no other statement has

tokens::RevocationClaims claims_of(sessions::News news, Instant as_of, std::chrono::seconds keep)
{
  tokens::RevocationClaims claims{
      .from = news.from,
      .seq = news.seq,
      .keep = keep,
      .sessions = std::move(news.sessions),
      .issued = as_of,
  };
  claims.users.reserve(news.users.size());
  for (const sessions::News::User& user : news.users) {
    claims.users.push_back({.id = user.id, .generation = user.generation});
  }
  return claims;
}

}  // namespace

Statement signed_statement(
    tokens::Mint& mint, sessions::News news, Instant as_of, std::chrono::seconds keep, Gzip gzip
)
{
  Statement statement{.from = news.from, .seq = news.seq, .as_of = as_of};
  statement.text = mint.sign(claims_of(std::move(news), as_of, keep));
  if (gzip == Gzip::yes && statement.text.size() >= http::gzip_bytes_min) {
    statement.gzipped = http::gzip(statement.text);
  }
  statement.etag = '"' + statement.text.substr(statement.text.size() - etag_letters) + '"';
  return statement;
}

sessions::News nothing_after(std::int64_t seq)
{
  return {.from = seq, .seq = seq};
}

std::string event_of(const Statement& statement)
{
  return "id: " + std::to_string(statement.seq) + "\nevent: revocations\ndata: " + statement.text + "\n\n";
}

}  // namespace usher::revocations
