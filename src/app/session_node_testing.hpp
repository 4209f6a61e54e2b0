#pragma once

#include "app/migrations.hpp"
#include "app/session_model_testing.hpp"
#include "crypto/random.hpp"
#include "db/door.hpp"
#include "db/sqlite/sqlite_database.hpp"
#include "features/auth/authenticator.hpp"
#include "features/auth/options.hpp"
#include "features/sessions/live.hpp"
#include "tokens/mint.hpp"

#include <boost/asio/io_context.hpp>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <latch>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace usher::app::model {

/// A folder in memory where there is one: what the disk does is the business of other tests.
class Shelf {
 public:
  Shelf()
  {
    const std::filesystem::path memory{"/dev/shm"};
    std::string pattern =
        (std::filesystem::is_directory(memory) ? memory : std::filesystem::temp_directory_path()) /
        "usher-model-XXXXXX";
    USHER_ASSERT(mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  Shelf(const Shelf&) = delete;
  Shelf& operator=(const Shelf&) = delete;
  ~Shelf()
  {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  std::string database() const { return path_ / "usher.db"; }

 private:
  std::filesystem::path path_;
};

inline auth::Options options_of(const Settings& settings)
{
  auth::Options options{};
  options.tokens.access_ttl = std::chrono::seconds{settings.access_life};
  options.tokens.refresh_ttl = std::chrono::seconds{settings.idle_life};
  options.tokens.leeway = std::chrono::seconds{settings.leeway};
  options.session_life_max = std::chrono::seconds{settings.whole_life};
  switch (settings.reuse) {
    case Reuse::until_used: options.reuse_window = std::nullopt; break;
    case Reuse::window: options.reuse_window = std::chrono::seconds{settings.window}; break;
    case Reuse::once: options.reuse_window = std::chrono::seconds{0}; break;
  }
  return options;
}

/// The keys outlive a restart.
inline std::shared_ptr<const tokens::KeyRing> ring_of(crypto::Algorithm algorithm)
{
  crypto::start();
  return std::make_shared<const tokens::KeyRing>(
      std::vector{tokens::make_signing_key(crypto::generate_key(algorithm), tokens::KeyState::active)},
      Secret{crypto::random_bytes(32)}
  );
}

/// What one network loop has of its own.
class Loop {
 public:
  Loop(
      db::Database& database,
      const sessions::Revoked& revoked,
      const Published<tokens::KeyRing>& ring,
      const tokens::Options& options,
      const Clock& clock
  )
      : mint{ring, options, clock},
        door{database, context_.get_executor()},
        authenticator{mint, door, revoked, clock}
  {
  }

  /// Lets go of the snapshot, as a loop does that has answered what there was.
  void rest()
  {
    context_.restart();
    context_.poll();
  }

 private:
  boost::asio::io_context context_{1};

 public:
  tokens::Mint mint;
  db::Door door;
  auth::TokenAuthenticator authenticator;
};

/// One process: the database as it was opened, and all that is kept in memory beside it.
class Node {
 public:
  Node(
      const std::string& path,
      const auth::Options& options,
      const Published<tokens::KeyRing>& ring,
      const Clock& clock
  )
      : database_{db::open_sqlite({.path = path})}, revoked_{auth::access_life(options.tokens)}
  {
    database_->migrate(all_migrations());
    revoked_.follow(*database_, clock.now());
    for (auto& loop : loops_) {
      loop.emplace(*database_, revoked_, ring, options.tokens, clock);
    }
  }
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;
  ~Node()
  {
    for (auto& loop : loops_) {
      loop.reset();
    }
    database_.reset();
  }

  static constexpr std::size_t loops = 2;

  db::Database& database() { return *database_; }
  Loop& loop(std::size_t which) { return *loops_.at(which % loops); }

  using Work = std::function<db::Verdict(db::Tx&)>;

  /// Queues them all, in order, and waits: the writer puts what waits into one transaction, as for requests
  /// that come together.
  void write(const std::vector<Work>& works)
  {
    std::latch done{static_cast<std::ptrdiff_t>(works.size())};
    std::exception_ptr fault;
    for (const Work& work : works) {
      database_->submit(std::make_unique<Unit>(work, done, fault));
    }
    done.wait();
    for (auto& loop : loops_) {
      loop->rest();
    }
    if (fault) {
      std::rethrow_exception(fault);
    }
  }

 private:
  class Unit final : public db::Unit {
   public:
    Unit(const Work& work, std::latch& done, std::exception_ptr& fault)
        : work_{work}, done_{done}, fault_{fault}
    {
    }

    db::Verdict run(db::Tx& tx) override { return work_(tx); }

    void finish(std::exception_ptr fault) noexcept override
    {
      if (fault) {
        fault_ = fault;  // on the writer's thread only; read after the latch
      }
      done_.count_down();
    }

   private:
    const Work& work_;
    std::latch& done_;
    std::exception_ptr& fault_;
  };

  std::unique_ptr<db::Database> database_;
  sessions::Revoked revoked_;
  std::array<std::optional<Loop>, loops> loops_;
};

}  // namespace usher::app::model
