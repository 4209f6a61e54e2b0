#pragma once

#include "crypto/base64url.hpp"
#include "crypto/random.hpp"
#include "features/revocations/channel.hpp"
#include "features/revocations/feed.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace usher::revocations {

inline constexpr Instant start_time{std::chrono::seconds{1'800'000'000}};

inline tokens::SigningKey new_key()
{
  crypto::start();
  return tokens::make_signing_key(crypto::generate_key(crypto::Algorithm::es256), tokens::KeyState::active);
}

inline std::shared_ptr<const tokens::KeyRing> ring_of(const tokens::SigningKey& key)
{
  return std::make_shared<const tokens::KeyRing>(std::vector{key}, Secret{std::string(32, 'r')});
}

/// A statement taken apart; nothing is believed that the key did not sign.
struct Said {
  Said(std::string_view statement, const tokens::SigningKey& key)
  {
    const std::size_t first = statement.find('.');
    const std::size_t second = statement.rfind('.');
    const auto signature = crypto::from_base64url(statement.substr(second + 1));
    if (signature && key.public_key->verify(statement.substr(0, second), *signature)) {
      payload = crypto::from_base64url(statement.substr(first + 1, second - first - 1)).value();
    }
  }

  std::int64_t number(std::string_view name) const
  {
    const auto at = payload.find('"' + std::string{name} + "\":");
    return at == std::string::npos ? -1 : std::stoll(payload.substr(at + name.size() + 3));
  }
  std::int64_t seq() const { return number("seq"); }
  std::int64_t from() const { return number("from"); }
  std::int64_t iat() const { return number("iat"); }
  bool holds(const Uuid& session) const { return payload.find(to_string(session)) != std::string::npos; }

  std::string payload{};  ///< empty: not signed by the key
};

/// The statements among server-sent events.
inline std::vector<Said> statements_in(std::string_view events, const tokens::SigningKey& key)
{
  std::vector<Said> said;
  constexpr std::string_view mark = "data: ";
  for (auto at = events.find(mark); at != std::string_view::npos; at = events.find(mark)) {
    events.remove_prefix(at + mark.size());
    said.emplace_back(events.substr(0, events.find('\n')), key);
  }
  return said;
}

/// A listener whose socket takes everything.
class Ear final : public http::Listener {
 public:
  explicit Ear(Channel::Place place) : Listener{std::move(place.seat)}, heard{std::move(place.first)}
  {
    begin();
  }

  std::string heard;

  std::string take() { return std::exchange(heard, {}); }

 private:
  crypto::Io write(std::string_view bytes) override
  {
    heard += bytes;
    return {.state = crypto::Io::State::done, .bytes = bytes.size()};
  }
  void wake() override {}
  void drop() override {}
};

struct Workbench : ::testing::Test {
  /// One batch, as the database's listener takes it in.
  std::vector<Uuid> end_sessions(std::size_t count)
  {
    std::vector<sessions::Revocation> batch;
    std::vector<Uuid> ended;
    for (std::size_t i = 0; i < count; ++i) {
      ended.push_back(crypto::make_uuid7());
      batch.push_back({.seq = ++last, .session = ended.back()});
    }
    revoked.apply(batch, std::chrono::steady_clock::now());
    return ended;
  }

  void raise_generation(std::int64_t user, std::int64_t generation)
  {
    const sessions::Revocation one{.seq = ++last, .user = users::UserId{user}, .generation = generation};
    revoked.apply(std::span{&one, 1}, std::chrono::steady_clock::now());
  }

  /// What the loop has to do, but for what is not due yet.
  void turn()
  {
    loop.restart();
    loop.poll();
  }

  std::vector<Said> heard_by(Ear& ear) const { return statements_in(ear.take(), key); }

  tokens::SigningKey key = new_key();
  ManualClock clock{start_time};
  Published<tokens::KeyRing> ring{ring_of(key)};
  tokens::Options tokens{};
  sessions::Revoked revoked{std::chrono::seconds{960}};
  metrics::Registry metrics;
  std::int64_t last{0};
  Feed feed{
      {.revoked = revoked,
       .keys = ring,
       .tokens = tokens,
       .clock = clock,
       .metrics = metrics,
       .options = {.listeners_max = 3}}
  };
  boost::asio::io_context loop{1};
  tokens::Mint mint{ring, tokens, clock};
  Channel channel{feed, loop.get_executor(), mint};
};

}  // namespace usher::revocations
