#include "features/revocations/channel.hpp"

#include <algorithm>
#include <utility>

namespace usher::revocations {
namespace {

constexpr std::chrono::seconds retry_after{5};

Error full()
{
  Error error = refuse(too_many_listeners);
  error.retry_after = retry_after;
  return error;
}

}  // namespace

Channel::Channel(Feed& feed, const Executor& executor, tokens::Mint& mint)
    : feed_{feed}, mint_{mint}, hub_{executor, feed.seats()}
{
  feed_.join(*this);
}

Channel::~Channel()
{
  feed_.leave(*this);
}

/// The order counts: from attend() on, what is revoked is told; what was before is known below; and whatever
/// is sent from now on begins at `sent_`, which is not beyond the first event's number.
Result<Channel::Place> Channel::listen(std::optional<std::int64_t> since)
{
  std::shared_ptr<http::Seat> seat = hub_.seat();
  if (!seat) {
    return full();
  }
  if (!std::exchange(attends_, true)) {
    feed_.attend(*this);
    hub_.beat(feed_.options().heartbeat, [this] { return beat(); });
  }
  const Instant as_of = feed_.moments().complete();
  const std::int64_t known = feed_.revoked().seq();
  if (hub_.size() == 0) {
    sent_ = known;
    complete_at_ = as_of;
  }
  feed_.events().add();
  return Place{
      .seat = std::move(seat),
      .first = "retry: 1000\n\n" + (since ? resumed(*since, known, as_of) : standing(known, as_of)),
  };
}

Result<std::shared_ptr<http::Seat>> Channel::look()
{
  std::shared_ptr<http::Seat> seat = hub_.seat_to_show();
  if (!seat) {
    return full();
  }
  return seat;
}

/// What it missed; where that is much, that it missed something, so that it asks: thousands may come back at
/// once.
std::string Channel::resumed(std::int64_t since, std::int64_t known, Instant as_of)
{
  sessions::News news = feed_.revoked().since(since, entries_max);
  const bool nothing = news.seq == since && !news.whole;
  if (news.whole || news.seq < known || nothing) {
    return standing(known, as_of);
  }
  return event_of(sign(std::move(news), as_of, Gzip::no));
}

Shared Channel::after(std::int64_t since)
{
  const Instant as_of = feed_.moments().complete();
  const std::int64_t known = feed_.revoked().seq();
  const auto still_good = [&](const Shared& given) {
    return given && given->from == since && given->seq == known && as_of >= given->as_of &&
           as_of - given->as_of < statement_age_max;
  };
  if (const auto found = std::ranges::find_if(given_, still_good); found != given_.end()) {
    return *found;
  }
  sessions::News news = feed_.revoked().since(since, entries_max);
  if (news.whole || news.seq < known) {
    return nullptr;
  }
  Shared& place = given_[next_given_++ % given_.size()];
  place = std::make_shared<const Statement>(sign(std::move(news), as_of, Gzip::yes));
  return place;
}

void Channel::tell()
{
  if (told_.exchange(true)) {
    return;
  }
  auto bring = [this] {
    told_.exchange(false);  // first: what is revoked from here on is told again, or is seen below
    publish(Occasion::news);
  };
  try {
    hub_.post(std::move(bring));
  } catch (...) {
    told_.store(false);
    throw;
  }
}

void Channel::send_all_away()
{
  hub_.post([this] { hub_.send_all_away(); });
}

bool Channel::beat()
{
  if (hub_.size() == 0) {
    attends_ = false;
    feed_.rest(*this);
    return false;
  }
  publish(Occasion::heartbeat);
  return true;
}

void Channel::publish(Occasion occasion) noexcept
{
  const std::int64_t sent = sent_;
  try {
    publish_now(occasion);
  } catch (...) {
    sent_ = hub_.sending() ? sent_ : sent;
    feed_.failures().add();
  }
}

void Channel::publish_now(Occasion occasion)
{
  if (hub_.size() == 0) {
    return;
  }
  if (hub_.sending()) {
    again_ = again_ || occasion == Occasion::news;
    return;
  }
  const Instant as_of = feed_.moments().complete();
  const std::int64_t known = feed_.revoked().seq();
  std::string text = news_events(known, as_of);
  if (sent_ < known) {
    sent_ = known;
    text += standing(sent_, as_of);
  } else if (text.empty() && occasion == Occasion::heartbeat) {
    text = standing(sent_, as_of);
  }
  if (text.empty()) {
    return;
  }
  complete_at_ = as_of;
  feed_.events().add(hub_.size());
  hub_.send(std::make_shared<const std::string>(std::move(text)), [this] {
    if (std::exchange(again_, false)) {
      publish(Occasion::news);
    }
  });
}

/// Up to `known`, or as far as some pieces go. A piece that does not reach the end is dated by when its
/// beginning was the end: it must not make anybody's set look more current than it is.
std::string Channel::news_events(std::int64_t known, Instant as_of)
{
  std::string text;
  for (int piece = 0; piece < pieces_max && sent_ < known; ++piece) {
    sessions::News news = feed_.revoked().since(sent_, entries_max);
    const bool last = news.seq >= known;
    if (news.whole && (sent_ != 0 || !last)) {
      break;
    }
    sent_ = news.seq;
    text += event_of(sign(std::move(news), last ? as_of : complete_at_, Gzip::no));
  }
  return text;
}

const std::string& Channel::standing(std::int64_t seq, Instant as_of)
{
  if (!standing_ || standing_->seq != seq || standing_->as_of != as_of) {
    auto fresh = std::make_shared<const Statement>(sign(nothing_after(seq), as_of, Gzip::no));
    standing_event_ = event_of(*fresh);
    standing_ = std::move(fresh);
  }
  return standing_event_;
}

Statement Channel::sign(sessions::News news, Instant as_of, Gzip gzip)
{
  return signed_statement(mint_, std::move(news), as_of, feed_.keep(), gzip);
}

}  // namespace usher::revocations
