#include "feed.hpp"

#include "jws.hpp"

#include <mutex>
#include <utility>

namespace usher::verify {

Feed::Taken Feed::take(std::string_view jws, Moment now)
{
  const auto parts = split(jws);
  std::string bytes;
  const auto header = parts && decode_base64url(parts->header, bytes) ? read_header(bytes) : std::nullopt;
  if (!header || header->typ != statement_typ) {
    return refuse();
  }
  const KeyStore::Found found = keys_.find(header->kid, now.steady);
  if (found.state == KeyStore::State::pending || found.state == KeyStore::State::unavailable) {
    return Taken::later;
  }
  std::string signature;
  if (!found.key || header->alg != name_of(found.key->algorithm()) ||
      !decode_base64url(parts->signature, signature) || !found.key->verify(parts->signed_text, signature)) {
    return refuse();
  }
  const auto statement =
      decode_base64url(parts->payload, bytes) ? read_statement(bytes, issuer_) : std::nullopt;
  if (!statement) {
    return refuse();
  }
  const std::unique_lock lock{mutex_};
  set_.add(*statement, now);
  return statement->issued == set_.heard() ? Taken::newest : Taken::older;
}

Feed::Taken Feed::refuse() noexcept
{
  count_refused();
  return Taken::refused;
}

Feed::Standing Feed::standing(SessionId session, const Claims& claims, Moment now) const
{
  const std::shared_lock lock{mutex_};
  return {
      .is_revoked = set_.is_revoked(session, claims.user_id, claims.generation, now.steady),
      .age = set_.age(now),
      .keep = set_.keep(),
      .service_time = set_.service_time(now)
  };
}

RevocationSet::Missing Feed::missing() const
{
  const std::shared_lock lock{mutex_};
  return set_.missing();
}

std::int64_t Feed::have() const
{
  const std::shared_lock lock{mutex_};
  return set_.have();
}

std::optional<milliseconds> Feed::age(Moment now) const
{
  const std::shared_lock lock{mutex_};
  return set_.age(now);
}

std::int64_t Feed::heard() const
{
  const std::shared_lock lock{mutex_};
  return set_.heard();
}

Status Feed::status(Moment now) const
{
  const std::shared_lock lock{mutex_};
  return {
      .have = set_.have(),
      .heard = Instant{seconds{set_.heard()}},
      .age = set_.age(now),
      .entries = set_.entries(),
      .streaming = streaming_.load(std::memory_order_relaxed),
      .refused_statements = refused_.load(std::memory_order_relaxed)
  };
}

}  // namespace usher::verify
