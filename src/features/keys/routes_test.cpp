#include "features/keys/routes.hpp"

#include "crypto/random.hpp"

#include <gmock/gmock.h>

#include <string>

namespace usher::keys {
namespace {

using ::testing::HasSubstr;

std::shared_ptr<const tokens::KeyRing> ring_of(const std::shared_ptr<const crypto::PrivateKey>& key)
{
  return std::make_shared<const tokens::KeyRing>(
      std::vector{tokens::make_signing_key(key, tokens::KeyState::active)}, Secret{crypto::random_bytes(32)}
  );
}

TEST(Jwks, is_served_with_its_etag_and_follows_the_ring)
{
  crypto::start();
  const auto first = ring_of(crypto::generate_key(crypto::Algorithm::es256));
  const auto second = ring_of(crypto::generate_key(crypto::Algorithm::es256));
  Published<tokens::KeyRing> published{first};
  http::Router router;
  mount(router, {.keys = published});
  http::Request request{.method = http::Method::get, .path = "/.well-known/jwks.json"};
  const auto entry = router.match(request);
  ASSERT_TRUE(entry);
  EXPECT_EQ((*entry)->guard, http::Guard::open);
  const auto get = [&] { return std::get<http::Router::AtOnce>((*entry)->handler)(request).value(); };

  const http::Response answer = get();
  EXPECT_EQ(answer.body, first->jwks());
  EXPECT_EQ(answer.etag, first->jwks_etag());
  EXPECT_EQ(answer.cache_control, "public, max-age=300");
  published.publish(second);
  EXPECT_THAT(get().body, HasSubstr(second->active().kid));
}

}  // namespace
}  // namespace usher::keys
