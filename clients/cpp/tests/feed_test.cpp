// The verifier and a service on a loopback port: keys, stream, polling, and a feed in hostile hands.

#include "fake_usher.hpp"
#include "signing.hpp"
#include "usher_verify.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
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
  std::string stream_type{"text/event-stream"};
  std::promise<void> opened;
  std::shared_future<void> gate{opened.get_future()};  // while it is shut, the key set does not come
  std::atomic<bool> shut{false};

  std::optional<FakeUsher> usher{std::in_place, [this](const FakeUsher::Seen& seen) { return reply(seen); }};
  std::unique_ptr<Verifier> verifier{};

  FakeUsher::Reply reply(const FakeUsher::Seen& seen)
  {
    if (shut && seen.target == "/.well-known/jwks.json") {
      gate.wait();
    }
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
          .headers = {"Content-Type: " + stream_type},
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

TEST_F(Following, a_slow_key_set_does_not_hold_the_threads_that_unknown_names_arrive_on)
{
  begin();
  ASSERT_EQ(verdict(good_token()), "");
  shut = true;
  const Json claims = claims_at(wall());
  const auto named = [&](const std::string& kid) {
    return stranger.sign(with(stranger.header(), "kid", kid), claims);
  };
  steady_clock::duration longest{};
  EXPECT_TRUE(comes_true(
      [&] {
        const auto before = steady_clock::now();
        const std::string said = verdict(named("first"));
        longest = std::max(longest, steady_clock::now() - before);
        return said == "keys_unavailable";
      },
      milliseconds{10'000}
  ));
  EXPECT_LT(longest, milliseconds{1500}) << "waits half a second";
  const auto before = steady_clock::now();
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(verdict(named("other-" + std::to_string(i))), "keys_unavailable");
  }
  EXPECT_LT(steady_clock::now() - before, milliseconds{1000}) << "wait for nothing";
  EXPECT_EQ(verdict(good_token()), "");
  opened.set_value();
}

TEST_F(Following, a_stream_of_another_media_type_is_none)
{
  stream_type = "text/plain";
  begin();
  EXPECT_EQ(verdict(good_token()), "") << "it asks";
  EXPECT_TRUE(comes_true([&] { return usher->count("/api/revocations/stream") >= 2; }));
  EXPECT_FALSE(verifier->status().streaming);
}

TEST_F(Following, a_media_type_may_have_parameters_and_any_case)
{
  stream_type = "Text/Event-Stream; charset=utf-8";
  begin();
  EXPECT_TRUE(streams());
}

TEST_F(Following, a_wall_clock_set_back_revives_no_expired_token)
{
  std::atomic<std::int64_t> back{0};
  Settings shifted = settings();
  shifted.clock = [&back] { return std::chrono::system_clock::now() - seconds{back.load()}; };
  begin(shifted);
  const std::string expired = signer.token(claims_at(wall() - 1000));
  const std::string aged = signer.token(with(claims_at(wall() - 600), "exp", wall() + 300));
  ASSERT_EQ(verdict(expired), "token_expired");
  ASSERT_EQ(verdict(aged), "");
  back = 500;
  EXPECT_EQ(verdict(expired), "token_expired");
  EXPECT_EQ(verifier->verify(aged, {.max_age = seconds{300}}).refusal().error, "authentication_too_old");
  verifier.reset();
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

}  // namespace
}  // namespace usher::verify
