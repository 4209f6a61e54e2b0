#include "app/session_world_testing.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

// Sessions, refreshes and revocations as they are, against the reference model of docs/sessions.md: random
// sequences of logins, refreshes, ends, changes of the account, restarts and clock steps, compared after
// every round. USHER_MODEL_ROUNDS says how many sequences, USHER_MODEL_SEED where to begin.

namespace usher::app::model {
namespace {

constexpr Seconds beginning = 1'800'000'000;
constexpr std::size_t worlds_in_batch = 32;     ///< sequences that share clock, restarts and transactions
constexpr std::uint64_t batches_on_shelf = 64;  ///< before the database is begun anew

using Dice = std::mt19937_64;

std::uint64_t roll(Dice& dice, std::uint64_t sides)
{
  return dice() % sides;
}

/// What a batch was begun with; everything in it follows from the seed.
struct Setting {
  Settings settings{};
  crypto::Algorithm algorithm{crypto::Algorithm::hs256};
};

Setting setting_of(std::uint64_t seed)
{
  Setting setting{};
  constexpr std::array<Reuse, 4> modes{Reuse::until_used, Reuse::window, Reuse::once, Reuse::until_used};
  setting.settings.reuse = modes.at(seed % modes.size());
  setting.settings.leeway = seed / 4 % 3 == 0 ? 30 : 0;
  setting.settings.whole_life = seed % 5 < 2 ? 3'000 : 18'000;  // shorter than the idle life, and longer
  // Signatures are not what is in question, and these cost a tenth.
  setting.algorithm = seed % 32 == 0 ? crypto::Algorithm::es256 : crypto::Algorithm::hs256;
  return setting;
}

bool is_for_all(Kind kind)
{
  return kind >= Kind::clock;
}

Kind a_kind(Dice& dice)
{
  struct Weighted {
    Kind kind;
    std::uint64_t weight;
  };
  static constexpr std::array<Weighted, 18> weights{{
      {Kind::log_in, 14},
      {Kind::refresh, 34},
      {Kind::refresh_unissued, 1},
      {Kind::access_unissued, 1},
      {Kind::log_out, 4},
      {Kind::end_one, 4},
      {Kind::end_others, 3},
      {Kind::end_all, 2},
      {Kind::change_password, 4},
      {Kind::freshen, 4},
      {Kind::end_theirs, 1},
      {Kind::end_one_of_theirs, 2},
      {Kind::reset_password, 2},
      {Kind::change_role, 2},
      {Kind::disable, 2},
      {Kind::enable, 4},
      {Kind::erase, 1},
      {Kind::finish, 15},
  }};
  std::uint64_t left = roll(dice, 100);
  for (const Weighted& one : weights) {
    if (left < one.weight) {
      return one.kind;
    }
    left -= one.weight;
  }
  return Kind::refresh;
}

Step a_step(Dice& dice, int round)
{
  return {
      .round = round,
      .kind = a_kind(dice),
      .parks = roll(dice, 4) == 0,
      .a = static_cast<std::int64_t>(roll(dice, 1 << 20)),
      .b = static_cast<std::uint32_t>(roll(dice, 1 << 20)),
      .c = static_cast<std::uint32_t>(roll(dice, 1 << 20)),
  };
}

/// Several sequences on one node, in step: they share the clock, restarts, and the writer's transactions.
class Batch {
 public:
  Batch(const Shelf& shelf, std::uint64_t seed, std::size_t size)
      : path_{shelf.database()},
        setting_{setting_of(seed)},
        options_{options_of(setting_.settings)},
        ring_{ring_of(setting_.algorithm)},
        clock_{instant(beginning)}
  {
    node_.emplace(path_, options_, ring_, clock_);
    for (std::size_t at = 0; at < size; ++at) {
      worlds_.push_back(std::make_unique<World>(setting_.settings, options_));
    }
    std::vector<Node::Work> works{[this](db::Tx& tx) {
      World::settle_keeper_in(tx, next_number(), now());
      return db::Verdict::commit;
    }};
    for (const auto& world : worlds_) {
      works.emplace_back([this, &world](db::Tx& tx) {
        world->settle_in(tx, next_number(), now());
        return db::Verdict::commit;
      });
    }
    node_->write(works);
  }

  std::vector<std::unique_ptr<World>>& worlds() { return worlds_; }

  /// True when nothing differed.
  bool play(std::uint64_t seed)
  {
    Dice dice{seed};
    const int rounds = 9 + static_cast<int>(roll(dice, 12));
    for (int round = 0; round < rounds && sound(); ++round) {
      if (round > 0 && roll(dice, 3) == 0) {
        everybody(an_event(dice, round), dice());
        continue;
      }
      for (const auto& world : worlds_) {
        const std::uint64_t steps = 1 + roll(dice, 8) / 4 + roll(dice, 8) / 7;
        for (std::uint64_t step = 0; step < steps; ++step) {
          Step chosen = a_step(dice, round);
          if (round == 0) {
            chosen.kind = Kind::log_in;
            chosen.parks = false;
          }
          world->arrive(*node_, chosen, now());
        }
      }
      finish_round(dice());
    }
    return finish();
  }

  /// What was played before, to the letter; for a batch of one.
  bool replay(const std::vector<Step>& steps)
  {
    World& world = *worlds_.front();
    world.telling = true;
    for (auto at = steps.begin(); at != steps.end() && sound();) {
      if (is_for_all(at->kind)) {
        everybody(*at, ~std::uint64_t{0});
        ++at;
        continue;
      }
      for (const int round = at->round; at != steps.end() && at->round == round; ++at) {
        world.arrive(*node_, *at, now());
      }
      finish_round(~std::uint64_t{0});
    }
    return finish();
  }

 private:
  static std::size_t next_number()
  {
    static std::atomic<std::size_t> number{0};
    return ++number;
  }

  Seconds now() const { return epoch_seconds(clock_.now()); }

  bool sound() const
  {
    return std::ranges::all_of(worlds_, [](const auto& world) { return world->difference.empty(); });
  }

  Step an_event(Dice& dice, int round) const
  {
    Step event{.round = round, .kind = Kind::clock};
    const std::uint64_t what = roll(dice, 100);
    const Settings& settings = setting_.settings;
    const auto small = static_cast<Seconds>(1 + roll(dice, 20));
    if (what < 25) {
      event.a = small;
    } else if (what < 40) {
      event.a = settings.window + static_cast<Seconds>(roll(dice, 2));
    } else if (what < 70) {
      const World& world = *worlds_[roll(dice, worlds_.size())];
      const Seconds beside = static_cast<Seconds>(roll(dice, 3)) - 1;
      const Seconds step = world.an_edge(dice(), dice(), now()) + beside - now();
      event.a = step > 0 && step <= settings.whole_life ? step : small;
    } else if (what < 75) {
      event.a = settings.idle_life + small;
    } else if (what < 79) {
      event.a = settings.whole_life + small;
    } else if (what < 80) {
      event.a = shown_for + small;
    } else if (what < 89) {
      event.a = -3600;
    } else {
      event.kind = what < 97 ? Kind::restart : Kind::sweep;
    }
    return event;
  }

  void everybody(const Step& event, std::uint64_t dice)
  {
    if (event.kind == Kind::clock) {
      clock_.advance(std::chrono::seconds{event.a});
    } else if (event.kind == Kind::restart) {
      node_.reset();
      node_.emplace(path_, options_, ring_, clock_);
    } else {
      sweep();
    }
    for (const auto& world : worlds_) {
      world->steps.push_back(event);
      world->tell(fmt::format("round {}: {} {}", event.round, name_of(event.kind), event.a));
      if (event.kind == Kind::restart) {
        world->lose_process();
      } else if (event.kind == Kind::sweep) {
        world->model.sweep(now());
      }
      world->compare(*node_, now(), dice);
    }
  }

  /// As the server's own housekeeping does it.
  void sweep()
  {
    Uuid cursor;
    do {
      node_->write({[&](db::Tx& tx) {
        cursor = sessions::purge_sessions(tx, cursor, instant(now()) - auth::ended_shown);
        return db::Verdict::commit;
      }});
    } while (cursor);
    node_->write({[&](db::Tx& tx) {
      const Instant before = instant(now()) - auth::access_life(options_.tokens) - std::chrono::minutes{1};
      sessions::purge_revocations(tx, before);
      return db::Verdict::commit;
    }});
  }

  void finish_round(std::uint64_t dice)
  {
    std::vector<Node::Work> works;
    for (const auto& world : worlds_) {
      world->add_deeds(works);
    }
    if (!works.empty()) {
      node_->write(works);
    }
    for (const auto& world : worlds_) {
      world->settle(*node_);
      world->compare(*node_, now(), dice);
    }
  }

  bool finish()
  {
    for (const auto& world : worlds_) {
      if (sound()) {
        world->compare_refreshes(*node_, now());
      }
    }
    return sound();
  }

  std::string path_;
  Setting setting_;
  auth::Options options_;
  Published<tokens::KeyRing> ring_;
  ManualClock clock_;
  std::optional<Node> node_;
  std::vector<std::unique_ptr<World>> worlds_;
};

/// Played alone on a database of its own: the difference, or nothing.
std::string replayed(
    std::uint64_t seed, const std::vector<Step>& steps, std::vector<std::string>* story = nullptr
)
{
  const Shelf shelf;
  Batch batch{shelf, seed, 1};
  batch.replay(steps);
  if (story != nullptr) {
    *story = batch.worlds().front()->story;
  }
  return batch.worlds().front()->difference;
}

/// Leaves out whatever is not needed for a difference to show.
std::vector<Step> shortest(std::uint64_t seed, std::vector<Step> steps)
{
  for (bool shorter = true; shorter;) {
    shorter = false;
    for (std::size_t at = steps.size(); at-- > 0;) {
      std::vector<Step> fewer = steps;
      fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(at));
      if (!replayed(seed, fewer).empty()) {
        steps = std::move(fewer);
        shorter = true;
      }
    }
  }
  return steps;
}

std::string explained(std::uint64_t seed, const World& world)
{
  std::string text = fmt::format("USHER_MODEL_SEED={} USHER_MODEL_ROUNDS=1\n{}\n", seed, world.difference);
  if (replayed(seed, world.steps).empty()) {
    return text + "Played alone it does not differ: it takes the other sequences of its batch.\n";
  }
  std::vector<std::string> story;
  const std::vector<Step> steps = shortest(seed, world.steps);
  const std::string difference = replayed(seed, steps, &story);
  text += fmt::format("The shortest form found, {} steps:\n", steps.size());
  for (const std::string& line : story) {
    text += line + '\n';
  }
  return text + difference + '\n';
}

struct Tally {
  std::uint64_t sequences{0};
  std::uint64_t steps{0};
  std::uint64_t tokens{0};
  std::map<std::string, std::uint64_t> outcomes;
  std::string failure;

  void add(const World& world)
  {
    ++sequences;
    steps += world.steps.size();
    tokens += world.model.accesses.size() + world.model.refreshes.size();
    for (const auto& [outcome, times] : world.outcomes) {
      outcomes[outcome] += times;
    }
  }

  void add(const Tally& other)
  {
    sequences += other.sequences;
    steps += other.steps;
    tokens += other.tokens;
    failure += other.failure;
    for (const auto& [outcome, times] : other.outcomes) {
      outcomes[outcome] += times;
    }
  }
};

/// Every `stride`-th of the batches, which begin with `seed`.
struct Share {
  std::uint64_t seed{};
  std::uint64_t batches{};
  std::uint64_t first{};
  std::uint64_t stride{1};
};

Tally play_share(const Share& share, std::atomic<bool>& failed)
{
  Tally tally;
  std::optional<Shelf> shelf;
  std::uint64_t played = 0;
  for (std::uint64_t at = share.first; at < share.batches && !failed; at += share.stride) {
    if (played++ % batches_on_shelf == 0) {
      shelf.emplace();
    }
    const std::uint64_t seed = share.seed + at;
    Batch batch{*shelf, seed, worlds_in_batch};
    batch.play(seed);
    for (const auto& world : batch.worlds()) {
      tally.add(*world);
      if (!world->difference.empty() && tally.failure.empty()) {
        failed = true;
        tally.failure = explained(seed, *world);
      }
    }
  }
  return tally;
}

/// What a sanitizer's build does in half a minute. All hundred thousand: ./dev model.
#if __has_feature(thread_sanitizer)
constexpr std::uint64_t sequences_by_default = 1'000;
#else
constexpr std::uint64_t sequences_by_default = 3'000;
#endif

std::uint64_t from_environment(const char* name, std::uint64_t otherwise)
{
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

TEST(SessionModel, finds_no_difference_in_random_sequences)
{
  const std::uint64_t seed = from_environment("USHER_MODEL_SEED", std::random_device{}());
  const std::uint64_t sequences = from_environment("USHER_MODEL_ROUNDS", sequences_by_default);
  const std::uint64_t batches = (sequences + worlds_in_batch - 1) / worlds_in_batch;
  const std::uint64_t shares =
      std::min<std::uint64_t>(batches, std::max(1U, std::thread::hardware_concurrency()));

  const auto start = std::chrono::steady_clock::now();
  std::vector<Tally> tallies(shares);
  std::vector<std::thread> threads;
  std::atomic<bool> failed{false};
  for (std::uint64_t share = 0; share < shares; ++share) {
    threads.emplace_back([&, share] {
      tallies[share] =
          play_share({.seed = seed, .batches = batches, .first = share, .stride = shares}, failed);
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  Tally all;
  for (const Tally& tally : tallies) {
    all.add(tally);
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  fmt::print(
      "{} sequences, {} steps, {} tokens in {:.1f} s; seeds {} to {}\n",
      all.sequences,
      all.steps,
      all.tokens,
      took.count(),
      seed,
      seed + batches - 1
  );
  for (const auto& [outcome, times] : all.outcomes) {
    fmt::print("  {:<18}{:>9}\n", outcome, times);
  }
  EXPECT_TRUE(all.failure.empty()) << all.failure;
  // A test that never comes to these proves nothing.
  for (const char* outcome :
       {"rotated", "repeated", "stolen", "token_unknown", "session_ended", "token_revoked"}) {
    EXPECT_GT(all.outcomes[outcome], all.sequences / 1000) << outcome;
  }
}

}  // namespace
}  // namespace usher::app::model
