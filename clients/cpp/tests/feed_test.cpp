// The verifier and a service on a loopback port: keys, stream, polling, and a feed in hostile hands.

#include "event_reader.hpp"
#include "fake_usher.hpp"
#include "key_store.hpp"
#include "signing.hpp"
#include "usher_verify.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <thread>

namespace usher::verify {
namespace {

using std::chrono::steady_clock;

constexpr std::string_view other_session = "019ab7d2-7f3c-7a01-8b12-0123456789ff";

bool comes_true(const std::function<bool()>& holds, milliseconds within = milliseconds{5000})
{
  const auto end = steady_clock::now() + within;
  while (!holds()) {
    if (steady_clock::now() > end) {
      return false;
    }
    std::this_thread::sleep_for(milliseconds{5});
  }
  return true;
}

std::int64_t wall()
{
  return std::chrono::duration_cast<seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

class Following : public ::testing::Test {
 protected:
  const Signer& signer = shared_signer(Algorithm::es256);
  const Signer stranger{Algorithm::es256, signer.kid()};

  std::mutex mutex;  // for what follows; handlers run on the service's threads
  std::string jwks = signer.jwks();
  int keys_status = 200;
  int ask_status = 200;
  int stream_status = 200;
  std::int64_t seq = 5;
  std::string answer_override{};

  std::optional<FakeUsher> usher{std::in_place, [this](const FakeUsher::Seen& seen) { return reply(seen); }};
  std::unique_ptr<Verifier> verifier{};

  FakeUsher::Reply reply(const FakeUsher::Seen& seen)
  {
    const std::lock_guard lock{mutex};
    if (seen.target == "/.well-known/jwks.json") {
      return {
          .status = keys_status,
          .body = jwks,
          .headers = {"ETag: \"keys\"", "Cache-Control: public, max-age=300"}
      };
    }
    if (seen.target == "/api/revocations/stream") {
      return {
          .status = stream_status,
          .body = stream_status == 200 ? "retry: 1000\n\n" + event_of(nothing_new()) : "",
          .headers = {"Content-Type: text/event-stream"},
          .stays_open = stream_status == 200
      };
    }
    const bool whole = seen.target == "/api/revocations" || seen.target == "/api/revocations?since=0";
    const std::string said = whole ? signer.statement(statement_at(wall(), 0, seq)) : nothing_new();
    return {.status = ask_status, .body = answer_override.empty() ? said : answer_override, .headers = {}};
  }
  std::string nothing_new() const { return signer.statement(statement_at(wall(), seq, seq)); }

  Settings settings() const
  {
    return {
        .url = usher->url() + "/",
        .max_stale = milliseconds{60'000},
        .poll_every = milliseconds{20},
        .http_timeout = milliseconds{2000}
    };
  }
  void begin(const Settings& with) { verifier = std::make_unique<Verifier>(with); }
  void begin() { begin(settings()); }

  std::string good_token(std::string_view session = some_session) const
  {
    return signer.token(with(claims_at(wall()), "sid", session));
  }
  std::string verdict(const std::string& token)
  {
    const Verdict verdict = verifier->verify(token);
    return verdict ? "" : verdict.refusal().error;
  }
  Json ended(std::int64_t from, std::int64_t to, std::string_view session = some_session) const
  {
    return with(statement_at(wall(), from, to), "sessions", Json::array({session}));
  }
  bool becomes(const std::string& token, const std::string& wanted, milliseconds within = milliseconds{5000})
  {
    return comes_true([&] { return verdict(token) == wanted; }, within);
  }
  bool streams()
  {
    return comes_true([&] { return verifier->status().streaming && verifier->status().age; });
  }
};

TEST_F(Following, the_first_verification_waits_for_keys_and_set)
{
  begin();
  EXPECT_EQ(verdict(good_token()), "");
  EXPECT_EQ(verifier->status().have, 5);
  EXPECT_EQ(usher->count("/.well-known/jwks.json"), 1);
}

TEST_F(Following, a_logout_on_the_stream_kills_the_token_in_the_cache)
{
  begin();
  const std::string token = good_token();
  ASSERT_EQ(verdict(token), "");
  ASSERT_TRUE(streams());
  usher->push(event_of(signer.statement(ended(5, 6))));
  EXPECT_TRUE(becomes(token, "token_revoked"));
  EXPECT_EQ(verdict(good_token(other_session)), "");
}

TEST_F(Following, a_new_generation_kills_the_older_ones)
{
  begin();
  const std::string token = good_token();
  ASSERT_EQ(verdict(token), "");
  ASSERT_TRUE(streams());
  usher->push(event_of(signer.statement(with(statement_at(wall(), 5, 6), "users", {{"7", 4}}))));
  EXPECT_TRUE(becomes(token, "token_revoked"));
  EXPECT_EQ(verdict(signer.token(with(claims_at(wall()), "gen", 4))), "");
}

TEST_F(Following, without_a_stream_it_asks)
{
  Settings polling = settings();
  polling.stream = false;
  begin(polling);
  const std::string token = good_token();
  ASSERT_EQ(verdict(token), "");
  {
    const std::lock_guard lock{mutex};
    seq = 6;
    answer_override = signer.statement(ended(5, 6));
  }
  EXPECT_TRUE(becomes(token, "token_revoked"));
  EXPECT_EQ(usher->count("/api/revocations/stream"), 0);
  EXPECT_GT(usher->count("/api/revocations?since=5"), 0);
}

TEST_F(Following, a_stream_that_is_cut_is_replaced_by_asking_and_opened_again_where_it_was)
{
  begin();
  ASSERT_EQ(verdict(good_token()), "");
  ASSERT_TRUE(streams());
  const int asked = usher->count("/api/revocations?since=");
  usher->cut_streams();
  EXPECT_TRUE(comes_true([&] { return usher->count("/api/revocations?since=") > asked; }));
  EXPECT_TRUE(comes_true([&] { return usher->streams() == 1; }));
  std::vector<std::string> numbers;
  for (const FakeUsher::Seen& seen : usher->seen()) {
    if (seen.target == "/api/revocations/stream") {
      numbers.push_back(seen.headers.contains("last-event-id") ? seen.headers.at("last-event-id") : "none");
    }
  }
  EXPECT_EQ(numbers.back(), "5") << "it has lost nothing";
}

TEST_F(Following, a_service_without_a_stream_is_asked)
{
  stream_status = 503;
  begin();
  EXPECT_EQ(verdict(good_token()), "");
  EXPECT_FALSE(verifier->status().streaming);
}

TEST_F(Following, a_gap_is_asked_for)
{
  begin();
  const std::string token = good_token();
  ASSERT_EQ(verdict(token), "");
  ASSERT_TRUE(streams());
  {
    const std::lock_guard lock{mutex};
    seq = 7;
    answer_override = signer.statement(ended(5, 7));
  }
  usher->push(event_of(signer.statement(statement_at(wall(), 7, 7))));
  EXPECT_TRUE(becomes(token, "token_revoked"));
  EXPECT_TRUE(comes_true([&] { return verifier->status().have == 7; }));
}

TEST_F(Following, rubbish_on_the_stream_is_dropped_and_counted)
{
  begin();
  const std::string token = good_token();
  ASSERT_EQ(verdict(token), "");
  ASSERT_TRUE(streams());
  const Json said = ended(5, 6);
  const std::string good = signer.statement(said);
  const std::vector<std::string> bad{
      "x",
      "..",
      good.substr(0, good.size() / 2),
      good.substr(0, good.size() - 4) + "AAAA",
      stranger.statement(said),
      signer.token(said),
      signer.sign(with(signer.header(), "typ", "JWT"), said),
      signer.sign(with(with(signer.header(), "typ", "revocations+jwt"), "alg", "none"), said),
      signer.statement(with(said, "iss", "other")),
      signer.statement(with(said, "aud", "orders")),
      signer.statement(with(said, "aud", {"revocations"})),
      signer.statement(with(said, "type", "access")),
      signer.statement(with(said, "seq", -1)),
      signer.statement(with(said, "from", 7)),
      signer.statement(with(said, "keep", 1e18)),
      signer.statement(with(said, "keep", 4'000'000'000)),
      signer.statement(with(said, "iat", 9'000'000'001)),
      signer.statement(with(said, "sessions", {{"x", 1}})),
      signer.statement(with(said, "users", Json::array())),
      signer.statement(with(said, "users", {{"07", 1}})),
      signer.statement(with(said, "users", {{"7", "4"}})),
      signer.statement(without(said, "keep")),
  };
  for (const std::string& one : bad) {
    usher->push(event_of(one));
  }
  EXPECT_TRUE(comes_true([&] { return verifier->status().refused_statements >= bad.size(); }));
  EXPECT_EQ(verifier->status().refused_statements, bad.size());
  EXPECT_EQ(verdict(token), "");
  EXPECT_EQ(verifier->status().have, 5);
  usher->push(event_of(good));
  EXPECT_TRUE(becomes(token, "token_revoked"));
}

TEST_F(Following, a_statement_is_no_token_and_a_token_no_statement)
{
  begin();
  EXPECT_EQ(verdict(signer.statement(statement_at(wall(), 0, 0))), "token_wrong_type");
  EXPECT_EQ(verdict(signer.token(statement_at(wall(), 0, 0))), "token_wrong_type");
}

TEST_F(Following, replayed_and_disordered_statements_revive_nothing)
{
  begin();
  const std::string token = good_token();
  ASSERT_EQ(verdict(token), "");
  ASSERT_TRUE(streams());
  const std::string before = signer.statement(statement_at(wall() - 1, 0, 5));
  usher->push(event_of(signer.statement(statement_at(wall(), 6, 7))));
  usher->push(event_of(signer.statement(ended(5, 6))));
  for (int i = 0; i < 10; ++i) {
    usher->push(event_of(before));
  }
  EXPECT_TRUE(becomes(token, "token_revoked"));
  EXPECT_EQ(verifier->status().refused_statements, 0U);
}

TEST_F(Following, an_unreachable_service_is_bridged_for_max_stale_and_not_longer)
{
  Settings short_sighted = settings();
  short_sighted.max_stale = milliseconds{3000};
  begin(short_sighted);
  const std::string dead = good_token(other_session);
  ASSERT_EQ(verdict(good_token()), "");
  ASSERT_TRUE(streams());
  usher->push(event_of(signer.statement(ended(5, 6, other_session))));
  ASSERT_TRUE(becomes(dead, "token_revoked"));
  usher.reset();
  EXPECT_EQ(verdict(good_token()), "");
  EXPECT_TRUE(becomes(good_token(), "revocations_stale"));
  EXPECT_EQ(verdict(dead), "token_revoked") << "stays dead";
}

TEST_F(Following, without_a_bound_tokens_are_taken_although_nothing_is_heard)
{
  ask_status = stream_status = 500;
  Settings open = settings();
  open.max_stale.reset();
  open.start_wait = milliseconds{50};
  begin(open);
  EXPECT_EQ(verdict(good_token()), "");
}

TEST_F(Following, a_feed_that_says_nothing_is_not_taken_for_good_news)
{
  ask_status = stream_status = 500;
  Settings closed = settings();
  closed.start_wait = milliseconds{50};
  begin(closed);
  EXPECT_EQ(verdict(good_token()), "revocations_stale");
  const Verdict verdict = verifier->verify(good_token());
  EXPECT_EQ(verdict.refusal().status, 503);
}

TEST_F(Following, no_keys_no_verdict_until_they_come)
{
  keys_status = 500;
  Settings hasty = settings();
  hasty.start_wait = milliseconds{50};
  begin(hasty);
  EXPECT_EQ(verdict(good_token()), "keys_unavailable");
  {
    const std::lock_guard lock{mutex};
    keys_status = 200;
  }
  EXPECT_TRUE(becomes(good_token(), ""));
}

TEST_F(Following, a_thousand_unknown_names_cause_one_fetch)
{
  begin();
  ASSERT_EQ(verdict(good_token()), "");
  const int before = usher->count("/.well-known/jwks.json");
  const Json claims = claims_at(wall());
  for (int i = 0; i < 1000; ++i) {
    const Json header = with(stranger.header(), "kid", "unknown-" + std::to_string(i));
    const std::string token =
        encode_base64url(header.dump()) + '.' + encode_base64url(claims.dump()) + ".AAAA";
    EXPECT_EQ(verdict(token), "token_signature_invalid");
  }
  EXPECT_LE(usher->count("/.well-known/jwks.json"), before + 1);
}

TEST_F(Following, a_token_longer_lived_than_the_feed_remembers_is_refused)
{
  begin();
  EXPECT_EQ(verdict(signer.token(with(claims_at(wall()), "exp", wall() + 990))), "");
  EXPECT_EQ(verdict(signer.token(with(claims_at(wall()), "exp", wall() + 991 + 5))), "token_revoked");
}

TEST_F(Following, credentials_go_to_the_feed_and_nowhere_else)
{
  Settings known = settings();
  known.client_id = "orders";
  known.client_secret = "s3cret";
  begin(known);
  ASSERT_EQ(verdict(good_token()), "");
  ASSERT_TRUE(streams());
  for (const FakeUsher::Seen& seen : usher->seen()) {
    const bool feed = seen.target.starts_with("/api/revocations");
    EXPECT_EQ(seen.headers.contains("authorization"), feed) << seen.target;
    if (feed) {
      EXPECT_EQ(seen.headers.at("authorization"), "Basic b3JkZXJzOnMzY3JldA==");
    }
  }
}

TEST_F(Following, a_redirect_is_not_followed)
{
  usher.emplace([](const FakeUsher::Seen&) {
    return FakeUsher::Reply{.status = 302, .body = "", .headers = {"Location: http://127.0.0.1:1/"}};
  });
  Settings hasty = settings();
  hasty.start_wait = milliseconds{50};
  begin(hasty);
  EXPECT_EQ(verdict(good_token()), "keys_unavailable");
}

TEST_F(Following, a_silent_stream_is_cut_and_opened_anew)
{
  Settings impatient = settings();
  impatient.stream_silence = milliseconds{100};
  begin(impatient);
  ASSERT_EQ(verdict(good_token()), "");
  EXPECT_TRUE(comes_true([&] { return usher->count("/api/revocations/stream") >= 2; }));
}

TEST_F(Following, a_closed_one_answers_at_once_and_takes_nothing)
{
  begin();
  ASSERT_EQ(verdict(good_token()), "");
  verifier->close();
  EXPECT_EQ(verdict(good_token()), "revocations_stale");
  verifier->close();
}

// --- keys over time, with a clock of their own

class Keys : public ::testing::Test {
 protected:
  KeyStore store{};
  KeyStore::Steady now{steady_clock::time_point{} + std::chrono::hours{1}};

  using State = KeyStore::State;
  State find(std::string_view kid) { return store.find(kid, now).state; }
  void fetch(std::initializer_list<const Signer*> signers, seconds max_age = seconds{300})
  {
    Json list = Json::array();
    for (const Signer* signer : signers) {
      list.push_back(signer->jwk());
    }
    store.fetch_begins(now);
    store.fetched(*parse_jwks(Json{{"keys", list}}.dump(), Secrets::refused), max_age, now);
  }
  const Signer& es256 = shared_signer(Algorithm::es256);
  const Signer& eddsa = shared_signer(Algorithm::eddsa);
};

TEST_F(Keys, are_not_fetched_before_somebody_needs_one)
{
  EXPECT_FALSE(store.fetch_is_due(now));
  EXPECT_EQ(find(es256.kid()), State::pending);
  EXPECT_TRUE(store.fetch_is_due(now));
  fetch({&es256});
  EXPECT_EQ(find(es256.kid()), State::found);
  EXPECT_FALSE(store.fetch_is_due(now));
}

TEST_F(Keys, are_fetched_again_when_they_have_expired)
{
  fetch({&es256}, seconds{60});
  EXPECT_FALSE(store.fetch_is_due(now + seconds{59}));
  EXPECT_TRUE(store.fetch_is_due(now + seconds{60}));
}

TEST_F(Keys, outlive_a_failing_fetch)
{
  fetch({&es256});
  store.fetch_begins(now);
  store.fetch_failed(now);
  EXPECT_EQ(find(es256.kid()), State::found);
  EXPECT_EQ(find("new"), State::unavailable) << "nobody can say";
}

TEST_F(Keys, of_unknown_name_cause_a_fetch_every_five_seconds_at_most)
{
  fetch({&es256});
  EXPECT_EQ(find("a"), State::unknown);
  now += seconds{5};
  EXPECT_EQ(find("b"), State::pending);
  EXPECT_EQ(find("c"), State::pending) << "waits for the same fetch";
  fetch({&es256});
  EXPECT_EQ(find("b"), State::unknown);
  now += seconds{5};
  EXPECT_EQ(find("b"), State::unknown) << "the service was asked about it";
  EXPECT_FALSE(store.fetch_is_due(now));
  now += seconds{60};
  EXPECT_EQ(find("b"), State::pending);
}

TEST_F(Keys, that_disappear_take_what_they_verified_with_them)
{
  fetch({&es256});
  const std::uint64_t before = store.version();
  fetch({&es256, &eddsa});
  EXPECT_EQ(store.version(), before) << "another key changes nothing for the first";
  fetch({&eddsa});
  EXPECT_NE(store.version(), before);
  EXPECT_EQ(find(es256.kid()), State::unknown);
}

TEST_F(Keys, under_an_old_name_with_new_contents_are_new)
{
  fetch({&es256});
  const std::uint64_t before = store.version();
  const Signer other{Algorithm::es256, es256.kid()};
  fetch({&other});
  EXPECT_NE(store.version(), before);
}

TEST_F(Keys, off_the_network_are_never_secrets)
{
  const Signer& secret = shared_signer(Algorithm::hs256);
  const auto set = parse_jwks(secret.jwks(), Secrets::refused);
  ASSERT_TRUE(set);
  EXPECT_TRUE(set->keys().empty());
  EXPECT_EQ(parse_jwks(secret.jwks(), Secrets::taken)->keys().size(), 1U);
}

TEST_F(Keys, that_do_not_fit_are_left_out)
{
  const Json good = es256.jwk();
  for (const Json& bad :
       {with(good, "use", "enc"),
        with(good, "alg", "ES384"),
        with(good, "crv", "P-384"),
        without(good, "y"),
        with(good, "x", good["y"]),
        with(good, "x", "AAAA"),
        with(good, "kty", "oct"),
        with(good, "kty", 7),
        with(shared_signer(Algorithm::rs256).jwk(), "n", "AQAB"),
        with(shared_signer(Algorithm::rs256).jwk(), "e", "AQ"),
        Json(7),
        Json(nullptr)}) {
    const auto set = parse_jwks(Json{{"keys", Json::array({bad, good})}}.dump(), Secrets::refused);
    ASSERT_TRUE(set) << bad;
    EXPECT_EQ(set->keys().size(), 1U) << bad;
  }
  for (const char* bad : {"", "x", "[]", "{}", R"({"keys":{}})", R"({"keys":7})"}) {
    EXPECT_FALSE(parse_jwks(bad, Secrets::refused)) << bad;
  }
}

TEST_F(Keys, may_be_given_as_pem_jwk_or_secret)
{
  for (const Algorithm algorithm : {Algorithm::es256, Algorithm::eddsa, Algorithm::rs256}) {
    const auto set = parse_keys(shared_signer(algorithm).pem());
    ASSERT_TRUE(set);
    EXPECT_EQ(set->find("any name")->algorithm(), algorithm);
    EXPECT_TRUE(parse_keys(" " + shared_signer(algorithm).jwk().dump() + "\n"));
  }
  EXPECT_TRUE(parse_keys(encode_base64url(shared_signer(Algorithm::hs256).secret()) + "\n"));
  EXPECT_FALSE(parse_keys(encode_base64url("a secret of only 31 bytes......")));
  EXPECT_FALSE(parse_keys("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"));
}

TEST(MaxAge, is_kept_within_what_is_sensible)
{
  EXPECT_EQ(max_age_of(""), seconds{300});
  EXPECT_EQ(max_age_of("public, max-age=60"), seconds{60});
  EXPECT_EQ(max_age_of("max-age=0"), seconds{5});
  EXPECT_EQ(max_age_of("max-age=99999999999999999999"), seconds{86'400});
  EXPECT_EQ(max_age_of("max-age=x"), seconds{300});
}

TEST(Events, come_out_whole_however_the_bytes_are_cut)
{
  const std::string stream =
      "\xEF\xBB\xBFretry: 1000\n\n: comment\r\nid: 7\r\nevent: revocations\r\ndata: "
      "one\r\n\r\nevent:x\rdata\rdata:two\r\r"
      "data: three\n\nevent: lost\n\n";
  for (std::size_t piece = 1; piece <= stream.size(); ++piece) {
    EventReader reader{1000};
    std::vector<Event> events;
    for (std::size_t at = 0; at < stream.size(); at += piece) {
      for (Event& event : reader.feed(std::string_view{stream}.substr(at, piece))) {
        events.push_back(std::move(event));
      }
    }
    ASSERT_EQ(events.size(), 3U) << piece;
    EXPECT_EQ(events[0].name + '=' + events[0].data, "revocations=one");
    EXPECT_EQ(events[1].name + '=' + events[1].data, "x=\ntwo");
    EXPECT_EQ(events[2].name + '=' + events[2].data, "message=three");
  }
}

TEST(Events, beyond_the_bound_break_the_reader)
{
  EventReader reader{10};
  reader.feed("data: 0123");
  EXPECT_FALSE(reader.is_broken());
  reader.feed("456789");
  EXPECT_TRUE(reader.is_broken());
}

}  // namespace
}  // namespace usher::verify
